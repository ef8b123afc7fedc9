"""Speakers are compared by pitch and timbre."""

import numpy as np

from testing.recordings import SAMPLE_RATE, speech
from training.recordings.likeness import describe_speaker


def test_pitch_and_distance() -> None:
    voice = describe_speaker(speech(12), SAMPLE_RATE)
    again = describe_speaker(speech(9, level=0.05, noise=5e-5, seed=1), SAMPLE_RATE)
    lower = describe_speaker(speech(12), SAMPLE_RATE * 2 // 3)  # the same at a lower rate
    assert abs(voice.pitch - 180) < 3
    assert abs(lower.pitch - 120) < 3
    assert voice.distance(voice) == 0
    assert voice.distance(again) < 0.5 < 1 < voice.distance(lower)
    assert np.isclose(voice.distance(lower), lower.distance(voice))
