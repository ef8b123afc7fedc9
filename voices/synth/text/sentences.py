"""Where one sentence ends and the next begins."""

from __future__ import annotations

import re

MAX_SYLLABLES = 60  # the acoustic model was trained on sentences of up to about fifteen seconds

_SENTENCE = re.compile(r"[^.!?]*[.!?]|[^.!?]+$")


def split_sentences(line: str) -> list[str]:
    """Split a line at `.`, `!` and `?`, which stay, and sentences over MAX_SYLLABLES at a comma or else a space.

    What holds no Hangul is left out. Joined by spaces, the parts are the line.
    """
    return [
        part
        for sentence in _SENTENCE.findall(line)
        if re.search("[가-힣]", sentence)
        for part in _split_overlong(sentence.split())
    ]


def _split_overlong(words: list[str]) -> list[str]:
    """Pack words into parts of at most MAX_SYLLABLES, ending a part early at a comma in its second half."""
    parts: list[str] = []
    part: list[str] = []
    syllables = 0
    last_comma = 0  # words of the part up to and with the last such comma
    for word in (piece for whole in words for piece in _split_word(whole)):
        if part and syllables + len(word) > MAX_SYLLABLES:
            cut = last_comma or len(part)
            parts.append(" ".join(part[:cut]))
            part = part[cut:]
            syllables, last_comma = sum(map(len, part)), 0
        part.append(word)
        syllables += len(word)
        if word.endswith(",") and syllables > MAX_SYLLABLES // 2:
            last_comma = len(part)
    return [*parts, " ".join(part)]


def _split_word(word: str) -> list[str]:
    return [word[start : start + MAX_SYLLABLES] for start in range(0, len(word), MAX_SYLLABLES)]
