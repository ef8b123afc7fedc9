"""Hangul syllables, and the letters (jamo) that a syllable is composed of."""

from __future__ import annotations

import re
import unicodedata

_TENSE = dict(zip("ᄀᄃᄇᄉᄌ", "ᄁᄄᄈᄊᄍ", strict=True))
_NO_SYLLABLE = re.compile("[^가-힣]")


def is_syllable(character: str) -> bool:
    """Return whether one character is a composed Hangul syllable."""
    return "가" <= character <= "힣"


def only_syllables(text: str) -> str:
    """Return the composed Hangul syllables of a text, without everything else."""
    return _NO_SYLLABLE.sub("", text)


def count_syllables(text: str) -> int:
    """Count the composed Hangul syllables of a text."""
    return len(only_syllables(text))


def onset_of(syllable: str) -> str:
    """Return the initial consonant of a syllable, ᄋ included; "" for what is no syllable."""
    return unicodedata.normalize("NFD", syllable)[0] if is_syllable(syllable) else ""


def begins_with_i(word: str) -> bool:
    """Return whether the first vowel is ㅣ or begins with y, before which ㄴ may be put in (제29항)."""
    return is_syllable(word[:1]) and unicodedata.normalize("NFD", word[0])[1] in "ᅵᅣᅤᅧᅨᅭᅲ"


def coda_of(syllable: str) -> str:
    """Return the final consonant or cluster of a syllable; "" if it has none or is no syllable."""
    return unicodedata.normalize("NFD", syllable)[2:] if is_syllable(syllable) else ""


def with_onset(syllable: str, onset: str) -> str:
    """Return the syllable with another initial consonant."""
    return unicodedata.normalize("NFC", onset + unicodedata.normalize("NFD", syllable)[1:])


def tensed(syllable: str) -> str:
    """Return the syllable with its initial consonant tense, or as it is if that has no tense form."""
    return with_onset(syllable, _TENSE[onset]) if (onset := onset_of(syllable)) in _TENSE else syllable
