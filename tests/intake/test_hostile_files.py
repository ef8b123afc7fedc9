"""Files that were made to exhaust memory, to crash a process or to run code are refused by name."""

from __future__ import annotations

import builtins
import functools
import os
import pickle
import shutil
import struct
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from testing.processes import REPOSITORY
from tests.intake.conftest import Intake
from voices.intake.refusal import Refusal
from voices.intake.settings import ModelKind

HOSTILE = REPOSITORY.parent / "shared" / "hostile"
MARK = "encoder.emb.weight"  # by this weight, a Glow-TTS is told apart


def the_file(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


@pytest.fixture
def refusal_of(files: Path, intake: Intake) -> Callable[[Any], tuple[str, str]]:
    """Save something as the checkpoint of the Glow-TTS; return the part and the code of the refusal."""

    def refusal_of(content: Any) -> tuple[str, str]:
        with warnings.catch_warnings(action="ignore"):
            torch.save(content, the_file(files / "glow_tts", "*.pth.tar"))
        refusal = intake(files / "glow_tts", "glow_tts")
        assert isinstance(refusal, Refusal)
        return refusal.part, refusal.code

    return refusal_of


RefusalOf = Callable[[Any], tuple[str, str]]


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(1).expand(1_000_000_000),
        torch.zeros(2, dtype=torch.float16).expand(500_000_000, 2),
        torch.zeros(1).expand(70_000_000),
    ],
    ids=["one number as a billion", "rows that are all the same", "as many as a model may have"],
)
def test_a_tensor_that_claims_more_than_the_file_holds(tensor: torch.Tensor, refusal_of: RefusalOf) -> None:
    assert refusal_of({"model": {MARK: tensor}})[1] in ("claims_more", "too_many_weights")


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.eye(3).to_sparse(),
        lambda: torch.eye(3).to_sparse_csr(),
        lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
        lambda: torch.zeros(3, dtype=torch.complex64),
        lambda: torch.empty(3, device="meta"),
        lambda: "a text",
        lambda: 7,
    ],
    ids=["sparse", "compressed rows", "quantized", "complex", "meta", "text", "a number"],
)
@pytest.mark.filterwarnings("ignore")
def test_a_weight_that_is_no_plain_tensor(make: Callable[[], Any], refusal_of: RefusalOf) -> None:
    assert refusal_of({"model": {MARK: make()}}) == ("weights", "not_plain_tensor")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_a_number_that_is_not_finite(number: float, dtype: torch.dtype, refusal_of: RefusalOf) -> None:
    tensor = torch.tensor([1.0, number], dtype=dtype)
    assert refusal_of({"model": {MARK: tensor}}) == ("weights", "not_finite")


def test_a_number_that_is_not_finite_in_single_precision(refusal_of: RefusalOf) -> None:
    assert refusal_of({"model": {MARK: torch.tensor([1e300], dtype=torch.float64)}}) == ("weights", "not_finite")


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
@pytest.mark.parametrize("names", [("weight_g", "weight_v"), [f"parametrizations.weight.original{i}" for i in (0, 1)]])
def test_a_magnitude_that_does_not_belong_to_its_direction(
    magnitude: torch.Tensor, direction: torch.Tensor, names: tuple[str, str], refusal_of: RefusalOf
) -> None:
    weights = {MARK: torch.ones(3), f"layer.{names[0]}": magnitude, f"layer.{names[1]}": direction}
    assert refusal_of({"model": weights}) == ("weights", "weight_norm")


