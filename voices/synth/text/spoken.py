"""What reading a text results in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What a voice was trained on: text as spelled (the seed's recipe), or as pronounced (our demo voices).
Mode = Literal["spelled", "pronounced"]


@dataclass(frozen=True)
class Dropped:
    """Neighbouring characters of the original text that will not be said."""

    text: str
    index: int  # of the first of them, in the original text


@dataclass(frozen=True)
class Sentence:
    """One sentence to speak."""

    text: str  # in Hangul, as spelled
    pronunciation: str  # what the voice is given: as spelled or as pronounced, by its mode


@dataclass(frozen=True)
class Spoken:
    """What will be said of a text."""

    text: str  # Hangul, spaces and `.,!?`; line ends where the original had them
    pronunciation: str
    dropped: tuple[Dropped, ...]
    sentences: tuple[Sentence, ...]
