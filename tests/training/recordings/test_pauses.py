"""A long recording is cut at the speaker's pauses only."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from testing.recordings import SAMPLE_RATE, write
from training.recordings.pauses import MARGIN, find_parts, read_part
from training.recordings.sound import MAX_SECONDS


def recording(*seconds: float, noise: float = 1e-4) -> npt.NDArray[np.float32]:
    """Return alternating voice and silence with these durations in seconds, voice first."""
    random = np.random.default_rng(0)
    pieces = []
    for number, length in enumerate(seconds):
        t = np.arange(round(length * SAMPLE_RATE)) / SAMPLE_RATE
        pieces.append(np.sin(2 * np.pi * 200 * t) * (0.1 if number % 2 == 0 else 0))
    samples = np.concatenate(pieces)
    return (samples + random.normal(0, noise, len(samples))).astype(np.float32)


@pytest.mark.parametrize("noise", [0, 1e-4, 3e-3])
def test_a_recording_is_cut_at_pauses_and_not_at_short_silences(tmp_path: Path, noise: float) -> None:
    path = write(tmp_path / "a.wav", recording(1, 0.5, 2, 0.15, 1, 0.4, 3, 2, noise=noise))
    parts = find_parts(path)
    expected = [(0, 1), (1.5, 4.65), (5.05, 8.05)]
    assert len(parts) == len(expected)
    for part, (start, end) in zip(parts, expected, strict=True):
        assert part.start == pytest.approx(max(0, start - MARGIN), abs=0.03)
        assert part.end == pytest.approx(end + MARGIN, abs=0.03)
    assert parts[1].where == "a.wav 0:01.4–0:04.8"
    samples, sample_rate = read_part(parts[1])
    assert len(samples) / sample_rate == pytest.approx(parts[1].seconds, abs=0.001)


def test_a_part_that_would_be_too_long_is_cut_at_shorter_silences(tmp_path: Path) -> None:
    parts = find_parts(write(tmp_path / "a.wav", recording(9, 0.2, 9, 0.2, 9, 0.5, 2)))
    assert [round(part.seconds) for part in parts] == [9, 9, 9, 2]
    assert all(part.seconds < MAX_SECONDS for part in parts)


def test_clicks_and_silence_are_not_parts(tmp_path: Path) -> None:
    (part,) = find_parts(write(tmp_path / "a.wav", recording(1, 1, 0.04, 1)))
    assert part.start == 0
    assert find_parts(write(tmp_path / "empty.wav", np.empty(0, dtype=np.float32))) == []
