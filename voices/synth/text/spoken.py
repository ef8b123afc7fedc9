"""What reading a text results in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What a voice was trained on: text as spelled (the SCE-TTS recipe), or as pronounced (our demo voices).
Mode = Literal["spelled", "pronounced"]


@dataclass(frozen=True)
class Dropped:
    """Neighbouring characters of the original text that will not be said."""

    text: str
    index: int  # of the first of them, in the original text

    def as_json(self) -> dict[str, str | int]:
        """Return it as the API, the request's row and `preview_text` show it."""
        return {"text": self.text, "position": self.index}


@dataclass(frozen=True)
class Token:
    """One eojeol of a sentence and what it was in the original text: `original[start:end]`.

    Several tokens may stand for the same span ("3월" is one, "$5" is two: 오 달러), and tokens keep the text's order.
    """

    text: str
    pronunciation: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """One sentence to speak."""

    text: str  # in Hangul, as spelled
    pronunciation: str  # what the voice is given: as spelled or as pronounced, by its mode
    tokens: tuple[Token, ...] = ()  # one for each eojeol


@dataclass(frozen=True)
class Spoken:
    """What will be said of a text."""

    text: str  # Hangul, spaces and `.,!?`; line ends where the original had them
    pronunciation: str
    dropped: tuple[Dropped, ...]
    sentences: tuple[Sentence, ...]
