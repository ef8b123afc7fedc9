"""Find the morphemes of a sentence with MeCab, and their positions."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import Any

_LOCK = threading.Lock()  # MeCab's tagger is not safe for threads


@dataclass(frozen=True)
class Morpheme:
    """A morpheme and its position in the sentence, `sentence[start:end]`."""

    text: str
    tag: str  # of the Sejong set; VV+ETM for a stem and an ending in one syllable
    start: int
    end: int

    @property
    def last_tag(self) -> str:
        """The tag of its last part."""
        return self.tag.rpartition("+")[2]

    @property
    def is_noun(self) -> bool:
        """Whether it may be a part of a compound noun."""
        return self.tag in ("NNG", "NNP", "NR", "XSN", "XR", "NNBC", "XPN")


def tag(sentence: str) -> list[Morpheme]:
    """Return a sentence's morphemes; none if MeCab changed its text."""
    with _LOCK:
        tokens = _tagger().pos(sentence)
    if sentence.replace(" ", "") != "".join(text for text, _tag in tokens):
        return []
    morphemes = []
    position = 0
    for text, sejong in tokens:
        while sentence[position] == " ":
            position += 1
        morphemes.append(Morpheme(text, sejong, position, position + len(text)))
        position += len(text)
    return morphemes


@functools.cache
def _tagger() -> Any:
    import mecab

    return mecab.MeCab()
