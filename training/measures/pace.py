"""How fast somebody speaks, pauses left out."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from training.models.configs import SAMPLE_RATE
from voices.synth.audio import FRAME_SECONDS, frame_levels
from voices.synth.text.hangul import count_syllables

PAUSE_LEVEL = -35.0  # dB below the loudest frame
SHORTEST_PAUSE = 0.15  # seconds; shorter gaps belong to consonants


def speech_seconds(samples: npt.NDArray[np.float32]) -> float:
    """Return how long speech [n_samples] lasts without the silence around it and the pauses in it."""
    levels = frame_levels(samples, round(FRAME_SECONDS * SAMPLE_RATE))
    quiet = levels < levels.max() + PAUSE_LEVEL
    runs, _ = scipy.ndimage.label(quiet)
    lengths = np.bincount(runs) * FRAME_SECONDS
    at_the_ends = {runs[0], runs[-1]}
    pauses = [n for n in range(1, len(lengths)) if n in at_the_ends or lengths[n] >= SHORTEST_PAUSE]
    return len(levels) * FRAME_SECONDS - float(lengths[pauses].sum())


def syllables_per_second(readings: Mapping[str, npt.NDArray[np.float32]]) -> float:
    """Return the pace of speech at `SAMPLE_RATE`, by its text in plain Hangul; one text or more."""
    return sum(map(count_syllables, readings)) / sum(map(speech_seconds, readings.values()))
