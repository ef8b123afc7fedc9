"""Split a text into sentences, and long sentences at the best place for a pause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

MAX_SYLLABLES = 40  # of one utterance; the acoustic models were trained on sentences of up to about fifteen seconds
_MIN_SYLLABLES = 8  # before a pause, unless there is no other place

BREATH_SYLLABLES = 20  # a sentence of more can be cut at its first breath
_SHORTEST_BREATH = 5  # syllables before a breath, and after it
_BREATH_AFTER = 10  # syllables; a breath in the middle of a clause is taken near to it

_SENTENCE = re.compile(r"[^.!?]*[.!?]|[^.!?]+$")
_PIECE = re.compile(rf"[^ .,!?]{{1,{MAX_SYLLABLES}}}[.,!?]*")

# The end of a phrase: a topic, subject, object, place or time, before the eojeol that it belongs to.
_PHRASE_ENDING = re.compile(
    "(?:[이가을를도에]|[^하되있없오가주받보지]는|[^같좋많작높낮깊]은|에서|에게|한테|까지|부터|으로|처럼|보다|마다)$"
)

# How good a place is for a pause; a hard break at a space is used only if there is no better one.
_HARD, _CLAUSE, _COMMA = range(3)
_CLAUSE_ENDING = re.compile(
    "(?:.며|.고|.면|지만|는데|은데|[^가]운데|한데|인데|니까|면서|[아어해여와워려]서|려고|도록|거나|더니|므로|때문에|다가|든지|자마자)$"
)
_NO_CLAUSE = re.compile(
    "(?:최고|광고|사고|창고|보고|참고|경고|신고|원고|화면|장면|표면|측면|라면|가면|반면|전면|정면)$"
)
_CONJUNCTION = re.compile(
    "(?:그리고|하지만|그래서|그런데|그러나|그러면|그러니까|그래도|그렇지만|따라서|또는|혹은|왜냐하면),?$"
)


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str


def split_sentences(line: str) -> list[tuple[int, int]]:
    """Return the spans of a line's sentences: up to `.`, `!` or `?`, and none with over MAX_SYLLABLES syllables.

    A long sentence is split after a comma or else between clauses (-고, -지만, -는데 …, before 그리고), at worst
    at a space; only an eojeol that is itself too long is cut. Parts without Hangul are left out.
    """
    spans: list[tuple[int, int]] = []
    for sentence in _SENTENCE.finditer(line):
        if re.search("[가-힣]", sentence[0]):
            words = [_Word(*piece.span(), piece[0]) for piece in _PIECE.finditer(line, *sentence.span())]
            spans += _split(words)
    return spans


def first_breath(sentence: str) -> int | None:
    """Return after how many eojeols of a long sentence a speaker may breathe first; None for a short sentence.

    That is the first comma or end of a clause after some syllables and within BREATH_SYLLABLES, or else the end of a
    phrase, at worst any space.
    """
    words = [_Word(0, 0, word) for word in sentence.split(" ")]
    total = sum(_syllables(word) for word in words)
    if total <= BREATH_SYLLABLES:
        return None
    places: list[tuple[float, int, int]] = []
    said = 0
    for index, (word, following) in enumerate(pairwise(words), 1):
        said += _syllables(word)
        if said > BREATH_SYLLABLES or total - said < _SHORTEST_BREATH:
            break
        if said >= _SHORTEST_BREATH:
            strength = _strength(word.text, following.text)
            if strength > _HARD:
                return index
            places.append((0 if _PHRASE_ENDING.search(word.text) else 1, abs(said - _BREATH_AFTER), index))
    return min(places)[2] if places else None


def _split(words: list[_Word]) -> list[tuple[int, int]]:
    """Pack words into spans, each up to the best place for a pause within MAX_SYLLABLES."""
    spans = []
    remaining = sum(_syllables(word) for word in words)
    start = 0
    while start < len(words):
        end = len(words) if remaining <= MAX_SYLLABLES else _break(words, start, remaining)
        spans.append((words[start].start, words[end - 1].end))
        remaining -= sum(_syllables(word) for word in words[start:end])
        start = end
    return spans


def _break(words: list[_Word], start: int, remaining: int) -> int:
    """Return the index after the last word before the pause."""
    # Parts of about equal length, so that a hard break leaves no single word.
    even = remaining / -(-remaining // MAX_SYLLABLES)
    best, best_worth = start + 1, (-1.0, 0.0)
    syllables = 0
    for index in range(start, len(words) - 1):
        syllables += _syllables(words[index])
        if syllables > MAX_SYLLABLES:
            break
        strength = _strength(words[index].text, words[index + 1].text)
        if syllables < _MIN_SYLLABLES or (strength == _HARD and remaining - syllables < _MIN_SYLLABLES):
            strength = _HARD - 0.5
        worth = strength, -abs(syllables - even)
        if worth > best_worth:
            best, best_worth = index + 1, worth
    return best


def _strength(word: str, following: str) -> float:
    if word.endswith(","):
        return _COMMA
    if _CONJUNCTION.match(following) or (_CLAUSE_ENDING.search(word) and not _NO_CLAUSE.search(word)):
        return _CLAUSE
    return _HARD


def _syllables(word: _Word) -> int:
    return len(word.text.rstrip(".,!?"))
