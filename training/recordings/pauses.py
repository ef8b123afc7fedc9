"""Find the parts of a long recording between the speaker's pauses."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from training.recordings.sound import MAX_SECONDS, levels_of

FRAME = 0.02  # seconds
PAUSE = 0.3  # seconds; a shorter silence may be part of a consonant
SHORT_PAUSE = 0.12  # seconds, in parts that would be too long otherwise
CLICK = 0.1  # seconds; a shorter sound is not speech
MARGIN = 0.1  # seconds of the pause that are left on each side, at most half of the pause
BELOW_VOICE, ABOVE_NOISE = 35.0, 6.0  # dB; a frame below both thresholds is a pause


@dataclass(frozen=True)
class Part:
    """A range of a WAV, from one pause to the next."""

    path: Path
    start: float  # seconds
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def where(self) -> str:
        return f"{self.path.name} {_clock(self.start)}–{_clock(self.end)}"


def find_parts(path: Path) -> list[Part]:
    """Return the parts of a WAV, in order. The WAV is read in blocks, as it may be hours long."""
    sample_rate = soundfile.info(path).samplerate
    frames = [
        levels_of(block.mean(axis=1), sample_rate)
        for block in soundfile.blocks(path, blocksize=sample_rate // 50 * 500, dtype="float32", always_2d=True)
    ]
    levels = np.concatenate(frames) if frames else np.empty(0)
    if not len(levels):
        return []
    threshold = max(np.percentile(levels, 95) - BELOW_VOICE, np.percentile(levels, 3) + ABOVE_NOISE)
    loud = levels > threshold
    spans = _cut(loud, 0, len(loud), round(PAUSE / FRAME))
    return [
        Part(path, max(0, first * FRAME - before), last * FRAME + after)
        for (first, last), before, after in zip(spans, *_margins(spans, len(loud)), strict=True)
    ]


def read_part(part: Part) -> tuple[npt.NDArray[np.float32], int]:
    """Return the samples [n_samples], -1..1, as the mean of all channels, and their rate in Hz."""
    sample_rate = soundfile.info(part.path).samplerate
    samples, _ = soundfile.read(
        part.path,
        start=round(part.start * sample_rate),
        stop=round(part.end * sample_rate),
        dtype="float32",
        always_2d=True,
    )
    return samples.mean(axis=1), sample_rate


def _cut(loud: npt.NDArray[np.bool_], first: int, last: int, pause: int) -> list[tuple[int, int]]:
    """Return spans of loud frames, with pauses of less than `pause` frames in them.

    Spans of more than `MAX_SECONDS` are cut again at pauses of `SHORT_PAUSE`.
    """
    spans: list[tuple[int, int]] = []
    for frame in np.flatnonzero(loud[first:last]) + first:
        if spans and frame - spans[-1][1] < pause:
            spans[-1] = (spans[-1][0], int(frame) + 1)
        else:
            spans.append((int(frame), int(frame) + 1))
    spans = [span for span in spans if (span[1] - span[0]) * FRAME >= CLICK]
    shorter = round(SHORT_PAUSE / FRAME)
    if pause <= shorter:
        return spans
    return [
        part
        for span in spans
        for part in (_cut(loud, *span, shorter) if (span[1] - span[0]) * FRAME > MAX_SECONDS else [span])
    ]


def _margins(spans: list[tuple[int, int]], n_frames: int) -> tuple[list[float], list[float]]:
    """Return the seconds to leave before each span, and after each."""
    starts = [first for first, _ in spans] + [n_frames]
    ends = [0] + [last for _, last in spans]
    gaps = [min(MARGIN, (start - end) * FRAME / 2) for start, end in zip(starts, ends, strict=True)]
    return gaps[:-1], gaps[1:]


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
