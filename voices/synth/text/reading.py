"""A text to what will be said of it: normalize, split into sentences, pronounce."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voices.synth.text.normalize import normalize
from voices.synth.text.pronounce import pronounce
from voices.synth.text.sentences import split_sentences
from voices.synth.text.spoken import Mode, Sentence, Spoken

if TYPE_CHECKING:
    from collections.abc import Collection


def read(text: str, mode: Mode = "spelled", symbols: Collection[str] | None = None) -> Spoken:
    """Read `text` as a voice will say it. Never raises, whatever the string; what has no sound is reported.

    Args:
        text: any string.
        mode: whether the voice wants text as spelled or as pronounced.
        symbols: the voice's alphabet, jamo or syllables; None knows all. A voice that wants pronunciations need not
            know every final consonant that Hangul is spelled with, so for it only the punctuation is held against them.
    """
    alphabet = None if symbols is None else frozenset(symbols)
    if alphabet is not None and mode == "pronounced":
        alphabet |= frozenset(map(chr, (*range(0x1100, 0x1200), *range(0xAC00, 0xD7A4))))
    said, dropped = normalize(text, alphabet)
    lines = [split_sentences(line) for line in said.split("\n")]
    sentences = [
        [Sentence(part, pronounce(part) if mode == "pronounced" else part) for part in line] for line in lines if line
    ]
    return Spoken(
        text="\n".join(" ".join(sentence.text for sentence in line) for line in sentences),
        pronunciation="\n".join(" ".join(sentence.pronunciation for sentence in line) for line in sentences),
        dropped=dropped,
        sentences=tuple(sentence for line in sentences for sentence in line),
    )