class Calls:
    """A pickle that calls something when it is read."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.called = function, arguments

    def __reduce__(self) -> Any:
        return self.called


@pytest.mark.parametrize("place", ["the weights", "beside them"])
@pytest.mark.parametrize(
    "call",
    [
        lambda mark: Calls(os.mkdir, mark),
        lambda mark: Calls(os.system, f"touch {mark}"),
        lambda mark: Calls(subprocess.Popen, ["touch", mark]),
        lambda mark: Calls(builtins.eval, f"open({mark!r}, 'w')"),
        lambda mark: Calls(builtins.exec, f"open({mark!r}, 'w')"),
        lambda mark: Calls(getattr, "text", "upper"),
        lambda mark: Calls(builtins.__import__, "antigravity"),
        lambda mark: Calls(functools.reduce, os.mkdir, [mark]),
        lambda mark: Calls(shutil.rmtree, mark),
        lambda mark: Calls(torch.hub.load, mark),
        lambda mark: Calls(torch.load, mark),
        lambda mark: Calls(np.load, mark),
    ],
    ids=["mkdir", "system", "Popen", "eval", "exec", "getattr", "import", "reduce", "rmtree", "hub", "load", "numpy"],
)
def test_a_pickle_that_would_call_a_function(
    call: Callable[[str], Any], place: str, refusal_of: RefusalOf, tmp_path: Path
) -> None:
    mark = tmp_path / "it-ran"
    object_ = call(str(mark))
    content = {"model": object_} if place == "the weights" else {"model": {MARK: torch.ones(3)}, "optimizer": object_}
    assert refusal_of(content) == ("weights", "runs_code")
    assert not mark.exists()


def test_a_zip_that_shows_one_reader_other_members_than_another(files: Path, intake: Intake) -> None:
    path = the_file(files / "glow_tts", "*.pth.tar")
    content = path.read_bytes()
    end = bytearray(content[-22:])
    struct.pack_into("<H", end, 8, 1)
    struct.pack_into("<H", end, 10, 1)
    path.write_bytes(content[:-22] + bytes(end))
    assert intake(files / "glow_tts", "glow_tts") == Refusal("zip_ambiguous", "weights")


def test_a_zip_with_something_behind_its_directory(files: Path, intake: Intake) -> None:
    with zipfile.ZipFile(the_file(files / "glow_tts", "*.pth.tar"), "w") as archive:
        archive.comment = b"PK\x05\x06" + b"\0" * 30
        archive.writestr("a", b"")
    assert intake(files / "glow_tts", "glow_tts") == Refusal("zip_without_end", "weights")


def test_a_zip_with_two_members_of_one_name(files: Path, intake: Intake) -> None:
    path = the_file(files / "glow_tts", "*.pth.tar")
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr(archive.namelist()[0], b"another")
    refusal = intake(files / "glow_tts", "glow_tts")
    assert isinstance(refusal, Refusal) and refusal.code == "zip_twice"


def test_a_zip_that_unpacks_to_gigabytes(files: Path, intake: Intake) -> None:
    path = the_file(files / "glow_tts", "*.pth.tar")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a/data.pkl", "w") as member:
        member.write(pickle.dumps({}, 2))
        for _ in range(70):
            member.write(b"\0" * 2**20)
    refusal = intake(files / "glow_tts", "glow_tts")
    assert isinstance(refusal, Refusal) and refusal.part == "weights"


def test_a_memo_of_billions(files: Path, intake: Intake) -> None:
    path = the_file(files / "glow_tts", "*stats.npy")
    np.save(path, np.array({"mel_mean": 1}, dtype=object), allow_pickle=True)
    header = path.read_bytes()[:128]
    path.write_bytes(header + b"\x80\x02Nr" + struct.pack("<I", 2_000_000_000) + pickle.STOP)
    assert intake(files / "glow_tts", "glow_tts") == Refusal("statistics_damaged", "statistics")


class Forged:
    """A type of numpy's with a state that numpy itself would take for addresses."""

    def __init__(self, *state: Any) -> None:
        self.state = state

    def __reduce__(self) -> Any:
        return np.dtype, ("O8", False, True), self.state


@pytest.mark.parametrize(
    "state",
    [
        (3, "|", 2**600, -1, -1, 0),
        (3, "|", None, ("a",), {"a": (7, 0)}, 2**31 - 1, 1, 63),
        (3, "<", (np.dtype("f8"), (2**31,)), None, None, -1, -1, 0),
        (2**31,),
        (),
    ],
)
def test_a_type_of_numpy_with_a_forged_state(
    state: tuple[Any, ...], files: Path, intake: Intake, refusal_of: RefusalOf
) -> None:
    forged = Forged(*state)
    scalar = np.float64(0).__reduce__()[0]
    assert refusal_of({"model": {MARK: torch.ones(3)}, "loss": Calls(scalar, forged, b"\x41" * 8)})[0] == "weights"
    path = the_file(files / "glow_tts", "*stats.npy")
    np.save(path, np.array(0, dtype=object), allow_pickle=True)
    path.write_bytes(path.read_bytes()[:128] + pickle.dumps({"mel_mean": Calls(scalar, forged, b"\x41" * 8)}))
    refusal = intake(files / "glow_tts", "glow_tts")
    assert isinstance(refusal, Refusal) and refusal.part == "statistics"


@pytest.mark.parametrize("piece", ['\\"', '"', "//", '"//', "\\"])
def test_a_config_of_nothing_but_signs(piece: str, files: Path, intake: Intake) -> None:
    path = the_file(files / "glow_tts", "*config.json")
    path.write_text('{"a":"' + piece * (400_000 // len(piece)))
    refusal = intake(files / "glow_tts", "glow_tts")
    assert refusal == Refusal("config_not_json", "config", {"line": 1})


@pytest.mark.parametrize("piece", ["[", '{"":'])
def test_a_config_of_nothing_but_brackets(piece: str, files: Path, intake: Intake) -> None:
    the_file(files / "glow_tts", "*config.json").write_text(piece * 100_000)
    assert intake(files / "glow_tts", "glow_tts") == Refusal("config_nested", "config")


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile files are not beside this checkout")
@pytest.mark.parametrize("kind", ["glow_tts", "hifigan"])
@pytest.mark.parametrize(
    "path", [path for path in sorted(HOSTILE.glob("*")) if path.suffix != ".md"], ids=lambda path: path.name
)
def test_every_known_hostile_file(path: Path, kind: ModelKind, files: Path, intake: Intake) -> None:
    folder = files / kind
    parts = {".pth": "*.pth.tar", ".npy": "*stats.npy", ".json": "*config.json"}
    part = {".pth": "weights", ".npy": "statistics", ".json": "config", ".toml": "card"}[path.suffix]
    if part == "card" and kind == "hifigan":
        pytest.skip("a vocoder has no card")
    target = the_file(folder, parts[path.suffix]) if path.suffix in parts else folder / "voice.toml"
    target.write_bytes(path.read_bytes())
    refusal = intake(folder, kind)
    assert isinstance(refusal, Refusal) and refusal.part == part
