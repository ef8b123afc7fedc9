"""Which parts of a recording say which lines of its script, by what a recognizer heard in them.

Both go forward; parts that say no line, and lines that no part says, are skipped at a price. The cheapest way through
is found by dynamic programming over letters (jamo) that differ.
"""

import collections
import math
from dataclasses import dataclass

from training.measures.judge import MISMATCH, letters
from training.recordings.pauses import Part
from training.recordings.sound import MAX_SECONDS

SKIP = MISMATCH / 2  # price of a letter that is skipped; part and line together cost what a mismatch does
MAX_PARTS, MAX_LINES = 6, 2  # that are joined: people pause within sentences, and don't between some
MAX_INNER_PAUSE = 1.5  # seconds
JOINING = 0.01  # price of each one that is joined, so that none is without need
STEPS = [(n_parts, n_lines) for n_parts in range(MAX_PARTS + 1) for n_lines in range(MAX_LINES + 1)]


@dataclass(frozen=True)
class HeardPart:
    """A part, and what a recognizer heard in it."""

    part: Part
    heard: str


@dataclass(frozen=True)
class Match:
    """Parts ``first_part`` to before ``end_part`` say lines ``first_line`` to before ``end_line``."""

    first_part: int
    end_part: int
    first_line: int
    end_line: int


def align(parts: list[HeardPart], lines: list[str]) -> list[Match]:
    """The matches, in order. Parts and lines that are in none of them belong to nothing."""
    from rapidfuzz.distance import Levenshtein

    heard = [letters(part.heard) for part in parts]
    said = [letters(line) for line in lines]
    ended = [["".join(said[j - n : j]) for n in range(1, min(MAX_LINES, j) + 1)] for j in range(len(said) + 1)]
    # What the first i parts and j lines cost, of the last rows; and of all, the last step on the way there.
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
    return _way_back(steps)


def _joined(parts: list[HeardPart], heard: list[str], end: int) -> list[str]:
    """The letters of the last part before ``end``, of the last two, and so on, as long as they can be one sentence."""
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


def _way_back(steps: list[bytearray]) -> list[Match]:
    matches = []
    i, j = len(steps) - 1, len(steps[0]) - 1
    while i or j:
        n_parts, n_lines = STEPS[steps[i][j]]
        if n_parts and n_lines:
            matches.append(Match(i - n_parts, i, j - n_lines, j))
        i, j = i - n_parts, j - n_lines
    return matches[::-1]
