"""A voice with a fault is refused when it is loaded, with the file's name and the reason."""

from __future__ import annotations

import collections
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from testing import legacy_voice
from voices.synth import CheckpointError, load_voice

Config = dict[str, Any]
Folders = tuple[Path, Path]


def edit_config(folder: Path, edit: Callable[[Config], object]) -> None:
    (path,) = folder.glob("*config.json")
    config = json.loads(path.read_text(encoding="utf-8"))
    edit(config)
    path.write_text(json.dumps(config), encoding="utf-8")


def edit_weights(folder: Path, edit: Callable[[dict[str, torch.Tensor]], object]) -> None:
    (path,) = folder.glob("*.pth.tar")
    content = torch.load(path, weights_only=True)
    edit(content["model"])
    torch.save(content, path)


def refusal(folders: Folders) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_voice(*folders)
    assert caught.value.code == "voice_unusable"
    return str(caught.value)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            lambda config: config["audio"].update(sample_rate=24000),
            "HiFi-GAN 1h_config.json: sample_rate is 24000 Hz, but Glow-TTS 1g_config.json says 22050.",
        ),
        (
            lambda config: (
                config["audio"].update(hop_length=128),
                config["generator_model_params"].update(upsample_factors=[8, 8, 2, 1]),
            ),
            "HiFi-GAN 1h_config.json: hop_length is 128 samples, but Glow-TTS 1g_config.json says 256.",
        ),
        (
            lambda config: config["audio"].update(hop_length=200),
            "HiFi-GAN 1h_config.json: upsample_factors make 256 samples of a frame, but hop_length is 200.",
        ),
        (
            lambda config: (
                config["audio"].update(num_mels=40),
                config["generator_model_params"].update(in_channels=40),
            ),
            "HiFi-GAN 1h_config.json: n_mels is 40 mel bands, but Glow-TTS 1g_config.json says 20.",
        ),
        (
            lambda config: config["generator_model_params"].update(in_channels=40),
            "HiFi-GAN 1h_config.json: in_channels is 40, but num_mels is 20.",
        ),
        (
            lambda config: config["generator_model_params"].update(upsample_initial_channel=10**9),
            "HiFi-GAN 1h_config.json: upsample_initial_channel is 1000000000, expected a number from 1 to 4096.",
        ),
        (
            lambda config: config["generator_model_params"].update(upsample_initial_channel=4096),
            "HiFi-GAN 1h_checkpoint_1.pth.tar: its config describes a larger model than the file holds.",
        ),
        (
            lambda config: config["audio"].update(signal_norm=True, stats_path="/content/stats.npy"),
            "HiFi-GAN 1h_scale_stats.npy: statistics file is missing.",
        ),
        (lambda config: config.pop("audio"), "HiFi-GAN 1h_config.json: the config has no audio section."),
        (
            lambda config: config["audio"].update(sample_rate="fast"),
            "HiFi-GAN 1h_config.json: sample_rate is 'fast', expected a number from 4000 to 192000.",
        ),
    ],
)
def test_a_vocoder_config_that_does_not_fit_is_refused(
    tiny_folders: Folders, edit: Callable[[Config], object], sentence: str
) -> None:
    edit_config(tiny_folders[1], edit)
    assert refusal(tiny_folders) == sentence


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            lambda config: config["characters"].update(punctuations=" .,!?~"),
            "Glow-TTS 1g_checkpoint_1.pth.tar: its vocabulary has 73 symbols, but 1g_config.json lists 74.",
        ),
        (
            lambda config: config["characters"].update(is_unique=True),
            "Glow-TTS 1g_config.json: is_unique without is_sorted leaves the order of the symbols to chance.",
        ),
        (
            lambda config: config["characters"].update(characters_class="os.path.Graphemes.system"),
            "Glow-TTS 1g_config.json: unknown characters_class 'system'.",
        ),
        (
            lambda config: config.update(text_cleaner="__import__"),
            "Glow-TTS 1g_config.json: unknown text_cleaner '__import__'.",
        ),
        (
            lambda config: config.update(use_phonemes=True),
            "Glow-TTS 1g_config.json: the voice was trained on phonemes, which this service does not make.",
        ),
        (
            lambda config: config.update(hidden_channels_enc=32),
            "Glow-TTS 1g_checkpoint_1.pth.tar: "
            "encoder.emb.weight has shape (73, 16), but the config asks for (73, 32).",
        ),
        (
            lambda config: config.update(num_flow_blocks_dec=64, num_block_layers=32),
            "Glow-TTS 1g_checkpoint_1.pth.tar: its config describes a larger model than the file holds.",
        ),
        (
            lambda config: config.update(use_speaker_embedding=True),
            "Glow-TTS 1g_config.json: voices of several speakers in one checkpoint are not supported.",
        ),
    ],
)
def test_an_acoustic_config_that_does_not_fit_is_refused(
    tiny_folders: Folders, edit: Callable[[Config], object], sentence: str
) -> None:
    edit_config(tiny_folders[0], edit)
    assert refusal(tiny_folders) == sentence


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            lambda weights: weights["encoder.proj_m.bias"].fill_(float("nan")),
            "Glow-TTS 1g_checkpoint_1.pth.tar: encoder.proj_m.bias holds NaN or infinity.",
        ),
        (
            lambda weights: weights.pop("encoder.proj_m.bias"),
            "Glow-TTS 1g_checkpoint_1.pth.tar: encoder.proj_m.bias is missing.",
        ),
        (
            lambda weights: weights.update(surplus=torch.zeros(1)),
            "Glow-TTS 1g_checkpoint_1.pth.tar: surplus does not belong to this model.",
        ),
        (
            lambda weights: weights.update({"encoder.proj_m.bias": torch.zeros(3)}),
            "Glow-TTS 1g_checkpoint_1.pth.tar: encoder.proj_m.bias has shape (3,), but the config asks for (20,).",
        ),
        (
            lambda weights: weights["decoder.flows.1.weight"].fill_(1.0),
            "Glow-TTS 1g_checkpoint_1.pth.tar: a flow's matrix cannot be inverted.",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    tiny_folders: Folders, edit: Callable[[dict[str, torch.Tensor]], object], sentence: str
) -> None:
    edit_weights(tiny_folders[0], edit)
    assert refusal(tiny_folders) == sentence


