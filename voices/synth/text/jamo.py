"""Hangul as Unicode counts it: syllables, the letters they are made of, and letters that fans type alone."""

from __future__ import annotations

import re
import unicodedata

SYLLABLE = "가-힣"  # the 11,172 composed syllables, as a range for character classes

# A final consonant at the end of a word or before another consonant sounds as one of seven (표준발음법 제8-11항).
_NEUTRAL_CODAS = str.maketrans(
    "ᆩᆿᆪᆰᆺᆻᆽᆾᇀᇂᇁᆹᆵᆬᆭᆲᆳᆴᆶᆱ",
    "ᆨᆨᆨᆨᆮᆮᆮᆮᆮᆮᆸᆸᆸᆫᆫᆯᆯᆯᆯᆷ",
)

_LAUGHS = {"ㅋ": "크", "ㅎ": "흐"}
_LAUGH = re.compile("([ㅋㅎ])\\1*")
MAX_LAUGH = 3  # ㅋㅋㅋㅋㅋㅋ is no longer than 크크크

# What fans type for whole words; read only where they stand alone.
_ABBREVIATIONS = {
    "ㅇㅋ": "오케이",
    "ㅇㅇ": "응응",
    "ㄴㄴ": "노노",
    "ㄱㅅ": "감사",
    "ㅊㅋ": "축하",
    "ㅎㅇ": "하이",
    "ㅂㅂ": "바이바이",
    "ㄷㄷ": "덜덜",
    "ㄱㄱ": "고고",
    "ㅅㄱ": "수고",
}
_ABBREVIATION = re.compile(f"(?<![ㄱ-ㅎ])(?:{'|'.join(_ABBREVIATIONS)})+(?![ㄱ-ㅎ])")
_ONE_ABBREVIATION = re.compile("|".join(_ABBREVIATIONS))


def read_laugh(match: re.Match[str]) -> str:
    """Read a run of one laughing letter: ㅋㅋ -> 크크."""
    return _LAUGHS[match[1]] * min(len(match[0]), MAX_LAUGH)


def read_abbreviation(match: re.Match[str]) -> str:
    """Read abbreviations in letters: ㅊㅋㅊㅋ -> 축하축하."""
    return _ONE_ABBREVIATION.sub(lambda one: _ABBREVIATIONS[one[0]], match[0])


# In this order: ㅎㅇ is a greeting, ㅎㅎ a laugh.
LETTER_RULES = ((_ABBREVIATION, read_abbreviation), (_LAUGH, read_laugh))


def neutralize_codas(pronunciation: str) -> str:
    """Leave only the seven final consonants that sound different where no vowel follows."""
    decomposed = unicodedata.normalize("NFD", pronunciation)
    return unicodedata.normalize("NFC", decomposed.translate(_NEUTRAL_CODAS))
