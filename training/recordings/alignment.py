"""Align the parts of a recording with the lines of its script, by what a recognizer heard in the parts.

Parts and lines are in the same order; skipping a part or a line has a cost. Dynamic programming finds the alignment of
the lowest cost, in letters (jamo) that differ.
"""

import collections
import math
from dataclasses import dataclass

from training.measures.judge import MISMATCH, letters
from training.recordings.pauses import Part
from training.recordings.sound import MAX_SECONDS

SKIP = MISMATCH / 2  # cost of a skipped letter; skipping a part and a line costs as much as a mismatch
MAX_PARTS, MAX_LINES = 6, 2  # that are joined: speakers pause within sentences, and not between all of them
MAX_INNER_PAUSE = 1.5  # seconds between two parts that are joined
JOINING = 0.01  # cost of each joined part or line, so that none is joined without need
STEPS = [(n_parts, n_lines) for n_parts in range(MAX_PARTS + 1) for n_lines in range(MAX_LINES + 1)]


@dataclass(frozen=True)
class HeardPart:
    """A part of a recording, and what the recognizer heard in it."""

    part: Part
    heard: str


@dataclass(frozen=True)
class Match:
    """Parts `first_part:end_part` say lines `first_line:end_line`."""

    first_part: int
    end_part: int
    first_line: int
    end_line: int


def align(parts: list[HeardPart], lines: list[str]) -> list[Match]:
    """Return the matches in order; parts and lines without a counterpart are in none of them."""
    from rapidfuzz.distance import Levenshtein  # only in requirements/training.txt

    heard = [letters(part.heard) for part in parts]
    said = [letters(line) for line in lines]
    ended = [["".join(said[j - n : j]) for n in range(1, min(MAX_LINES, j) + 1)] for j in range(len(said) + 1)]
    # costs[-1][j] is the cost of aligning the first i parts with the first j lines; only the last rows are needed.
    # steps[i][j] is the last step of that alignment, as an index of STEPS.
    costs: collections.deque[list[float]] = collections.deque(maxlen=MAX_PARTS + 1)
    steps: list[bytearray] = []
    for i in range(len(parts) + 1):
        joined = _joined(parts, heard, i)
        costs.append([])
        steps.append(bytearray())
        for j in range(len(lines) + 1):
            best, step = (0.0, (0, 0)) if i == j == 0 else (math.inf, (0, 0))
            if i:
                best, step = costs[-2][j] + SKIP * len(heard[i - 1]), (1, 0)
            if j and (skipped := costs[-1][j - 1] + SKIP * len(said[j - 1])) < best:
                best, step = skipped, (0, 1)
            for n_lines, text in enumerate(ended[j], 1):
                for n_parts, sound in enumerate(joined, 1):
                    limit = int(SKIP * (len(text) + len(sound)))
                    if abs(len(text) - len(sound)) > limit:
                        continue
                    edits = Levenshtein.distance(text, sound, score_cutoff=limit)
                    price = costs[-1 - n_parts][j - n_lines] + edits + JOINING * (n_parts + n_lines - 2)
                    if edits <= limit and price < best:
                        best, step = price, (n_parts, n_lines)
            costs[-1].append(best)
            steps[-1].append(STEPS.index(step))
    return _trace_back(steps)


def _joined(parts: list[HeardPart], heard: list[str], end: int) -> list[str]:
    """Return the letters of the last part before `end`, of the last two, and so on, while they can be one sentence."""
    texts: list[str] = []
    text = ""
    for first in range(end - 1, max(-1, end - 1 - MAX_PARTS), -1):
        part, last = parts[first].part, parts[end - 1].part
        if first < end - 1:
            following = parts[first + 1].part
            if part.path != following.path or following.start - part.end > MAX_INNER_PAUSE:
                break
            if last.end - part.start > MAX_SECONDS:
                break
        text = heard[first] + text
        texts.append(text)
    return texts


def _trace_back(steps: list[bytearray]) -> list[Match]:
    matches = []
    i, j = len(steps) - 1, len(steps[0]) - 1
    while i or j:
        n_parts, n_lines = STEPS[steps[i][j]]
        if n_parts and n_lines:
            matches.append(Match(i - n_parts, i, j - n_lines, j))
        i, j = i - n_parts, j - n_lines
    return matches[::-1]
