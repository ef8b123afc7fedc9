"""Voices load as people have them: what trainers save, older formats, other names, and configs of other ages."""

from __future__ import annotations

import argparse
import collections
import datetime
import decimal
import enum
import functools
import json
import pathlib
import random
import types
import uuid
import warnings
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from testing.legacy_voice import N_MELS
from tests.intake.conftest import Intake
from voices.intake import child, sandbox
from voices.intake.model_paths import find_model_paths
from voices.intake.refusal import Refusal, Refused
from voices.intake.settings import AcousticModelSettings, Converted, ModelKind, VocoderSettings
from voices.synth import load_voice
from voices.synth.weights import ModelWeights

Config = dict[str, Any]


def the_file(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def checkpoint(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(the_file(folder, "*.pth.tar"), weights_only=True)
    return content


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    """Read as the child does, in this process: what the child itself may do is tested elsewhere."""

    def intake(folder: Path, kind: ModelKind) -> Converted | Refusal:
        (tmp_path / "converted").mkdir(exist_ok=True)
        with ExitStack() as stack:
            parts = {part: stack.enter_context(path.open("rb")) for part, path in find_model_paths(folder, kind)}
            with (tmp_path / "converted" / sandbox.WEIGHTS).open("wb") as weights:
                return child.convert(kind, dict(parts), weights)

    return intake


class Optimizer(torch.optim.SGD):
    """A trainer's own class."""


class Loss(enum.Enum):
    L1 = "l1"


Point = collections.namedtuple("Point", "x y")
random_state = np.random.RandomState(3)

HARMLESS: dict[str, Callable[[], Any]] = {
    "numbers of numpy": lambda: [np.float64(-1.1), np.int64(7), np.bool_(True), np.float32(0.5)],
    "arrays": lambda: {"mean": np.ones(3), "names": np.array(["a"])},
    "a text of numpy": lambda: np.str_("a"),
    "a generator of numpy": lambda: np.random.default_rng(3),
    "a state of numpy": lambda: random_state,
    "a defaultdict": lambda: collections.defaultdict(list, {"a": [1]}),
    "a nested defaultdict": lambda: collections.defaultdict(dict, {"a": collections.defaultdict(int, {"b": 1})}),
    "an OrderedDict": lambda: collections.OrderedDict(a=1),
    "a Counter": lambda: collections.Counter("abc"),
    "a deque": lambda: collections.deque([1, 2], maxlen=3),
    "a named tuple": lambda: Point(1, 2),
    "a set": lambda: {1, 2},
    "a frozenset": lambda: frozenset({1}),
    "a complex number": lambda: 1j,
    "bytes": lambda: [b"ab", bytearray(b"ab")],
    "a slice and a range": lambda: [slice(1), range(3)],
    "a path": lambda: pathlib.Path("/content/run"),
    "a path of Windows": lambda: pathlib.PureWindowsPath("C:/run"),
    "arguments": lambda: argparse.Namespace(lr=1e-4, config=argparse.Namespace(a=[1])),
    "a namespace": lambda: types.SimpleNamespace(a=1),
    "times": lambda: [
        datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC),
        datetime.date(2021, 1, 1),
        datetime.timedelta(1),
    ],
    "a decimal": lambda: decimal.Decimal("1.5"),
    "a uuid": lambda: uuid.UUID(int=1),
    "a member of an enumeration": lambda: Loss.L1,
    "a partial": lambda: functools.partial(dict, a=1),
    "a generator of Python": lambda: random.Random(3),
    "an optimizer": lambda: Optimizer([torch.nn.Parameter(torch.ones(3))], lr=0.1),
    "its state": lambda: torch.optim.Adam([torch.nn.Parameter(torch.ones(3))]).state_dict(),
    "a scaler's state": lambda: {"scale": 65536.0, "_growth_tracker": 7},
    "a module": lambda: torch.nn.Linear(2, 2),
    "dtypes and devices": lambda: [torch.float16, torch.device("cuda:0"), torch.Size([1]), torch.strided],
    "an error": lambda: ValueError("too late"),
    "types": lambda: [int, dict, torch.nn.Linear],
}


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("name", HARMLESS)
def test_what_trainers_leave_beside_the_weights_is_read_past(
    name: str, protocol: int, files: Path, intake: Intake
) -> None:
    with warnings.catch_warnings(action="ignore"):
        content = {**checkpoint(files / "glow_tts"), "beside": HARMLESS[name]()}
        torch.save(content, the_file(files / "glow_tts", "*.pth.tar"), pickle_protocol=protocol)
    assert isinstance(intake(files / "glow_tts", "glow_tts"), Converted)


def test_a_config_object_of_coqui_is_read_past(files: Path, intake: Intake) -> None:
    configs = pytest.importorskip("training.models.configs")
    content = {**checkpoint(files / "hifigan"), "config": configs.vocoder_config(), "args": configs.acoustic_config()}
    torch.save(content, the_file(files / "hifigan", "*.pth.tar"))
    assert isinstance(intake(files / "hifigan", "hifigan"), Converted)


@pytest.mark.parametrize("kind", ["glow_tts", "hifigan"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("zipped", [True, False], ids=["a zip", "before torch 1.6"])
def test_converted_weights_are_bit_for_bit_those_of_the_checkpoint(
    zipped: bool, dtype: torch.dtype, kind: Any, files: Path, intake: Intake, tmp_path: Path
) -> None:
    content = checkpoint(files / kind)
    content["model"] = {name: tensor.to(dtype) for name, tensor in content["model"].items()}
    torch.save(content, the_file(files / kind, "*.pth.tar"), _use_new_zipfile_serialization=zipped)
    assert isinstance(intake(files / kind, kind), Converted)
    weights = safetensors.torch.load_file(tmp_path / "converted" / sandbox.WEIGHTS)
    assert weights.keys() == content["model"].keys()
    for name, tensor in content["model"].items():
        assert torch.equal(weights[name], tensor.to(torch.float32)), name
    folded = ModelWeights(tmp_path / "converted" / sandbox.WEIGHTS, "", "").tensors
    for name in content["model"]:
        if name.endswith("weight_g"):
            layer = name.removesuffix("weight_g")
            direction, magnitude = (content["model"][f"{layer}weight_{part}"].to(torch.float32) for part in "vg")
            assert torch.equal(folded[f"{layer}weight"], torch._weight_norm(direction, magnitude, 0))


def test_tensors_that_share_or_skip_numbers_are_what_torch_reads(files: Path, intake: Intake, tmp_path: Path) -> None:
    whole = torch.arange(24, dtype=torch.float32)
    model = {
        "encoder.emb.weight": whole[2:14].reshape(3, 4).T,
        "every second": whole[::2],
        "parameter": torch.nn.Parameter(whole[:3]),
        "none": torch.zeros(0, 3),
        "one": torch.tensor(7.0),
        "whole numbers": torch.arange(5, dtype=torch.int16),
        "flags": torch.tensor([True, False]),
    }
    torch.save({"model": model}, the_file(files / "glow_tts", "*.pth.tar"))
    assert isinstance(intake(files / "glow_tts", "glow_tts"), Converted)
    weights = safetensors.torch.load_file(tmp_path / "converted" / sandbox.WEIGHTS)
    for name, tensor in model.items():
        expected = tensor.detach().to(torch.float32 if tensor.is_floating_point() else torch.int64)
        assert torch.equal(weights[name], expected), name


@pytest.mark.parametrize("kind", ["glow_tts", "hifigan"])
@pytest.mark.parametrize("wrapped", [lambda model: {"model": model}, lambda model: model], ids=["coqui's", "bare"])
def test_weights_of_several_gpus_lose_their_prefix(
    wrapped: Callable[[Any], Any], kind: Any, files: Path, intake: Intake, tmp_path: Path
) -> None:
    model = checkpoint(files / kind)["model"]
    torch.save(
        wrapped({f"module.{name}": tensor for name, tensor in model.items()}), the_file(files / kind, "*.pth.tar")
    )
    assert isinstance(intake(files / kind, kind), Converted)
    assert safetensors.torch.load_file(tmp_path / "converted" / sandbox.WEIGHTS).keys() == model.keys()


@pytest.mark.parametrize(
    ("part", "content", "refusal"),
    [
        ("weights", b"version https://git-lfs.github.com/spec/v1\noid sha256:00", Refusal("git_lfs", "weights")),
        ("config", b"version https://git-lfs.github.com/spec/v1\noid sha256:00", Refusal("git_lfs", "config")),
        ("weights", b"\n<!DOCTYPE html><html>", Refusal("web_page", "weights")),
        ("statistics", b"<html><body>Quota exceeded", Refusal("web_page", "statistics")),
        ("weights", b"\x1f\x8b\x08\0", Refusal("archive", "weights", {"kind": "gzip"})),
        ("weights", b"Rar!\x1a\x07", Refusal("archive", "weights", {"kind": "rar"})),
        ("config", b"PK\3\4", Refusal("archive", "config", {"kind": "zip"})),
    ],
)
def test_what_people_bring_in_place_of_a_file_is_told_apart(
    part: str, content: bytes, refusal: Refusal, files: Path, intake: Intake
) -> None:
    pattern = {"weights": "*.pth.tar", "config": "*config.json", "statistics": "*stats.npy"}[part]
    the_file(files / "glow_tts", pattern).write_bytes(content)
    assert intake(files / "glow_tts", "glow_tts") == refusal


def test_a_zip_of_a_folder_is_no_checkpoint(files: Path, intake: Intake) -> None:
    path = the_file(files / "glow_tts", "*.pth.tar")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("voice/config.json", "{}")
        archive.writestr("voice/best_model.pth", "weights")
    assert intake(files / "glow_tts", "glow_tts") == Refusal("archive", "weights", {"kind": "zip"})


class TestConfigs:
    def settings(self, files: Path, intake: Intake, edit: Callable[[Config], object], kind: Any = "glow_tts") -> Any:
        path = the_file(files / kind, "*config.json")
        config = json.loads(path.read_text(encoding="utf-8"))
        edit(config)
        path.write_text(json.dumps(config), encoding="utf-8")
        found = intake(files / kind, kind)
        return found.model if isinstance(found, Converted) else found

    @pytest.mark.parametrize("name", ["glow_tts", "GlowTTS", "glow-tts", "Glow_TTS"])
    def test_the_model_is_known_by_all_its_names(self, name: str, files: Path, intake: Intake) -> None:
        assert isinstance(self.settings(files, intake, lambda c: c.update(model=name)), AcousticModelSettings)

    def test_milliseconds_in_place_of_samples(self, files: Path, intake: Intake) -> None:
        audio = {"hop_length": None, "frame_shift_ms": 11.61, "win_length": None, "frame_length_ms": 46.4}
        found = self.settings(files, intake, lambda c: c["audio"].update(audio))
        assert found.audio.hop_length == 256

    @pytest.mark.parametrize("key", ["hop_length", "sample_rate", "num_mels"])
    def test_a_missing_number_is_named(self, key: str, files: Path, intake: Intake) -> None:
        found = self.settings(files, intake, lambda c: c["audio"].pop(key))
        assert (found.code, found.parameters["name"]) == ("not_a_number", key)

    def test_frames_that_no_voice_has(self, files: Path, intake: Intake) -> None:
        found = self.settings(files, intake, lambda c: c["audio"].update(sample_rate=192_000, hop_length=1))
        assert found.code == "frame_rate"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
    def test_encodings_of_windows(self, encoding: str, files: Path, intake: Intake) -> None:
        path = the_file(files / "glow_tts", "*config.json")
        text = json.dumps({**json.loads(path.read_text(encoding="utf-8")), "run_name": "목소리"}, ensure_ascii=False)
        if encoding == "cp949":  # it has no conjoining jamo
            config = json.loads(text)
            config["characters"]["characters"] = "가나다 .,!?"
            text = json.dumps(config, ensure_ascii=False)
        path.write_bytes(text.replace(" ", "\r\n", 3).encode(encoding))
        assert isinstance(intake(files / "glow_tts", "glow_tts"), Converted)

    def test_numbers_that_are_not_json_where_nothing_needs_them(self, files: Path, intake: Intake) -> None:
        found = self.settings(files, intake, lambda c: c.update(max_text_len=float("inf"), grad_clip=float("nan")))
        assert isinstance(found, AcousticModelSettings)

    @pytest.mark.parametrize(
        ("config", "program"),
        [
            ({"resblock": "1", "upsample_rates": [8, 8, 2, 2], "sampling_rate": 22050}, "jik876/hifi-gan"),
            ({"train": {}, "data": {}, "model": {}}, "VITS or jaywalnut310/glow-tts"),
        ],
    )
    def test_configs_of_other_programs_are_told_apart(
        self, config: Config, program: str, files: Path, intake: Intake
    ) -> None:
        the_file(files / "hifigan", "*config.json").write_text(json.dumps(config))
        assert intake(files / "hifigan", "hifigan") == Refusal("other_program", "config", {"program": program})

    def test_the_line_of_a_mistake_is_named(self, files: Path, intake: Intake) -> None:
        the_file(files / "glow_tts", "*config.json").write_text('{\n "model": "glow_tts",\n "audio": {,}\n}')
        assert intake(files / "glow_tts", "glow_tts") == Refusal("config_not_json", "config", {"line": 3})

    def test_a_symbol_that_is_asked_for_must_be_there(self, files: Path, intake: Intake) -> None:
        def modern(config: Config) -> None:
            for old, new in (("encoder", "enc"), ("decoder", "dec"), ("duration_predictor", "dp")):
                config[f"hidden_channels_{new}"] = config.pop(f"hidden_channels_{old}")
            config["characters"] |= {"is_unique": False, "blank": None}
            config["add_blank"] = True

        assert self.settings(files, intake, modern) == Refusal("symbol_missing", "config", {"name": "blank"})

    def test_a_vocoder_may_name_its_block_by_number(self, files: Path, intake: Intake) -> None:
        found = self.settings(
            files, intake, lambda c: c["generator_model_params"].update(resblock_type=1), kind="hifigan"
        )
        assert isinstance(found, VocoderSettings) and found.layers.resblock_type == "1"


class TestStatistics:
    @pytest.mark.parametrize(
        ("statistics", "code"),
        [
            ({"mel_mean": np.zeros(N_MELS), "mel_std": np.full(N_MELS, 1e-300)}, "statistics_range"),
            ({"mel_mean": np.full(N_MELS, 1e30), "mel_std": np.ones(N_MELS)}, "statistics_range"),
            ({"mel_mean": np.zeros(N_MELS), "mel_std": np.zeros(N_MELS)}, "statistics_not_positive"),
            ({"mel_mean": np.zeros(N_MELS)}, "statistics_no_array"),
            ({"mel_mean": np.array(["a"] * N_MELS), "mel_std": np.ones(N_MELS)}, "statistics_no_array"),
        ],
    )
    def test_values_that_no_mel_has(self, statistics: Any, code: str, files: Path, intake: Intake) -> None:
        np.save(the_file(files / "glow_tts", "*stats.npy"), statistics, allow_pickle=True)
        refusal = intake(files / "glow_tts", "glow_tts")
        assert isinstance(refusal, Refusal) and refusal.code == code


class TestNames:
    @pytest.mark.parametrize(
        ("names", "newest"),
        [
            (["best_model_1234.pth"], "best_model_1234.pth"),
            (["best_model_1234.pth", "best_model_99.pth", "checkpoint_2000.pth"], "best_model_1234.pth"),
            (["best_model_1234.pth", "best_model.pth"], "best_model.pth"),
            (["checkpoint_2000.pth", "checkpoint_10000.pth"], "checkpoint_10000.pth"),
            (["CHECKPOINT_2000.PTH", "._checkpoint_3000.pth"], "CHECKPOINT_2000.PTH"),
            (["Best_Model.PTH.TAR", "checkpoint_9.pth.tar"], "Best_Model.PTH.TAR"),
            (["model_file.pth"], "model_file.pth"),
            (["내 목소리.pth"], "내 목소리.pth"),
        ],
    )
    @pytest.mark.parametrize("config", ["config.json", "Config.JSON"])
    def test_the_newest_checkpoint_is_found(self, config: str, names: list[str], newest: str, tmp_path: Path) -> None:
        for name in [*names, config, "._config.json", ".DS_Store", "events.out.tfevents.1", "train.log"]:
            (tmp_path / name).touch()
        found = find_model_paths(tmp_path, "glow_tts")
        assert (found.weights.name, found.config.name, found.statistics) == (newest, config, None)

    def test_statistics_and_card_may_be_in_capitals(self, tmp_path: Path) -> None:
        for name in ("checkpoint_1.pth", "config.json", "Scale_Stats.NPY", "VOICE.toml"):
            (tmp_path / name).touch()
        found = find_model_paths(tmp_path, "glow_tts")
        assert found.statistics is not None and found.card is not None

    @pytest.mark.parametrize(
        ("names", "code"),
        [
            ([], "folder_empty"),
            ([".DS_Store", "._config.json"], "folder_empty"),
            (["a.pth"], "no_config"),
            (["config.json"], "no_checkpoint"),
            (["config.json", "a.safetensors"], "no_checkpoint"),
            (["a.pth", "1g_config.json", "2g_config.json"], "several_configs"),
        ],
    )
    def test_what_is_missing_is_named(self, names: list[str], code: str, tmp_path: Path) -> None:
        for name in names:
            (tmp_path / name).touch()
        with pytest.raises(Refused) as caught:
            find_model_paths(tmp_path, "glow_tts")
        assert caught.value.refusal.code == code


def test_a_voice_is_loaded_with_all_of_these_at_once(files: Path) -> None:
    for kind in ("glow_tts", "hifigan"):
        path = the_file(files / kind, "*.pth.tar")
        content = {**checkpoint(files / kind), "args": argparse.Namespace(path=pathlib.Path("/content"))}
        path.unlink()
        torch.save(content, files / kind / "BEST_MODEL_1234.PTH", _use_new_zipfile_serialization=False)
        the_file(files / kind, "*config.json").rename(files / kind / "config.json")
        the_file(files / kind, "*stats.npy").rename(files / kind / "scale_stats.npy")
    assert load_voice(files / "glow_tts", files / "hifigan").symbols
