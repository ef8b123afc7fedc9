"""How loud an audio file is over its length, for a picture of it."""

import io

import numpy as np
import soundfile

BARS = 72
SILENCE = [0.0] * BARS
SPACE, HEIGHT = 4, 40  # of a bar in the SVG, in its own units


class NotSound(Exception):
    """libsndfile can't read it."""


def loudness(audio: bytes) -> list[float]:
    """Return the root mean square of each of ``BARS`` equal parts, relative to the loudest (0..1).

    Raises :class:`NotSound`.
    """
    try:
        samples, _rate = soundfile.read(io.BytesIO(audio), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise NotSound from error
    mono = samples.mean(axis=1)
    parts = [float(np.sqrt(np.mean(np.square(part)))) if len(part) else 0.0 for part in np.array_split(mono, BARS)]
    loudest = max(parts)
    return [part / loudest if loudest else 0.0 for part in parts]


def svg_path(bars: list[float]) -> str:
    """Return the ``d`` of a path of upright strokes in a box of ``BARS * SPACE`` by ``HEIGHT``."""
    strokes = []
    for index, bar in enumerate(bars):
        length = max(2.0, bar * (HEIGHT - 4))
        strokes.append(f"M{index * SPACE + SPACE / 2:g} {(HEIGHT - length) / 2:.1f}v{length:.1f}")
    return "".join(strokes)