def test_a_vocoder_is_not_an_acoustic_model(tiny_folders: Folders) -> None:
    glow_tts_dir, hifigan_dir = tiny_folders
    assert refusal((hifigan_dir, hifigan_dir)) == "Glow-TTS 1: the folder has neither Ng_config.json nor config.json."
    (hifigan_dir / "1h_config.json").rename(hifigan_dir / "config.json")
    assert (
        refusal((hifigan_dir, hifigan_dir))
        == "Glow-TTS config.json: expected an acoustic model (glow_tts), found 'hifigan'."
    )
    (glow_tts_dir / "1g_config.json").rename(glow_tts_dir / "config.json")
    assert (
        refusal((glow_tts_dir, glow_tts_dir))
        == "HiFi-GAN config.json: expected a vocoder (hifigan_generator), found 'glow_tts'."
    )


def test_weights_of_the_other_model_are_refused(tiny_folders: Folders) -> None:
    acoustic, vocoder = (next(folder.glob("*.pth.tar")) for folder in tiny_folders)
    vocoder_weights = vocoder.read_bytes()
    vocoder.write_bytes(acoustic.read_bytes())
    sentence = "these are not the weights of a vocoder (hifigan_generator)"
    assert refusal(tiny_folders) == f"HiFi-GAN 1h_checkpoint_1.pth.tar: {sentence}."
    acoustic.write_bytes(vocoder_weights)
    sentence = "these are not the weights of an acoustic model (glow_tts)"
    assert refusal(tiny_folders) == f"Glow-TTS 1g_checkpoint_1.pth.tar: {sentence}."


@pytest.mark.parametrize("kept", [0, 10, 1000, -100])
def test_a_truncated_checkpoint_is_refused(tiny_folders: Folders, kept: int) -> None:
    (path,) = tiny_folders[0].glob("*.pth.tar")
    path.write_bytes(path.read_bytes()[:kept])
    assert refusal(tiny_folders) == "Glow-TTS 1g_checkpoint_1.pth.tar: the file is damaged or truncated."


def test_missing_files_are_named(tiny_folders: Folders) -> None:
    glow_tts_dir, hifigan_dir = tiny_folders
    assert refusal((glow_tts_dir / "nowhere", hifigan_dir)) == "Glow-TTS nowhere: the folder is missing or empty."
    next(glow_tts_dir.glob("*.pth.tar")).unlink()
    assert refusal(tiny_folders) == "Glow-TTS 1: the folder has no checkpoint (.pth or .pth.tar)."


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_config_that_is_no_json_object_is_refused(tiny_folders: Folders, content: bytes) -> None:
    (tiny_folders[0] / "1g_config.json").write_bytes(content)
    assert refusal(tiny_folders).startswith("Glow-TTS 1g_config.json: config is not")


def test_a_config_may_have_comments_as_in_the_sce_tts_recipe(tiny_folders: Folders) -> None:
    path = tiny_folders[0] / "1g_config.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        "// a voice\n" + text.replace("{", '{ "from": "https://example.com", // where\n', 1), encoding="utf-8"
    )
    assert load_voice(*tiny_folders).symbols


