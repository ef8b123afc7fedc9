"""Read a text: normalize it, split it into sentences, pronounce them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voices.synth.text.normalize.pipeline import normalize
from voices.synth.text.pronounce.pipeline import pronounce
from voices.synth.text.sentences import first_breath, split_sentences
from voices.synth.text.spoken import Mode, Sentence, Spoken, Token, Word
from voices.synth.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from voices.synth.text.normalize.lexicon import Lexicon
    from voices.synth.text.traced import TracedText


def read(
    text: str, mode: Mode = "spelled", symbols: Collection[str] | None = None, lexicon: Lexicon | None = None
) -> Spoken:
    """Read `text` as a voice will say it. Never raises; what can't be spoken is reported.

    Args:
        text: any string.
        mode: whether the voice wants text as spelled or as pronounced.
        symbols: the voice's alphabet, jamo or syllables; None knows all. A voice that wants pronunciations need not
            know every final consonant that Hangul is spelled with, so for it only the punctuation is held against them.
        lexicon: readings of names and brands that come before all rules.
    """
    alphabet = None if symbols is None else frozenset(symbols)
    if alphabet is not None and mode == "pronounced":
        alphabet |= frozenset(map(chr, (*range(0x1100, 0x1200), *range(0xAC00, 0xD7A4))))
    said, dropped = normalize(text, alphabet, lexicon)
    lines = [[_sentence(line[slice(*span)], mode) for span in split_sentences(line.text)] for line in _lines(said)]
    sentences = [sentence for line in lines for sentence in line]
    words = words_of(text, [sentence.tokens for sentence in sentences])
    return Spoken(
        text="\n".join(" ".join(sentence.text for sentence in line) for line in lines if line),
        pronunciation="\n".join(" ".join(sentence.pronunciation for sentence in line) for line in lines if line),
        dropped=dropped,
        sentences=tuple(replace(sentence, words=own) for sentence, own in zip(sentences, words, strict=True)),
    )


def cut_at_breath(spoken: Spoken, symbols: Collection[str]) -> Spoken:
    """Return `spoken` with a long first sentence cut where a speaker breathes, so that its sound starts earlier.

    Args:
        spoken: from `read`.
        symbols: the voice's alphabet; if it has the comma, the first part ends with one, and sounds as if it went on.
    """
    if not spoken.sentences or not (count := first_breath(spoken.sentences[0].text)):
        return spoken
    first, *others = spoken.sentences
    words, tokens = first.words, 0
    while tokens < count:
        tokens += words[0].token_count
        words = words[1:]
    if not words:
        return spoken
    before = _joined(first.tokens[:tokens], first.words[: -len(words)])
    if not before.pronunciation.endswith(",") and "," in symbols:
        before = replace(before, pronunciation=f"{before.pronunciation},")
    return replace(spoken, sentences=(before, _joined(first.tokens[tokens:], words), *others))


def _joined(tokens: tuple[Token, ...], words: tuple[Word, ...]) -> Sentence:
    text, pronunciation = (" ".join(getattr(token, name) for token in tokens) for name in ("text", "pronunciation"))
    return Sentence(text, pronunciation, tokens, words)


def _lines(said: TracedText) -> Iterator[TracedText]:
    start = 0
    for line in said.text.split("\n"):
        yield said[start : start + len(line)]
        start += len(line) + 1


def _sentence(said: TracedText, mode: Mode) -> Sentence:
    pronunciation = pronounce(said.text) if mode == "pronounced" else said.text
    tokens = []
    position = 0
    for word, sound in zip(said.text.split(" "), pronunciation.split(" "), strict=True):
        tokens.append(Token(word, sound, *said[position : position + len(word)].span()))
        position += len(word) + 1
    return Sentence(said.text, pronunciation, tuple(tokens))
