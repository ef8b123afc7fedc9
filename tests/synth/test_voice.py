"""A voice makes what the code that trained it makes."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from testing import legacy_voice
from testing.tiny_voice import HOP_LENGTH, JAMO, N_MELS
from voices.synth import NothingToSayError, RunawaySpeechError, load_voice
from voices.synth.voice import MAX_UTTERANCE_SECONDS

if TYPE_CHECKING:
    from voices.synth.voice import Voice

LEGACY_PAIR = Path(__file__).resolve().parents[3] / "shared" / "legacy_checkpoint"


@pytest.mark.skipif(not LEGACY_PAIR.is_dir(), reason="the example pair of the Flask server is not beside this checkout")
def test_a_legacy_pair_gives_the_ids_mel_and_waveform_of_the_flask_servers_code(tmp_path: Path) -> None:
    for letter in "gh":
        (tmp_path / letter).mkdir()
        for file in LEGACY_PAIR.glob(f"1{letter}_*"):
            shutil.copy(file, tmp_path / letter)
    voice = load_voice(tmp_path / "g", tmp_path / "h")
    expected = np.load(LEGACY_PAIR / "expected.npz")
    for index, text in enumerate(expected["texts"]):
        ids = voice.symbol_ids(str(text))
        assert ids == expected[f"ids_{index}"].tolist()
        mel = voice.mel(ids)
        np.testing.assert_allclose(mel, expected[f"mel_{index}"], atol=1e-5)
        np.testing.assert_allclose(voice.waveform(mel), expected[f"wav_{index}"], atol=1e-5)


@pytest.mark.skipif(not LEGACY_PAIR.is_dir(), reason="the example pair of the Flask server is not beside this checkout")
def test_both_models_of_a_voice_may_be_in_one_folder() -> None:
    assert load_voice(LEGACY_PAIR, LEGACY_PAIR).sample_rate == 22050


def test_a_legacy_pair_speaks_as_coquis_own_inference_does(tmp_path: Path) -> None:
    glow_tts_dir, hifigan_dir = tmp_path / "g", tmp_path / "h"
    acoustic_model, vocoder = legacy_voice.write_legacy_voice(glow_tts_dir, hifigan_dir)
    voice = load_voice(glow_tts_dir, hifigan_dir)

    ids = voice.symbol_ids("값이, 싸요!")
    assert unicodedata.normalize("NFC", "".join(legacy_voice.SYMBOLS[i] for i in ids)) == "값이, 싸요!"
    with torch.inference_mode():
        aux = {"x_lengths": torch.tensor([len(ids)]), "d_vectors": None, "speaker_ids": None}
        expected_mel = acoustic_model.inference(torch.tensor([ids]), aux)["model_outputs"][0].numpy()
        mean, std = legacy_voice.statistics(glow_tts_dir / "1g_scale_stats.npy")
        vocoder_mean, vocoder_std = legacy_voice.statistics(hifigan_dir / "1h_scale_stats.npy")
        features = (expected_mel * std + mean - vocoder_mean) / vocoder_std
        expected_waveform = vocoder.inference(torch.tensor(features.T, dtype=torch.float32)[None])[0, 0].numpy()

    mel = voice.mel(ids)
    np.testing.assert_allclose(mel, expected_mel, atol=1e-5)
    np.testing.assert_allclose(voice.waveform(mel), expected_waveform, atol=1e-5)


def test_half_precision_weights_run_in_single_precision(tiny_folders: tuple[Path, Path], tiny_voice: Voice) -> None:
    for folder in tiny_folders:
        (path,) = folder.glob("*.pth.tar")
        content = torch.load(path, weights_only=True)
        torch.save({"model": {name: tensor.half() for name, tensor in content["model"].items()}}, path)
    voice = load_voice(*tiny_folders)
    ids = voice.symbol_ids("안녕")
    mel = voice.mel(ids)
    assert mel.dtype == np.float32
    np.testing.assert_allclose(mel, tiny_voice.mel(ids), atol=0.05)


def test_weights_of_a_whole_gan_are_its_generator(tiny_folders: tuple[Path, Path], tiny_voice: Voice) -> None:
    (path,) = tiny_folders[1].glob("*.pth.tar")
    generator = torch.load(path, weights_only=True)["model"]
    both = {f"model_g.{name}": tensor for name, tensor in generator.items()}
    torch.save({"model": {**both, "model_d.conv.weight": torch.zeros(1)}}, path)
    mel = tiny_voice.mel(tiny_voice.symbol_ids("안녕"))
    np.testing.assert_array_equal(load_voice(*tiny_folders).waveform(mel), tiny_voice.waveform(mel))


def test_the_newest_checkpoint_in_a_folder_is_loaded(tiny_folders: tuple[Path, Path]) -> None:
    (path,) = tiny_folders[0].glob("*.pth.tar")
    newer = path.with_name("1g_checkpoint_20.pth.tar")
    path.rename(newer)
    path.with_name("1g_checkpoint_3.pth.tar").write_bytes(b"older, and not even a checkpoint")
    assert load_voice(*tiny_folders).symbols


def test_coquis_own_file_names_are_found(tiny_folders: tuple[Path, Path]) -> None:
    for folder in tiny_folders:
        (weights,) = folder.glob("*.pth.tar")
        weights.rename(folder / "best_model.pth")
        (config,) = folder.glob("*config.json")
        config.rename(folder / "config.json")
        (folder / "checkpoint_99.pth").write_bytes(b"not the best one")
    assert load_voice(*tiny_folders).symbols


def test_symbols_are_given_as_jamo_even_without_a_cleaner(tiny_voice: Voice) -> None:
    ids = tiny_voice.symbol_ids("각.")
    assert [tiny_voice.symbols[i] for i in ids] == ["ᄀ", "ᅡ", "ᆨ", "."]
    assert set(JAMO) < tiny_voice.alphabet
    assert "<PAD>" not in tiny_voice.alphabet


def test_unknown_symbols_are_reported(tiny_voice: Voice) -> None:
    assert tiny_voice.unknown_symbols("가A나Z") == ["A", "Z"]
    assert tiny_voice.symbol_ids("가A나Z") == tiny_voice.symbol_ids("가나")


def test_mel_and_waveform_have_the_shapes_they_promise(tiny_voice: Voice) -> None:
    utterance = tiny_voice.utterance(tiny_voice.symbol_ids("안녕하세요"))
    n_frames = len(utterance.mel)
    assert utterance.mel.shape == (n_frames, N_MELS)
    assert 0 <= utterance.frames_per_symbol.sum() - n_frames <= 1
    samples = tiny_voice.waveform(utterance.mel)
    assert samples.shape == (n_frames * HOP_LENGTH + 2 * tiny_voice.padding_samples,)
    assert samples.dtype == np.float32
    assert np.abs(samples).max() <= 1


def test_length_scale_slows_speech(tiny_voice: Voice) -> None:
    ids = tiny_voice.symbol_ids("안녕하세요")
    frames = [len(tiny_voice.mel(ids, length_scale=scale)) for scale in (0.5, 1.0, 2.0)]
    assert frames[0] < frames[1] < frames[2]
    assert frames[2] == pytest.approx(2 * frames[1], rel=0.15)


def test_noise_depends_on_the_seed_alone(tiny_voice: Voice) -> None:
    ids = tiny_voice.symbol_ids("안녕하세요")
    torch.manual_seed(1)
    first = tiny_voice.utterance(ids, noise_scale=0.5, seed=3).mel
    torch.manual_seed(2)
    np.testing.assert_array_equal(first, tiny_voice.utterance(ids, noise_scale=0.5, seed=3).mel)
    assert not np.array_equal(first, tiny_voice.utterance(ids, noise_scale=0.5, seed=4).mel)


def test_a_single_short_symbol_is_spoken(tiny_voice: Voice) -> None:
    mel = tiny_voice.mel(tiny_voice.symbol_ids("."), length_scale=0.01)
    assert len(mel) == 2
    assert np.isfinite(tiny_voice.waveform(mel)).all()


def test_an_utterance_needs_a_symbol(tiny_voice: Voice) -> None:
    with pytest.raises(NothingToSayError):
        tiny_voice.mel([])


def test_speech_of_absurd_length_is_refused(tiny_voice: Voice) -> None:
    with pytest.raises(RunawaySpeechError, match=f"over {MAX_UTTERANCE_SECONDS:g} seconds"):
        tiny_voice.mel(tiny_voice.symbol_ids("안녕"), length_scale=1e6)


def test_memory_is_that_of_all_weights(tiny_voice: Voice) -> None:
    assert 50_000 < tiny_voice.memory_bytes < 500_000
