"""Encoding keeps the samples, and only silence is cut."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from voices.synth import FORMATS, AudioFormatError, encode
from voices.synth.audio import MARGIN_SECONDS, PEAK, fade_ends, limit_peaks, silence, speech_bounds

RATE = 22050


def tone(seconds: float, level: float = 0.5) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    time = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 440 * time)).astype(np.float32)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_decodes_to_the_samples(name: str) -> None:
    samples = tone(1.5)
    decoded, rate = soundfile.read(io.BytesIO(encode(samples, RATE, name)), dtype="float32")
    assert rate == (48000 if name == "opus" else RATE)
    assert len(decoded) / rate == pytest.approx(1.5, abs=0.06)  # MP3 pads to whole frames
    loudness = np.sqrt(np.mean(np.square(decoded[rate // 4 : rate])))
    # At a constant rate, LAME lowers the level by 5 %, so that nothing clips.
    assert loudness == pytest.approx(0.5 / np.sqrt(2), rel=0.06)


def test_wav_has_the_samples_in_sixteen_bits() -> None:
    samples = tone(0.5)
    decoded, _ = soundfile.read(io.BytesIO(encode(samples, RATE, "wav")), dtype="float32")
    np.testing.assert_allclose(decoded, samples, atol=1 / 32768)


def test_samples_above_full_scale_are_scaled_down_together() -> None:
    decoded, _ = soundfile.read(io.BytesIO(encode(tone(0.5, level=2.0), RATE, "flac")), dtype="float32")
    assert np.abs(decoded).max() == pytest.approx(0.99, abs=0.001)
    np.testing.assert_allclose(decoded, tone(0.5, level=0.99), atol=0.001)


def test_a_rate_that_mp3_does_not_know_is_resampled() -> None:
    _, rate = soundfile.read(io.BytesIO(encode(np.zeros(20000, dtype=np.float32), 20000, "mp3")))
    assert rate == 22050


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(AudioFormatError, match="'aiff'; there are wav, mp3, opus, flac") as caught:
        encode(tone(0.1), RATE, "aiff")
    assert caught.value.code == "unknown_audio_format"


def test_silence_around_speech_is_found() -> None:
    samples = np.concatenate([silence(0.4, RATE), tone(0.3), silence(0.5, RATE)])
    start, end = speech_bounds(samples, RATE)
    assert start / RATE == pytest.approx(0.4 - MARGIN_SECONDS, abs=0.02)
    assert end / RATE == pytest.approx(0.7 + MARGIN_SECONDS, abs=0.02)


@pytest.mark.parametrize("seconds", [0, 0.001, 0.5])
def test_samples_that_are_all_silent_are_not_cut(seconds: float) -> None:
    samples = silence(seconds, RATE)
    assert speech_bounds(samples, RATE) == (0, len(samples))


def test_fading_leaves_the_middle_and_the_argument_alone() -> None:
    samples = np.ones(1000, dtype=np.float32)
    faded = fade_ends(samples, RATE)
    assert faded[0] == faded[-1] == 0
    assert (faded[200:800] == 1).all()
    assert (samples == 1).all()


def test_a_peak_is_limited_and_the_rest_keeps_its_level() -> None:
    samples = tone(0.5)
    samples[5000:5004] = (1.2, -1.9, 1.5, -1.1)
    limited = limit_peaks(samples, RATE)
    assert np.abs(limited).max() <= PEAK + 1e-6
    far = np.abs(np.arange(len(samples)) - 5002) > 0.0125 * RATE
    np.testing.assert_array_equal(limited[far], samples[far])
    gains = limited[4800:5200] / np.where(samples[4800:5200] == 0, 1, samples[4800:5200])
    assert np.abs(np.diff(gains[np.abs(samples[4800:5200]) > 0.01])).max() < 0.05  # no step, which would be a click


def test_samples_that_fit_are_not_touched() -> None:
    samples = tone(0.2, level=1.0)
    assert limit_peaks(samples, RATE) is samples
