"""The letters of a composed Hangul syllable."""

from __future__ import annotations

import unicodedata


def onset_of(syllable: str) -> str:
    """Return a syllable's initial consonant, ᄋ included; "" for what is no syllable."""
    return unicodedata.normalize("NFD", syllable)[0] if "가" <= syllable <= "힣" else ""


def coda_of(syllable: str) -> str:
    """Return a syllable's final consonant or cluster; "" if it has none or is no syllable."""
    return unicodedata.normalize("NFD", syllable)[2:] if "가" <= syllable <= "힣" else ""


def with_onset(syllable: str, onset: str) -> str:
    """Return the syllable with another initial consonant."""
    return unicodedata.normalize("NFC", onset + unicodedata.normalize("NFD", syllable)[1:])
