"""The result of reading a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What a voice was trained on: text as spelled (the SCE-TTS recipe), or as pronounced (our demo voices).
Mode = Literal["spelled", "pronounced"]
# How a text says how it is spoken: "none" is as people type it, with marks of pauses; or SSML.
Markup = Literal["none", "ssml"]


@dataclass(frozen=True)
class Dropped:
    """A run of characters of the original text that will not be spoken."""

    text: str
    index: int  # of the first of them, in the original text

    def as_json(self) -> dict[str, str | int]:
        """Return the form that the API, the rows of requests and `preview_text` use."""
        return {"text": self.text, "position": self.index}


@dataclass(frozen=True)
class Token:
    """One eojeol of a sentence, and the part of the original text that it stands for: `original[start:end]`.

    Several tokens may stand for the same span ("3월" is one, "$5" is two: 오 달러), and tokens keep the text's order.
    """

    text: str
    pronunciation: str
    start: int
    end: int


@dataclass(frozen=True)
class Word:
    """One word as it was typed, `original[start:end]`, and how many tokens it is spoken as ("3개" is two: 세 개)."""

    text: str
    start: int
    end: int
    token_count: int


@dataclass(frozen=True)
class Sentence:
    """One sentence to speak."""

    text: str  # in Hangul, as spelled
    pronunciation: str  # what the voice is given: as spelled or as pronounced, by its mode
    tokens: tuple[Token, ...] = ()  # one for each eojeol
    words: tuple[Word, ...] = ()  # what the tokens stand for; they keep the tokens' order
    pause_seconds: float = 0.0  # of silence before it
    speed: float = 1.0  # beside that of the whole text


@dataclass(frozen=True)
class Spoken:
    """What will be spoken of a text."""

    text: str  # Hangul, spaces and `.,!?`; line ends where the original had them
    pronunciation: str
    dropped: tuple[Dropped, ...]
    sentences: tuple[Sentence, ...]
    closing_pause_seconds: float = 0.0  # of silence after the last sentence
