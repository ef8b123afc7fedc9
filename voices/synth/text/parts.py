"""Divide a text into the parts that are read by themselves, with the pauses that are asked for between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voices.synth.text.traced import untraced

if TYPE_CHECKING:
    from voices.synth.text.traced import TracedText

MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.1, 10.0  # of one pause that is asked for
MAX_PAUSES_SECONDS = 10.0  # of all of them together

# [0.5초], [1초], [1.5s], [500ms]; not the text of a Markdown link.
_PAUSE = re.compile(r"\[ ?(?P<number>[0-9]{1,6}(?:\.[0-9]{1,6})?) ?(?P<unit>초|s|ms) ?\](?!\()")
_PAUSE_AND_SPACE = re.compile(f" ?{_PAUSE.pattern}")


@dataclass(frozen=True)
class Part:
    """A part of a text that is read by itself; it may be empty."""

    written: TracedText  # as typed, with positions in the original
    said: TracedText  # what is read in its place, with positions in `written`
    pause_seconds: float | None = None  # asked for before it; None is the usual one
    speed: float = 1.0  # beside that of the whole text


def plain_parts(text: str) -> list[Part]:
    """Divide a text at its marks of pauses. Pauses that are too short or too long are brought into their bounds."""
    parts = []
    pause, left, start = None, MAX_PAUSES_SECONDS, 0
    for mark in [*_PAUSE.finditer(text), None]:
        end = mark.start() if mark else len(text)
        parts.append(Part(untraced(text)[start:end], untraced(text[start:end]), pause))
        if mark:
            pause = min(max(_seconds(mark), MIN_PAUSE_SECONDS), left)
            left -= pause
            start = mark.end()
    return parts


def without_pauses(text: str) -> str:
    """Return the text without its marks of pauses, as people read it."""
    return _PAUSE_AND_SPACE.sub("", text)


def keeps_pauses_in_bounds(text: str) -> bool:
    """Tell whether each pause that a text asks for is neither too short nor too long, nor all of them together."""
    return within_bounds([_seconds(mark) for mark in _PAUSE.finditer(text)])


def within_bounds(pauses: list[float]) -> bool:
    """Tell whether pauses, in seconds, are within their bounds, each and all together."""
    each = all(MIN_PAUSE_SECONDS <= pause <= MAX_PAUSE_SECONDS for pause in pauses)
    return each and sum(pauses) <= MAX_PAUSES_SECONDS + 1e-9


def _seconds(mark: re.Match[str]) -> float:
    return float(mark["number"]) / (1000 if mark["unit"] == "ms" else 1)
