"""A fingerprint of speech, by which a copy is known again: encoded anew, cut, a little faster or slower, with noise.

It is the set of the loudest points of the spectrogram. Three points that follow each other make a key, which an index
finds; then all points of both sounds are laid over each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Peaks = NDArray[np.float32]  # [n, 2]: seconds and Hz, in the order of time

WINDOW_SECONDS, HOP_SECONDS = 0.064, 0.016
LOWEST_HZ, HIGHEST_HZ = 220.0, 4000.0  # what every codec and every telephone keeps
FLOOR = 0.012  # of the loudest point; lower ones are lost in noise
NEAR_FRAMES, NEAR_BINS = 5, 5  # a peak is the loudest point so far around it
# Of keys: octaves and seconds that count as the same, how many of the next peaks are taken, how much later they begin,
# and how many steps of time may lie between two of them.
KEY_OCTAVES, KEY_SECONDS, NEXT_PEAKS, GAP_SECONDS, MOST_STEPS = 0.06, 0.04, 4, 0.03, 16
# Of an alignment: how far two peaks may lie apart.
SAME_HZ, SAME_SECONDS = 0.02, 0.02  # of the frequency's own; to each side
# A match has so many peaks in common, and such a share of those that lie in the part where both sounds overlap. By
# chance, few peaks have a larger share in common than many: see docs/provenance.md.
LEAST_PEAKS, LEAST_SHARE, SHARE_OF_FEW = 16, 0.12, 2.4


class Playing(NamedTuple):
    """How a copy was played: `stretch` of the original's time, `shift` of its frequencies."""

    stretch: float = 1.0
    shift: float = 1.0


AS_IT_WAS = Playing()
_RATES = [rate / 100 for rate in range(94, 107) if rate != 100]
FASTER_OR_SLOWER = (
    *(Playing(rate, 1 / rate) for rate in _RATES),  # like a tape: its pitch changes, too
    *(Playing(rate) for rate in _RATES),  # its pitch is kept
)


@dataclass(frozen=True)
class Alignment:
    """How well the peaks of two sounds lie over each other."""

    common: int  # peaks
    share: float  # of the peaks where both overlap, of that sound which has fewer there

    @property
    def is_match(self) -> bool:
        """Whether the one is a copy of the other, or of a part of it."""
        if self.common < LEAST_PEAKS or not self.share:
            return False
        overlapping = self.common / self.share
        return self.share >= LEAST_SHARE + SHARE_OF_FEW / math.sqrt(overlapping)


def find_peaks(samples: NDArray[np.int16], sample_rate: int) -> Peaks:
    """Return the peaks of `samples` [n_samples], at any rate; none of what is shorter than a window or silent."""
    window, hop = round(WINDOW_SECONDS * sample_rate), round(HOP_SECONDS * sample_rate)
    if len(samples) < window or hop < 1:
        return np.zeros((0, 2), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32), window)[::hop]
    bin_hz = sample_rate / window
    low, high = int(LOWEST_HZ / bin_hz), int(HIGHEST_HZ / bin_hz)
    shape = np.hanning(window).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(frames * shape, axis=1))[:, low - 1 : high + 2].astype(np.float32)
    loudest = float(spectrum.max(initial=0.0))
    if not loudest:
        return np.zeros((0, 2), np.float32)
    level = np.log(spectrum + 1e-6 * loudest)
    is_peak = level == _highest_near(_highest_near(level, NEAR_FRAMES, 0), NEAR_BINS, 1)
    is_peak &= spectrum > FLOOR * loudest
    is_peak[:, [0, -1]] = is_peak[[0, -1]] = False
    frame, column = np.nonzero(is_peak)
    seconds = (frame + _summit(level[frame - 1, column], level[frame, column], level[frame + 1, column])) * hop
    bins = column + low - 1 + _summit(level[frame, column - 1], level[frame, column], level[frame, column + 1])
    peaks = np.stack([seconds / sample_rate, bins * bin_hz], axis=1).astype(np.float32)
    return peaks[np.argsort(peaks[:, 0], kind="stable")]


