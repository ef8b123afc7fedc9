"""The refinement brings a vocoder's sound nearer to its mel; only configs that ask for it get it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import librosa
import numpy as np
import pytest

from testing.tiny_voice import HOP_LENGTH, N_MELS, SAMPLE_RATE
from voices.intake.settings import AsIs, AudioSettings, RefinementSettings
from voices.synth import CheckpointError, load_voice, synthesize
from voices.synth.refinement import MelRefinement

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

AUDIO = AudioSettings(SAMPLE_RATE, HOP_LENGTH, 80, AsIs())
SETTINGS = RefinementSettings(12, 1024, 1024, 0.0, 8000.0, math.e, 1.0)
SAMPLES = 40 * HOP_LENGTH


def mel_of(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = np.abs(librosa.stft(samples, n_fft=1024, hop_length=HOP_LENGTH, pad_mode="reflect"))
    filters = librosa.filters.mel(sr=SAMPLE_RATE, n_fft=1024, n_mels=80, fmin=0, fmax=8000)
    mel: NDArray[np.float32] = (filters @ spectrum).astype(np.float32)
    return mel


def vowel(pitch: float) -> NDArray[np.float32]:
    time = np.arange(SAMPLES) / SAMPLE_RATE
    harmonics = [np.sin(2 * np.pi * n * pitch * time) / n for n in range(1, 40)]
    return np.asarray(0.1 * np.sum(harmonics, axis=0), dtype=np.float32)


def refined(samples: NDArray[np.float32], mel: NDArray[np.float32]) -> NDArray[np.float32]:
    made = MelRefinement(SETTINGS, AUDIO).refine(samples, mel)
    return made


def distance(samples: NDArray[np.float32], mel: NDArray[np.float32]) -> float:
    own = mel_of(samples)[:, : mel.shape[1]]
    return float(np.abs(np.log(own + 1e-3) - np.log(mel + 1e-3)).mean())


@pytest.mark.parametrize("pitch", [95, 140, 240])
def test_a_noisy_copy_gets_the_mel_that_was_asked_for(pitch: float) -> None:
    original = vowel(pitch)
    mel = mel_of(original)[:, : SAMPLES // HOP_LENGTH]
    noisy = original + np.random.default_rng(0).normal(0, 0.05, SAMPLES).astype(np.float32)
    made = refined(noisy, mel)
    assert len(made) == SAMPLES
    assert distance(made, mel) < distance(noisy, mel) / 4


def test_a_perfect_copy_stays_as_it_is() -> None:
    original = vowel(200)
    np.testing.assert_allclose(refined(original, mel_of(original)), original, atol=1e-3)


def test_silence_stays_silent_and_finite() -> None:
    silence = np.zeros(SAMPLES, dtype=np.float32)
    assert np.abs(refined(silence, np.zeros((80, 40), dtype=np.float32))).max() < 1e-6


def test_sound_shorter_than_a_window_is_left_alone() -> None:
    short = vowel(200)[:HOP_LENGTH]
    assert refined(short, np.ones((80, 1), dtype=np.float32)) is not None
    np.testing.assert_array_equal(refined(short, np.ones((80, 1), dtype=np.float32)), short)


class TestConfigs:
    def ask_for(self, folders: tuple[Path, Path], rounds: object, **audio: Any) -> tuple[Path, Path]:
        path = folders[1] / "1h_config.json"
        config = json.loads(path.read_text(encoding="utf-8"))
        config["audio"].update(audio)
        path.write_text(json.dumps({**config, "refinement_rounds": rounds}), encoding="utf-8")
        return folders

    def test_a_vocoder_is_refined_where_its_config_asks_for_it(
        self, tiny_folders: tuple[Path, Path], tiny_voice: Any
    ) -> None:
        mel = np.full((20, N_MELS), -20.0, dtype=np.float32)
        plain = tiny_voice.waveform(mel)
        made = load_voice(*self.ask_for(tiny_folders, 4), mode="pronounced").waveform(mel)
        assert made.shape == plain.shape
        assert np.abs(made - plain).max() > 1e-3
        as_before = load_voice(*self.ask_for(tiny_folders, 0), mode="pronounced").waveform(mel)
        np.testing.assert_array_equal(as_before, plain)

    @pytest.mark.parametrize(
        ("rounds", "audio", "name"),
        [
            (1000, {}, "refinement_rounds"),
            (-1, {}, "refinement_rounds"),
            (2.5, {}, "refinement_rounds"),
            ("4", {}, "refinement_rounds"),
            (4, {"fft_size": 1 << 30}, "fft_size"),
            (4, {"win_length": HOP_LENGTH}, "win_length"),
            (4, {"win_length": 2048}, "win_length"),
            (4, {"mel_fmax": SAMPLE_RATE}, "mel_fmax"),
            (4, {"mel_fmin": 9000, "mel_fmax": 8000}, "mel_fmax"),
            (4, {"spec_gain": 0}, "spec_gain"),
        ],
    )
    def test_values_that_make_no_sense_are_refused(
        self, tiny_folders: tuple[Path, Path], rounds: object, audio: dict[str, Any], name: str
    ) -> None:
        with pytest.raises(CheckpointError, match=name):
            load_voice(*self.ask_for(tiny_folders, rounds, **audio), mode="pronounced")

    def test_a_voice_is_as_slow_and_as_loud_as_its_config_says(
        self, tiny_folders: tuple[Path, Path], tiny_voice: Any
    ) -> None:
        path = tiny_folders[0] / "1g_config.json"
        config = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**config, "length_scale": 1.5, "gain_db": -6}), encoding="utf-8")
        voice = load_voice(*tiny_folders, mode="pronounced")
        plain, changed = (synthesize(v, "안녕하세요.", plausible_only=False) for v in (tiny_voice, voice))
        assert changed.duration_seconds == pytest.approx(1.5 * plain.duration_seconds, rel=0.1)
        assert np.abs(changed.samples).max() == pytest.approx(np.abs(plain.samples).max() / 2, rel=0.05)
