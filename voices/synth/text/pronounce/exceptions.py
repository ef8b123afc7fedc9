"""Words that no rule pronounces right, from exceptions.tsv: each word with a respelling of as many syllables."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voices.synth.text.pronounce.tagging import Morpheme

_MIN_COMPOUND = 3  # syllables
_MIN_LOOSE = 3  # syllables; a word of so many may begin or end inside a morpheme


def respell_words(sentence: str, syllables: list[str], morphemes: list[Morpheme]) -> list[bool]:
    """Respell the listed words of a sentence in place, longest first; return which syllables belong to one.

    A word is found between borders of morphemes; a longer one needs a border at one end only, and so does a word at
    the start of a longer noun, of which it may be a part: 인기 in 인기가요.
    """
    starts_of_nouns = {m.start for m in morphemes if m.is_noun and m.end - m.start >= _MIN_COMPOUND}
    borders = {0} | {border for morpheme in morphemes for border in (morpheme.start, morpheme.end)}
    known = [False] * len(sentence)
    words, longest = _words()
    start = 0
    while start < len(sentence):
        for end in range(min(len(sentence), start + longest), start + 1, -1):
            respelled = words.get(sentence[start:end])
            if respelled and (start in borders) + (end in borders) >= (
                1 if end - start >= _MIN_LOOSE or start in starts_of_nouns else 2
            ):
                syllables[start:end] = respelled
                known[start:end] = [True] * (end - start)
                start = end
                break
        else:
            start += 1
    return known


@functools.cache
def _words() -> tuple[dict[str, str], int]:
    """Return respellings by word and the length of the longest word.

    Raises:
        ValueError: a respelling has more or fewer syllables than its word.
    """
    lines = Path(__file__).with_name("exceptions.tsv").read_text(encoding="utf-8").splitlines()
    words = dict(line.split("\t") for line in lines if line and not line.startswith("#"))
    for word, respelled in words.items():
        if len(word) != len(respelled):
            raise ValueError(f"exceptions.tsv: {word} and {respelled} differ in length")
    return words, max(map(len, words))