def keys_of(peaks: Peaks, playings: Iterable[Playing] = (AS_IT_WAS,)) -> NDArray[np.int32]:
    """Return the keys of `peaks` [n_keys], sorted, each once: those that the original has if this was so played."""
    found = [_keys(peaks[:, 0] * playing.stretch, peaks[:, 1] * playing.shift) for playing in playings]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int32)


def align(copy: Peaks, original: Peaks, playings: Iterable[Playing] = (AS_IT_WAS,)) -> Alignment:
    """Return the best alignment of two sounds' peaks over the ways in which the copy may have been played."""
    best = Alignment(0, 0.0)
    if not len(copy) or not len(original):
        return best
    pitches, of_original = np.log(copy[:, 1]), np.log(original[:, 1])
    for stretch, shift in playings:
        seconds = copy[:, 0] * stretch
        mine, other = np.nonzero(np.abs(pitches[:, None] + np.log(shift) - of_original) < SAME_HZ)
        offsets = np.sort(original[other, 0] - seconds[mine])
        if not len(offsets):
            continue
        counts = np.searchsorted(offsets, offsets + 2 * SAME_SECONDS, side="right") - np.arange(len(offsets))
        at = int(counts.argmax())
        if counts[at] <= best.common:
            continue
        shifted = seconds + offsets[at] + SAME_SECONDS
        overlapping = min(_within(shifted, original[:, 0]), _within(original[:, 0], shifted))
        best = Alignment(int(counts[at]), min(1.0, float(counts[at]) / max(overlapping, 1)))
    return best


def _keys(seconds: NDArray[np.float32], hertz: NDArray[np.float32]) -> NDArray[np.int32]:
    pitch = np.clip(np.floor(np.log2(hertz / 200.0) / KEY_OCTAVES), 0, 127).astype(np.int64)
    after = np.searchsorted(seconds, seconds + GAP_SECONDS)
    found = []
    for nearer, farther in combinations(range(NEXT_PEAKS), 2):
        first = np.flatnonzero(after + farther < len(seconds))
        second, third = after[first] + nearer, after[first] + farther
        step = np.floor((seconds[second] - seconds[first]) / KEY_SECONDS).astype(np.int64)
        next_step = np.floor((seconds[third] - seconds[second]) / KEY_SECONDS).astype(np.int64)
        keys = ((pitch[first] << 7 | pitch[second]) << 7 | pitch[third]) << 8 | step << 4 | next_step
        found.append(keys[(step < MOST_STEPS) & (next_step < MOST_STEPS)])
    return np.concatenate(found).astype(np.int32)  # of 29 bits


def _within(some: NDArray[np.float32], others: NDArray[np.float32]) -> int:
    """Return how many of `some` seconds lie between the first and the last of `others`."""
    return int(np.count_nonzero((some >= others[0] - SAME_SECONDS) & (some <= others[-1] + SAME_SECONDS)))


def _highest_near(values: NDArray[np.float32], reach: int, axis: int) -> NDArray[np.float32]:
    """Return the maximum of each value's neighbours to `reach` on both sides along an axis, and itself."""
    highest = values.copy()
    source, target = np.moveaxis(values, axis, 0), np.moveaxis(highest, axis, 0)
    for distance in range(1, min(reach, len(source) - 1) + 1):
        np.maximum(target[:-distance], source[distance:], out=target[:-distance])
        np.maximum(target[distance:], source[:-distance], out=target[distance:])
    return highest


def _summit(before: NDArray[np.float32], at: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return where between -0.5 and 0.5 the parabola through three values is highest, as the middle one is."""
    bend = before - 2 * at + after
    place = 0.5 * (before - after) / np.where(bend < -1e-6, bend, -1.0)
    summit: NDArray[np.float32] = np.clip(place, -0.5, 0.5)
    return summit
