"""Words with a reading of their own: names and brands, from names.tsv and from an administrator."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from voices.synth.text.normalize.folding import fold
from voices.synth.text.normalize.particles import SEAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voices.synth.text.traced import TracedText

_READING = re.compile("[가-힣]+(?: [가-힣]+)*")
MAX_WRITTEN_LENGTH = 64  # characters
_MAX_EXACT = 3  # capitals; longer entries match in small letters too (IVE is a group, ive is not)


class Lexicon:
    """Readings of written words, found longest first at word boundaries. Build it once and keep it.

    An entry that begins (or ends) with a Latin letter or a digit is not found inside a longer run of them, one that
    begins with Hangul not behind Hangul; what follows may be a particle. Capital letters match small ones, except in
    entries of up to three capitals.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        """Take pairs of what is written and how it is read.

        Raises:
            ValueError: something written is empty or over 64 characters, or a reading is not Hangul and single spaces.
        """
        self._exact: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        for written, reading in entries:
            word = fold(written.strip()).text
            if not 0 < len(word) <= MAX_WRITTEN_LENGTH:
                raise ValueError(f"{written!r} must have 1 to {MAX_WRITTEN_LENGTH} characters")
            if not _READING.fullmatch(reading):
                raise ValueError(f"the reading of {written!r} must be Hangul, not {reading!r}")
            self._exact[word] = reading
            if not (word.isupper() and len(word) <= _MAX_EXACT):
                self._folded[word.lower()] = reading
        lengths: dict[str, set[int]] = {}
        for word in (*self._exact, *self._folded):
            for first in (word[0].lower(), word[0].upper()):
                lengths.setdefault(first, set()).add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        firsts = "".join(re.escape(first) for first in sorted(lengths) if len(first) == 1)
        self._first = re.compile(f"[{firsts}]") if firsts else None

    def reading(self, word: str) -> str | None:
        """Return the reading of a whole word, or None."""
        return self._exact.get(word) or self._folded.get(word.lower())

    def apply(self, traced: TracedText) -> TracedText:
        """Replace the words of this lexicon by their readings, each followed by a SEAM (see particles.py)."""
        return traced.replace(self._found(traced.text)) if self._first else traced

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        assert self._first is not None
        position = 0
        while first := self._first.search(text, position):
            start = position = first.start()
            for length in self._lengths[first[0]]:
                word = text[start : start + length]
                reading = self.reading(word)
                if reading and len(word) == length and _stands_alone(text, start, start + length):
                    position = start + length
                    yield start, position, reading + SEAM
                    break
            else:
                position += 1


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if _is_latin_or_digit(text[start]):
        begins = not _is_latin_or_digit(before)
    else:
        begins = not ("가" <= text[start] <= "힣" and "가" <= before <= "힣")
    return begins and not (_is_latin_or_digit(text[end - 1]) and _is_latin_or_digit(after))


def _is_latin_or_digit(character: str) -> bool:
    return character.isascii() and character.isalnum()


@functools.cache
def common_names() -> Lexicon:
    """Return the lexicon of names.tsv: groups, brands, acronyms read as words, words that CMUdict reads otherwise."""
    lines = Path(__file__).with_name("names.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return Lexicon((written, reading) for written, reading in pairs)
