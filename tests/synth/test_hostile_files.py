"""Files that were made to exhaust memory or to crash a process are refused by name, at little cost."""

from __future__ import annotations

import pickle
import resource
import struct
import time
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from testing.processes import REPOSITORY
from voices.synth import CheckpointError
from voices.synth.checkpoint import _read_json
from voices.synth.mel import read_statistics
from voices.synth.weights import read_weights

HOSTILE = REPOSITORY.parent / "shared" / "hostile"
MEGABYTES, SECONDS = 100, 2.0


def refusal(read: Any, *args: Any) -> str:
    """Return the reason of the refusal, which must be cheap."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(CheckpointError) as caught, warnings.catch_warnings(action="ignore"):
        read(*args)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024
    assert time.process_time() - started < SECONDS
    return str(caught.value)


def saved(tmp_path: Path, weights: dict[str, Any]) -> Path:
    path = tmp_path / "model.pth"
    with warnings.catch_warnings(action="ignore"):
        torch.save({"model": weights}, path)
    return path


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(1).expand(1_000_000_000),
        torch.zeros(2, dtype=torch.float16).expand(500_000_000, 2),
    ],
    ids=["one number as a billion", "rows that are all the same"],
)
def test_a_tensor_that_claims_more_than_the_file_holds(tensor: torch.Tensor, tmp_path: Path) -> None:
    assert "claims more numbers" in refusal(read_weights, saved(tmp_path, {"a": tensor}))


@pytest.mark.parametrize(
    "tensor",
    [
        torch.eye(3).to_sparse(),
        torch.eye(3).to_sparse_csr(),
        torch.zeros(3, dtype=torch.complex64),
        torch.empty(3, device="meta"),
    ],
    ids=["sparse", "compressed rows", "complex", "meta"],
)
def test_a_tensor_that_is_no_plain_one(tensor: torch.Tensor, tmp_path: Path) -> None:
    assert "not a plain tensor" in refusal(read_weights, saved(tmp_path, {"a": tensor}))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite(number: float, tmp_path: Path) -> None:
    assert "NaN or infinity" in refusal(read_weights, saved(tmp_path, {"a": torch.tensor([1.0, number])}))


@pytest.mark.parametrize(
    ("magnitude", "direction"),
    [
        (torch.ones(3), torch.ones(7, 2)),
        (torch.ones(1, 1), torch.ones(64, 8)),
        (torch.ones(3, 1, dtype=torch.int64), torch.ones(3, 2)),
        (torch.tensor(1), torch.tensor(1)),
        (torch.ones(0, 1), torch.ones(0, 2)),
    ],
    ids=["other rank", "fewer rows", "integers", "no rows at all", "empty"],
)
def test_a_magnitude_that_does_not_belong_to_its_direction(
    magnitude: torch.Tensor, direction: torch.Tensor, tmp_path: Path
) -> None:
    weights = {"layer.weight_g": magnitude, "layer.weight_v": direction}
    assert "don't fit each other" in refusal(read_weights, saved(tmp_path, weights))


def test_a_zip_that_shows_python_other_members_than_torch(tmp_path: Path) -> None:
    honest = saved(tmp_path, {"a": torch.ones(3)})
    content = honest.read_bytes()
    end = bytearray(content[-22:])
    struct.pack_into("<H", end, 8, 1)
    struct.pack_into("<H", end, 10, 1)
    honest.write_bytes(content[:-22] + bytes(end))
    assert "zip" in refusal(read_weights, honest)


def test_a_zip_with_something_behind_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = b"PK\x05\x06" + b"\0" * 30
        archive.writestr("a", b"")
    assert "zip" in refusal(read_weights, path)


def test_a_memo_of_billions(tmp_path: Path) -> None:
    path = tmp_path / "scale_stats.npy"
    np.save(path, np.array({"mel_mean": 1}, dtype=object), allow_pickle=True)
    header = path.read_bytes()[:128]
    path.write_bytes(header + b"\x80\x02Nr" + struct.pack("<I", 2_000_000_000) + pickle.STOP)
    assert "damaged" in refusal(read_statistics, path, 80)


@pytest.mark.parametrize("piece", ['\\"', '"', "//", '"//', "\\"])
def test_a_config_of_quotes_takes_linear_time(piece: str, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"a":"' + piece * (400_000 // len(piece)))
    assert "not readable JSON" in refusal(_read_json, path)


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile files are not beside this checkout")
@pytest.mark.parametrize("path", sorted(HOSTILE.glob("*.pth")), ids=lambda path: path.name)
def test_every_known_hostile_checkpoint(path: Path) -> None:
    if path.name == "wn3.pth":  # a pair that does belong together; no model has a layer of this name
        assert set(read_weights(path)) == {"l.weight"}
    else:
        assert path.name in refusal(read_weights, path)
