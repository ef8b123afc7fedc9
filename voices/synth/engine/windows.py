"""Cover an utterance with windows of few sizes, so that a network is compiled for those and no other.

OpenVINO compiles a network's convolutions anew for each length, which takes longer than to run them. Every output of
the vocoder depends on some frames before and after it, its context; windows that overlap by twice as much give the
same samples as the whole utterance at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