class Evil:
    """A pickle that makes a folder when it is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_a_checkpoint_whose_pickle_runs_code_is_refused_and_does_not_run(tiny_folders: Folders, tmp_path: Path) -> None:
    mark = tmp_path / "it-ran"
    (path,) = tiny_folders[0].glob("*.pth.tar")
    torch.save({"model": Evil(mark)}, path)
    assert (
        refusal(tiny_folders) == "Glow-TTS 1g_checkpoint_1.pth.tar: refused, its pickle would run code (posix.mkdir)."
    )
    path.write_bytes(pickle.dumps({"model": Evil(mark)}))
    assert refusal(tiny_folders).startswith("Glow-TTS 1g_checkpoint_1.pth.tar: ")
    assert not mark.exists()


@pytest.mark.parametrize(
    "beside",
    [
        {"model_loss": np.float64(-1.1), "step": np.int64(7)},
        {"optimizer": collections.defaultdict(list, {"a": [1]}), "best": np.float32(0.5)},
        {"config": {"lr": 1e-4}, "date": "2026-11-25", "flag": np.bool_(True)},
    ],
    ids=["numbers of numpy", "a defaultdict", "plain things"],
)
def test_harmless_objects_beside_the_weights_are_read_past(tiny_folders: Folders, beside: dict[str, Any]) -> None:
    (path,) = tiny_folders[0].glob("*.pth.tar")
    torch.save({**torch.load(path, weights_only=True), **beside}, path)
    assert load_voice(*tiny_folders).symbols


def test_a_number_of_numpy_can_not_forge_an_address(tiny_folders: Folders) -> None:
    class Forged:
        def __reduce__(self) -> tuple[Any, ...]:
            return np.float64(0).__reduce__()[0], (np.dtype([("a", "f8")]), b"\x41" * 8)

    (path,) = tiny_folders[0].glob("*.pth.tar")
    torch.save({**torch.load(path, weights_only=True), "loss": Forged()}, path)
    assert refusal(tiny_folders).startswith("Glow-TTS 1g_checkpoint_1.pth.tar: ")


@pytest.fixture
def legacy_folders(tmp_path: Path) -> Folders:
    folders = tmp_path / "g", tmp_path / "h"
    legacy_voice.write_legacy_voice(*folders)
    return folders


def test_statistics_whose_pickle_runs_code_are_refused_and_do_not_run(legacy_folders: Folders, tmp_path: Path) -> None:
    mark = tmp_path / "it-ran"
    path = legacy_folders[0] / "1g_scale_stats.npy"
    np.save(path, {"mel_mean": Evil(mark)}, allow_pickle=True)  # type: ignore[arg-type]
    assert refusal(legacy_folders) == "Glow-TTS 1g_scale_stats.npy: refused, its pickle would run code (posix.mkdir)."
    assert not mark.exists()


def test_statistics_cannot_claim_memory(legacy_folders: Folders) -> None:
    class Huge:
        def __reduce__(self) -> tuple[Any, ...]:
            return np._core.multiarray._reconstruct, (np.ndarray, (10**12,), b"b")  # type: ignore[attr-defined]

    path = legacy_folders[0] / "1g_scale_stats.npy"
    np.save(path, {"mel_mean": Huge()}, allow_pickle=True)  # type: ignore[arg-type]
    assert (
        refusal(legacy_folders)
        == "Glow-TTS 1g_scale_stats.npy: refused, its pickle would run code (an array of a foreign kind)."
    )


def test_statistics_must_fit_the_model(legacy_folders: Folders) -> None:
    path = legacy_folders[0] / "1g_scale_stats.npy"
    legacy_voice.write_statistics(path, seed=1, n_mels=80)
    assert (
        refusal(legacy_folders)
        == "Glow-TTS 1g_scale_stats.npy: mel_mean has shape (80,), but the model has 20 mel bands."
    )
    path.write_bytes(path.read_bytes()[:200])
    assert refusal(legacy_folders) == "Glow-TTS 1g_scale_stats.npy: statistics file is damaged or truncated."
    np.save(path, {"mel_mean": np.full(20, np.nan), "mel_std": np.ones(20)}, allow_pickle=True)  # type: ignore[arg-type]
    assert refusal(legacy_folders) == "Glow-TTS 1g_scale_stats.npy: mel_mean holds NaN or infinity."
    np.save(path, np.zeros(20))
    assert refusal(legacy_folders) == "Glow-TTS 1g_scale_stats.npy: statistics file is damaged or truncated."
