"""Cover an utterance with windows of few sizes, so that a network is compiled for those and no other.

OpenVINO compiles a network's convolutions anew for each length, which takes longer than to run them. Every output of
the vocoder depends on some frames before and after it, its context; windows that overlap by twice as much give the
same samples as the whole utterance at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voices.intake.settings import VocoderLayers

DILATIONS = {"1": 3, "2": 2}  # of HiFi-GAN's residual blocks, by their type
FRAMES_PER_CALL = 2  # what a call costs besides its frames, in frames


@dataclass(frozen=True)
class Window:
    """Frames `start` to `start + size` go in; of what comes out, frames `keep_from` to `keep_to` are kept."""

    start: int
    size: int
    keep_from: int
    keep_to: int


@lru_cache(maxsize=4096)
def cover(n_frames: int, sizes: tuple[int, ...], context: int) -> tuple[Window, ...]:
    """Return the cheapest windows that give `n_frames` frames, in order; one of that very size if all are larger.

    Args:
        n_frames: at least 1.
        sizes: of windows, in frames; at least one is larger than twice the context.
        context: frames on each side that an output depends on.
    """
    fitting = [size for size in sizes if size <= n_frames]
    if not fitting:
        return (Window(0, n_frames, 0, n_frames),)
    # The least cost of having the first frames, by their number, with the last window that it takes.
    cheapest: dict[int, tuple[int, Window | None]] = {0: (0, None)}
    for done in range(n_frames):
        if done not in cheapest:
            continue
        cost = cheapest[done][0]
        for size in fitting:
            start = min(max(0, done - context), n_frames - size)
            end = start + size
            keep_to = n_frames if end == n_frames else end - context
            if keep_to > done and cost + size + FRAMES_PER_CALL < cheapest.get(keep_to, (1 << 60, None))[0]:
                cheapest[keep_to] = cost + size + FRAMES_PER_CALL, Window(start, size, done, keep_to)
    windows: list[Window] = []
    done = n_frames
    while window := cheapest[done][1]:
        windows.append(window)
        done = window.keep_from
    return tuple(reversed(windows))


def context_frames(layers: VocoderLayers) -> tuple[int, int]:
    """Return how many frames before and after it an output of HiFi-GAN's first stage, and of the rest, depends on."""
    dilations = [given[: DILATIONS[layers.resblock_type]] for given in layers.resblock_dilation_sizes]
    of_block = max(
        (size - 1) / 2 * (sum(of_kernel) + (len(of_kernel) if layers.resblock_type == "1" else 0))
        for size, of_kernel in zip(layers.resblock_kernel_sizes, dilations, strict=True)
    )
    rate = 1  # steps per frame
    contexts = [3.0]  # of the first convolution
    for factor, size in zip(layers.upsample_factors, layers.upsample_kernel_sizes, strict=True):
        first, last = taps(size, factor)
        reach = max(-first, last) / rate
        rate *= factor
        contexts.append(reach + of_block / rate)
    contexts.append(3.0 / rate)  # of the last convolution
    return math.ceil(sum(contexts[:2])), math.ceil(sum(contexts[2:]))


def taps(size: int, factor: int) -> tuple[int, int]:
    """Return the first and the last input step, relative to its own, that a step of a transposed convolution sees."""
    padding = (size - factor) // 2
    return -((size - 1 - padding) // factor), (factor - 1 + padding) // factor
