"""Check whether samples can be speech. Damaged weights make noise, silence, or speech that is far too fast or slow.

The bounds accept every voice that people understand: `bench/quality_gate.py` counts right and wrong refusals. Speech
that is only unclear passes, because a recognizer would be needed to detect it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voices.synth.audio import FRAME_SECONDS, frame_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bounds of a sentence's duration at speed 1: a constant and seconds per syllable. People read 4 to 8 syllables a
# second; single words are slower, and a voice may pause at each comma.
SHORTEST_SECONDS, SHORTEST_SECONDS_PER_SYLLABLE = 0.04, 0.09
LONGEST_SECONDS, LONGEST_SECONDS_PER_SYLLABLE = 1.2, 0.55
LONGEST_GAP_SECONDS = 1.2  # between two words, at speed 1

QUIETEST_LEVEL = -50.0  # dB below full scale
GAP_LEVEL = -45.0  # dB below the loudest frame
FULL_SCALE = 0.99
MOST_CLIPPED = 0.002  # share of samples at full scale whose neighbour is at full scale too

# The level of speech changes by tens of dB from syllable to syllable; that of hum and hiss is nearly constant.
LEAST_MODULATION = 6.0  # dB, standard deviation of the frames' levels
# Most of the energy of speech is below this frequency; that of noise is spread over all frequencies.
HIGH_BAND = 4000.0  # Hz
MOST_HIGH_BAND = 0.5  # share of the energy


@dataclass(frozen=True)
class Flaw:
    """Why samples cannot be speech: a stable reason, the measured value and the bound that it violates."""

    reason: str  # not_finite, silent, clipped, too_fast, too_slow, gap, steady_noise, noise
    value: float
    bound: float


def find_flaw(samples: NDArray[np.float32], sample_rate: int, n_syllables: int, speed: float = 1.0) -> Flaw | None:
    """Return the first reason why `samples` can't be a sentence of `n_syllables`, or None.

    Args:
        samples: float32 [n_samples], -1..1, without the silence before and after the speech.
        sample_rate: Hz.
        n_syllables: of the sentence as pronounced.
        speed: the speed that was asked for; durations are scaled to speed 1.
    """
    if not np.isfinite(samples).all():
        return Flaw("not_finite", float(np.isfinite(samples).mean()), 1.0)
    levels = frame_levels(samples, max(1, round(FRAME_SECONDS * sample_rate)))
    if len(levels) == 0 or (level := float(levels.max())) < QUIETEST_LEVEL:
        return Flaw("silent", float(levels.max(initial=-200.0)), QUIETEST_LEVEL)
    if (clipped := clipped_share(samples)) > MOST_CLIPPED:
        return Flaw("clipped", clipped, MOST_CLIPPED)
    seconds = len(samples) / sample_rate * speed
    if seconds < (shortest := SHORTEST_SECONDS + SHORTEST_SECONDS_PER_SYLLABLE * n_syllables):
        return Flaw("too_fast", seconds, shortest)
    if seconds > (longest := LONGEST_SECONDS + LONGEST_SECONDS_PER_SYLLABLE * n_syllables):
        return Flaw("too_slow", seconds, longest)
    if (gap := longest_run(levels < level + GAP_LEVEL) * FRAME_SECONDS * speed) > LONGEST_GAP_SECONDS:
        return Flaw("gap", gap, LONGEST_GAP_SECONDS)
    if (modulation := float(levels.std())) < LEAST_MODULATION:
        return Flaw("steady_noise", modulation, LEAST_MODULATION)
    if (high := high_band_share(samples, sample_rate)) > MOST_HIGH_BAND:
        return Flaw("noise", high, MOST_HIGH_BAND)
    return None


def clipped_share(samples: NDArray[np.float32]) -> float:
    """Return the share (0..1) of samples at full scale whose neighbour is too: a single peak is not clipping."""
    full = np.abs(samples) >= FULL_SCALE
    return float((full[1:] & full[:-1]).mean()) if len(samples) > 1 else 0.0


def longest_run(flags: NDArray[np.bool_]) -> int:
    """Return the length of the longest run of True in `flags` [n]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def high_band_share(samples: NDArray[np.float32], sample_rate: int) -> float:
    """Return the share of the energy above `HIGH_BAND`, 0..1."""
    power = np.square(np.abs(np.fft.rfft(samples)))
    first_high = round(HIGH_BAND / sample_rate * len(samples))
    return float(power[first_high:].sum() / (power.sum() + 1e-20))
