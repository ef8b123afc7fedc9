"""Which parts of a recording say which lines of its script, by what a recognizer heard in them.

Both go forward; parts that say no line, and lines that no part says, are skipped at a price. The cheapest way through
is found by dynamic programming over letters (jamo) that differ.
"""

from dataclasses import dataclass

from voice_model.training.judge import MISMATCH, letters
from voices.recordings.pauses import Part
from voices.recordings.sound import MAX_SECONDS

SKIP = MISMATCH / 2  # price of a letter that is skipped; part and line together cost what a mismatch does
MAX_PARTS, MAX_LINES = 6, 2  # that are joined: people pause within sentences, and don't between some
MAX_INNER_PAUSE = 1.5  # seconds
JOINING = 0.01  # price of each one that is joined, so that none is without need


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
    # cheapest[i][j]: what the first i parts and j lines cost, and the last step on the way: (parts, lines) taken.
    cheapest: list[list[tuple[float, tuple[int, int]]]] = []
    for i in range(len(parts) + 1):
        row: list[tuple[float, tuple[int, int]]] = []
        cheapest.append(row)
        joined = _joined(parts, heard, i)
        for j in range(len(lines) + 1):
            options = [(0.0, (0, 0))] if i == j == 0 else []
            if i:
                options.append((cheapest[i - 1][j][0] + SKIP * len(heard[i - 1]), (1, 0)))
            if j:
                options.append((row[j - 1][0] + SKIP * len(said[j - 1]), (0, 1)))
            for n_lines in range(1, min(MAX_LINES, j) + 1):
                text = "".join(said[j - n_lines : j])
                for n_parts, sound in enumerate(joined, 1):
                    limit = int(SKIP * (len(text) + len(sound)))
                    if abs(len(text) - len(sound)) > limit:
                        continue
                    edits = Levenshtein.distance(text, sound, score_cutoff=limit)
                    if edits <= limit:
                        price = edits + JOINING * (n_parts + n_lines)
                        options.append((cheapest[i - n_parts][j - n_lines][0] + price, (n_parts, n_lines)))
            row.append(min(options))
    return _way_back(cheapest)


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


def _way_back(cheapest: list[list[tuple[float, tuple[int, int]]]]) -> list[Match]:
    matches = []
    i, j = len(cheapest) - 1, len(cheapest[0]) - 1
    while i or j:
        n_parts, n_lines = cheapest[i][j][1]
        if n_parts and n_lines:
            matches.append(Match(i - n_parts, i, j - n_lines, j))
        i, j = i - n_parts, j - n_lines
    return matches[::-1]
