"""Read a text: normalize it, split it into sentences, pronounce them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voices.synth.text.normalize.pipeline import normalize
from voices.synth.text.parts import Part, plain_parts
from voices.synth.text.pronounce.pipeline import pronounce
from voices.synth.text.sentences import first_breath, split_sentences
from voices.synth.text.spoken import Dropped, Markup, Mode, Sentence, Spoken, Token, Word
from voices.synth.text.ssml import ssml_parts
from voices.synth.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from voices.synth.text.normalize.lexicon import Lexicon
    from voices.synth.text.traced import TracedText

# Seconds of silence: within a sentence that is cut, between two sentences, at a line's end, and at an empty line.
BREATH_SECONDS, SENTENCE_SECONDS, LINE_SECONDS, PARAGRAPH_SECONDS = 0.2, 0.35, 0.6, 1.0


def read(
    text: str,
    mode: Mode = "spelled",
    symbols: Collection[str] | None = None,
    lexicon: Lexicon | None = None,
    markup: Markup = "none",
) -> Spoken:
    """Read `text` as a voice will say it; what can't be spoken is reported.

    Args:
        text: any string.
        mode: whether the voice wants text as spelled or as pronounced.
        symbols: the voice's alphabet, jamo or syllables; None knows all. A voice that wants pronunciations need not
            know every final consonant that Hangul is spelled with, so for it only the punctuation is held against them.
        lexicon: readings of names and brands that come before all rules.
        markup: whether the text is as people type it, or SSML.

    Raises:
        SsmlError: the SSML is malformed, or asks for what is not supported. No other text makes it raise.
    """
    alphabet = None if symbols is None else frozenset(symbols)
    if alphabet is not None and mode == "pronounced":
        alphabet |= frozenset(map(chr, (*range(0x1100, 0x1200), *range(0xAC00, 0xD7A4))))
    sentences: list[Sentence] = []
    dropped: list[Dropped] = []
    pause: float | None = None
    for part in ssml_parts(text) if markup == "ssml" else plain_parts(text):
        if part.pause_seconds is not None:
            pause = (pause or 0.0) + part.pause_seconds
        own, unsaid = _read_part(part, mode, alphabet, lexicon)
        dropped += unsaid
        if own:
            first = own[0]
            if sentences:
                sentences[-1] = _going_on(sentences[-1], alphabet)
                pause = _pause_after(sentences[-1]) if pause is None else pause
            sentences += [replace(first, pause_seconds=pause or 0.0), *own[1:]]
            pause = None
    text, pronunciation = (_in_lines(sentences, name) for name in ("text", "pronunciation"))
    return Spoken(text, pronunciation, tuple(dropped), tuple(sentences), pause or 0.0)


def _read_part(
    part: Part, mode: Mode, alphabet: frozenset[str] | None, lexicon: Lexicon | None
) -> tuple[list[Sentence], list[Dropped]]:
    """Return the sentences of a part and what of it can't be spoken, with positions in the original text."""
    said, unsaid = normalize(part.said.text, alphabet, lexicon)
    said = said.within(part.said)
    lines = [[_sentence(line[slice(*span)], mode) for span in split_sentences(line.text)] for line in _lines(said)]
    sentences = [sentence for line in lines for sentence in line]
    words = words_of(part.written.text, [sentence.tokens for sentence in sentences])
    placed = []
    for number, (sentence, own) in enumerate(zip(sentences, words, strict=True)):
        pause = 0.0
        if number:
            before = sentences[number - 1]
            between = part.written.text[before.tokens[-1].end : sentence.tokens[0].start]
            pause = _pause_after(before, between.count("\n"))
        starts, ends = part.written.starts, part.written.ends
        tokens = tuple(replace(one, start=starts[one.start], end=ends[one.end - 1]) for one in sentence.tokens)
        own = tuple(replace(one, start=starts[one.start], end=ends[one.end - 1]) for one in own)
        placed.append(replace(sentence, tokens=tokens, words=own, pause_seconds=pause, speed=part.speed))
    originals = part.said.within(part.written).starts
    return placed, [Dropped(run.text, originals[run.index]) for run in unsaid]


def _pause_after(sentence: Sentence, line_ends: int = 0) -> float:
    """Return the usual pause after a sentence, in seconds."""
    if line_ends:
        return LINE_SECONDS if line_ends == 1 else PARAGRAPH_SECONDS
    return BREATH_SECONDS if sentence.pronunciation.endswith(",") else SENTENCE_SECONDS


def _going_on(sentence: Sentence, alphabet: frozenset[str] | None) -> Sentence:
    """Let a sentence that stops at a pause without a mark sound as if it went on, if the voice knows the comma."""
    if alphabet is None or "," not in alphabet or sentence.pronunciation.endswith((".", ",", "!", "?")):
        return sentence
    return replace(sentence, pronunciation=f"{sentence.pronunciation},")


def _in_lines(sentences: Sequence[Sentence], name: str) -> str:
    """Join sentences: a pause of a line or more begins a new line."""
    text = ""
    for sentence in sentences:
        separator = "\n" if sentence.pause_seconds >= LINE_SECONDS else " "
        text += (separator if text else "") + getattr(sentence, name)
    return text


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
    before = replace(before, pause_seconds=first.pause_seconds, speed=first.speed)
    after = replace(_joined(first.tokens[tokens:], words), pause_seconds=BREATH_SECONDS, speed=first.speed)
    return replace(spoken, sentences=(before, after, *others))


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
