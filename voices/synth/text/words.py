"""Find the words of the original text that tokens are spoken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voices.synth.text.spoken import Token, Word

if TYPE_CHECKING:
    from collections.abc import Sequence


def words_of(text: str, sentences: Sequence[Sequence[Token]]) -> list[tuple[Word, ...]]:
    """Return the words that the tokens of each sentence are spoken for.

    A word is written without a space inside, and is as wide as it can be: marks and emoji beside it belong to it. Only
    where a rule reads several written words at once ("3 kg") are they one word. Tokens of one sentence that stand for
    one written word are one word; a comma ends a word.
    """
    spans = [_joined(text, tokens) for tokens in sentences]
    in_order = [span for of_sentence in spans for span in of_sentence]
    begun_after = 0
    for number, span in enumerate(in_order, 1):
        while span.start > begun_after and not text[span.start - 1].isspace():
            span.start -= 1
        bound = in_order[number].start if number < len(in_order) else len(text)
        while span.end < bound and not text[span.end].isspace():
            span.end += 1
        begun_after = span.end
    return [tuple(span.word(text) for span in of_sentence) for of_sentence in spans]


class _Span:
    """A word whose borders are not final yet."""

    def __init__(self, token: Token) -> None:
        self.start, self.end, self.token_count = token.start, token.end, 1
        self.closed = token.text.endswith((".", ",", "!", "?"))

    def add(self, token: Token) -> None:
        self.start, self.end = min(self.start, token.start), max(self.end, token.end)
        self.token_count += 1
        self.closed = token.text.endswith((".", ",", "!", "?"))

    def word(self, text: str) -> Word:
        return Word(" ".join(text[self.start : self.end].split()), self.start, self.end, self.token_count)


def _joined(text: str, tokens: Sequence[Token]) -> list[_Span]:
    spans: list[_Span] = []
    for token in tokens:
        between = text[spans[-1].end : token.start] if spans else ""
        overlaps = spans and token.start < spans[-1].end
        if overlaps or (spans and not spans[-1].closed and not any(map(str.isspace, between))):
            spans[-1].add(token)
        else:
            spans.append(_Span(token))
    return spans
