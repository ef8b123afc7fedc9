"""Measures of a copy, on sounds of which the right answer is known."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pyworld", reason="needs requirements/measures.txt")
pytest.importorskip("pesq", reason="needs requirements/measures.txt")

from testing.processes import REPOSITORY
from testing.small_voice import write_small_vocoder
from training.corpus.clean import Waveform
from training.measure_vocoder import measure_copies, perceived_quality
from training.measures.intervals import interval, table
from training.measures.pitch import pitch, pitch_difference
from training.models.configs import SAMPLE_RATE
from voices.synth import load_voice, synthesize
from voices.synth.vocoder import load_vocoder

VOICE_MODEL = REPOSITORY / "voice_model"


@pytest.fixture(scope="module")
def speech() -> Waveform:
    voice = load_voice(VOICE_MODEL / "glow-tts" / "1", VOICE_MODEL / "hifigan-v2" / "1", mode="pronounced")
    return synthesize(voice, "오늘 하루도 정말 수고 많으셨어요.").samples


def tone(frequency: float, seconds: float = 1.0) -> Waveform:
    """A voiced sound: a fundamental with ten harmonics."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = sum(np.sin(2 * np.pi * frequency * n * time) / n for n in range(1, 11))
    return np.asarray(harmonics * 0.1, dtype=np.float32)


@pytest.mark.parametrize("frequency", [100.0, 220.0, 400.0])
def test_the_pitch_of_a_tone_is_found(frequency: float) -> None:
    found = pitch(tone(frequency), SAMPLE_RATE)
    assert abs(np.median(found[found > 0]) - frequency) < 1


def test_an_octave_is_1200_cents_and_a_gap_is_a_voicing_error() -> None:
    original = np.full(100, 200.0)
    assert pitch_difference(original, original * 2).cents == pytest.approx(1200)
    gap = np.where(np.arange(100) < 30, 0, original)
    difference = pitch_difference(original, gap)
    assert difference.voicing_errors == pytest.approx(0.3)
    assert difference.cents == 0
    assert np.isnan(pitch_difference(original, original * 0).cents)


def test_a_perfect_copy_has_the_highest_quality_and_noise_lowers_it(speech: Waveform) -> None:
    assert perceived_quality(speech, speech) == pytest.approx(4.64, abs=0.02)
    noisy = speech + np.random.default_rng(0).normal(0, 0.03, len(speech)).astype(np.float32)
    assert perceived_quality(speech, noisy) < 3.5


def test_the_shipped_vocoder_copies_better_than_a_random_one(speech: Waveform, tmp_path: Path) -> None:
    write_small_vocoder(tmp_path / "random")
    shipped, random = (
        measure_copies(load_vocoder(folder), [speech])
        for folder in (VOICE_MODEL / "hifigan-v2" / "1", tmp_path / "random")
    )
    assert shipped["PESQ"][0] > random["PESQ"][0]
    assert shipped["mel"][0] < random["mel"][0] / 2


def test_intervals_hold_the_mean_and_narrow_with_more_values() -> None:
    values = np.random.default_rng(0).normal(5, 1, 200)
    few, many = interval(list(values[:10])), interval(list(values))
    assert few.low < few.mean < few.high
    assert many.high - many.low < few.high - few.low
    assert interval([2.0, 2.0, float("nan")]) == interval([2.0])


def test_the_table_has_a_row_for_each_voice_and_one_for_all() -> None:
    lines = table({"voice 1": {"PESQ": [1.0, 1.0]}, "voice 2": {"PESQ": [3.0, 3.0]}}).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["voice 1", "voice 2", "all"]
    assert lines[-1].split("|")[2].strip().startswith("2 [")
