"""Find the morphemes of a sentence with MeCab, and their positions."""

from __future__ import annotations

import functools
import itertools
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
    is_name: bool = False  # of a person or a place, by MeCab's dictionary
    borders: tuple[int, ...] = ()  # where the second and each further part of a compound noun begins in the sentence

    @property
    def last_tag(self) -> str:
        """The tag of its last part."""
        return self.tag.rpartition("+")[2]

    @property
    def is_noun(self) -> bool:
        """Whether it may be a part of a compound noun."""
        return self.tag in ("NNG", "NNP", "NR", "XSN", "XR", "NNBC", "XPN")

    @property
    def is_first_part(self) -> bool:
        """Whether it may be a part of a compound noun that is not the last; numerals and counters are none."""
        return self.is_noun and self.tag not in ("NR", "NNBC")


def tag(sentence: str) -> list[Morpheme]:
    """Return a sentence's morphemes; none if MeCab changed its text."""
    with _LOCK:
        tokens = _tagger().parse(sentence)
    if sentence.replace(" ", "") != "".join(token.surface for token in tokens):
        return []
    morphemes: list[Morpheme] = []
    position = 0
    for token in tokens:
        text = token.surface
        while sentence[position] == " ":
            position += 1
        is_name = token.feature.semantic in ("인명", "지명")
        borders = _borders(text, token.feature.expression) if token.feature.type == "Compound" else ()
        end = position + len(text)
        starts = tuple(position + border for border in borders)
        follows_noun = bool(morphemes) and morphemes[-1].end == position and morphemes[-1].is_noun
        # At the end of a sentence MeCab takes the particle 의 for a noun.
        pos = "JKG" if text == "의" and follows_noun else token.feature.pos
        morphemes.append(Morpheme(text, pos, position, end, is_name, starts))
        position = end
    return morphemes


@functools.lru_cache(maxsize=4096)
def _borders(word: str, expression: str) -> tuple[int, ...]:
    """Return where the parts of a compound begin, of which the dictionary says 손/NNG/*+자국/NNG/*."""
    parts = [part.partition("/")[0] for part in expression.split("+")]
    if "".join(parts) != word:
        return ()
    return tuple(itertools.accumulate(map(len, parts[:-1])))


@functools.cache
def _tagger() -> Any:
    import mecab

    return mecab.MeCab()
