"""Undo what people do to a word so that it is not recognised, and keep its words apart.

A text becomes pieces, the runs without white space, each folded: full-width letters, letters between which something
stands, split letters (ㅅㅣㅂㅏㄹ), figures in place of letters (ㅅ1발), drawn out and repeated syllables (씨이발).
"""

import re
import unicodedata
from dataclasses import dataclass

_ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_CODAS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_LETTERS = re.compile(f"([{_ONSETS}])([{_VOWELS}])(?:([{_CODAS}])(?![{_VOWELS}]))?")
# A syllable whose final consonant stands apart: 바ㄹ.
_OPEN_AND_CODA = re.compile(f"([가-힣])([{_CODAS}])(?![{_VOWELS}ㄱ-ㅎ])")
# Figures and letters that look like ㅣ, beside a consonant that lacks a vowel.
_LOOKS_LIKE_I = re.compile(r"(?<=[ㄱ-ㅎ])[1il|!](?=[ㄱ-ㅎ가-힣]|$)", re.IGNORECASE)
_BETWEEN = re.compile(r"(?<=[가-힣ㄱ-ㅣ])(?:[^\w\s]|_|\d{1,2})+(?=[가-힣ㄱ-ㅣ])|(?<=[a-z])(?:[^\w\s]|_)+(?=[a-z])")
_REPEATED = re.compile(r"([a-z가-힣ㄱ-ㅣ])\1+")
_LAUGHTER = re.compile("[ㅋㅎㅠㅜ]+")
_LATIN_LOOKS = str.maketrans("01345@$", "oieasas")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


@dataclass(frozen=True)
class Piece:
    """A run without white space: as it stands in the text, and how it may be meant."""

    written: str
    folded: frozenset[str]


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a text."""
    return [Piece(written, _readings_of(written)) for written in visible(text).split()]


def visible(text: str) -> str:
    """Return the text without invisible characters, in compatibility form."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))


def fold(word: str) -> str:
    """Return the form in which a word without variants is compared."""
    return _compatible("".join(visible(word).casefold().split()))


def _readings_of(written: str) -> frozenset[str]:
    plain = fold(written)
    joined = _composed(_BETWEEN.sub("", _LOOKS_LIKE_I.sub("ㅣ", plain)))
    quiet = _LAUGHTER.sub("", _BETWEEN.sub("", plain))
    looks = plain.translate(_LATIN_LOOKS) if re.search("[a-z]", plain) else plain
    short = _REPEATED.sub(r"\1", quiet)
    return frozenset({plain, joined, short, _undrawn(_REPEATED.sub(r"\1", joined)), looks})


def _compatible(text: str) -> str:
    """Return the text with single jamo in the form that people type; NFKC makes others of them."""
    return "".join(_TYPED.get(character, character) for character in text)


# Letters alone, as NFKC leaves them: those of half-width forms and of old keyboards.
_TYPED = {
    **{chr(0x1100 + number): letter for number, letter in enumerate(_ONSETS)},
    **{chr(0x1161 + number): letter for number, letter in enumerate(_VOWELS)},
    **{chr(0x11A8 + number): letter for number, letter in enumerate(_CODAS)},
}


def _composed(text: str) -> str:
    text = _LETTERS.sub(lambda found: _syllable(*found.groups("")), text)
    return _OPEN_AND_CODA.sub(_closed, text)


def _syllable(onset: str, vowel: str, coda: str) -> str:
    number = (_ONSETS.index(onset) * 21 + _VOWELS.index(vowel)) * 28
    return chr(0xAC00 + number + (_CODAS.index(coda) + 1 if coda else 0))


def _closed(found: "re.Match[str]") -> str:
    number = ord(found[1]) - 0xAC00
    return chr(ord(found[1]) + _CODAS.index(found[2]) + 1) if number % 28 == 0 else found[0]


def _undrawn(text: str) -> str:
    """Leave out the syllables that only draw the vowel before them out: 씨이발, 조온나."""
    kept = ""
    for character in text:
        if kept and "가" <= kept[-1] <= "힣" and "아" <= character <= "잏":
            before, now = ord(kept[-1]) - 0xAC00, ord(character) - 0xAC00
            if before % 28 == 0 and before // 28 % 21 == now // 28 % 21:
                kept = kept[:-1] + chr(ord(kept[-1]) + now % 28)
                continue
        kept += character
    return kept
