"""Latin letters to Hangul: known English words as they sound, capitals and unknown words letter by letter."""

from __future__ import annotations

import functools
import re

from voices.synth.text import g2pk_data

LATIN_WORD = re.compile("[A-Za-z]+(?:'[A-Za-z]+)*")

_NAMES = "에이 비 씨 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 더블유 엑스 와이 제트"
LETTER_NAMES = dict(zip("abcdefghijklmnopqrstuvwxyz", _NAMES.split(), strict=True))
MAX_WORD_LENGTH = 40  # letters; the longest word of the dictionary has 34


def read_latin(match: re.Match[str]) -> str:
    """Read one word of Latin letters: BTS -> 비티에스, game -> 게임."""
    return read_word(match[0])


@functools.lru_cache(maxsize=4096)
def read_word(word: str) -> str:
    """Read one word of Latin letters (and apostrophes) in Hangul."""
    spelled = "".join(LETTER_NAMES.get(letter, "") for letter in word.lower())
    if len(word) > MAX_WORD_LENGTH or (word.isupper() and word != "I") or len(word) == 1:
        return spelled
    return g2pk_data.english_to_hangul(word) or spelled
