"""Can this be speech? A voice whose weights are damaged makes noise, silence, or a rush; none of it is to be published.

The bounds leave room for every voice that people understand: `bench/quality_gate.py` counts how often each strikes
where it should and where it should not. Speech that is merely unclear passes: only a recognizer could tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voices.synth.audio import FRAME_SECONDS, frame_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Seconds that a sentence of n syllables takes at speed 1. People read 4 to 8 syllables a second; a word by itself is
# slower, and a voice may pause at each comma.
SHORTEST_SECONDS, SHORTEST_SECONDS_PER_SYLLABLE = 0.04, 0.09
LONGEST_SECONDS, LONGEST_SECONDS_PER_SYLLABLE = 1.2, 0.55
LONGEST_GAP_SECONDS = 1.2  # between two words, at speed 1

QUIETEST_LEVEL = -50.0  # dB below full scale
GAP_LEVEL = -45.0  # dB below the loudest frame
FULL_SCALE = 0.99
MOST_CLIPPED = 0.002  # share of the samples that stand at full scale beside another that does

# Syllables rise and fall by tens of dB; hum and hiss hardly move.
LEAST_MODULATION = 6.0  # dB, standard deviation of the frames' levels
# Most of the energy of speech lies below; that of noise is everywhere.
HIGH_BAND = 4000.0  # Hz
MOST_HIGH_BAND = 0.5  # share of the energy


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a sentence that was spoken: a stable reason, the measured value and the bound it breaks."""

    reason: str  # not_finite, silent, clipped, too_fast, too_slow, gap, steady_noise, noise
    value: float
    bound: float


def find_flaw(samples: NDArray[np.float32], sample_rate: int, n_syllables: int, speed: float = 1.0) -> Flaw | None:
    """Return the first reason why `samples` can't be a sentence of `n_syllables`, or None.

    `samples` are float32 [n_samples] in -1..1, without the silence around the speech; `speed` is that asked for.
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
    """Share of the samples at full scale whose neighbour is there too: a single peak is not clipping."""
    full = np.abs(samples) >= FULL_SCALE
    return float((full[1:] & full[:-1]).mean()) if len(samples) > 1 else 0.0


def longest_run(flags: NDArray[np.bool_]) -> int:
    """Length of the longest run of True in bool [n]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def high_band_share(samples: NDArray[np.float32], sample_rate: int) -> float:
    """Share of the energy above `HIGH_BAND`, 0..1."""
    power = np.square(np.abs(np.fft.rfft(samples)))
    first_high = round(HIGH_BAND / sample_rate * len(samples))
    return float(power[first_high:].sum() / (power.sum() + 1e-20))
