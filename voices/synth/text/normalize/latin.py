"""Latin letters to Hangul: words as they sound, short capitals and what can't be said letter by letter."""

from __future__ import annotations

import functools
import re

from voices.synth.text.hangul import coda_of
from voices.synth.text.normalize.english import english_to_hangul, phonemes_to_hangul
from voices.synth.text.normalize.lexicon import common_names
from voices.synth.text.normalize.numerals import one_by_one, sino
from voices.synth.text.normalize.particles import SEAM
from voices.synth.text.normalize.unknown import romanized_korean, usual_sounds
from voices.synth.text.rules import Rule

_NAMES = "에이 비 씨 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 더블유 엑스 와이 제트"
LETTER_NAMES = dict(zip("abcdefghijklmnopqrstuvwxyz", _NAMES.split(), strict=True))
_DIGIT_NAMES = ("제로", "원", "투", "쓰리", "포", "파이브", "식스", "세븐", "에이트", "나인")
MAX_WORD_LENGTH = 40  # letters; the longest word of the dictionary has 34
_MAX_ACRONYM = 3  # letters; longer capitals that are English words are read as such (TWICE, LOVE)
_MAX_UNKNOWN_ACRONYM = 4  # letters; longer capitals are read as a word even if no dictionary has it
_MIN_UNKNOWN = 3  # letters
_MIN_NAME = 3  # letters of a name before digits (TOP100)
_VOICELESS = ("ᆨ", "ᆸ", "ᆺ")
_MIN_PART = 3  # letters of either part of a compound that the dictionary does not know (lightstick)


def read_code(code: str) -> str:
    """Read letters and digits in one word: a digit by itself as in English (MP3, 5G), others as numbers (G20)."""
    return "".join(
        _read_code_digits(part) if part[0].isdigit() else _read_code_letters(part)
        for part in re.findall("[A-Za-z]+|[0-9]+", code)
    )


def _read_code_letters(letters: str) -> str:
    name = common_names().reading(letters) if len(letters) >= _MIN_NAME else None
    return name or read_word(letters)


def _read_code_digits(digits: str) -> str:
    if len(digits) == 1:
        return _DIGIT_NAMES[int(digits)]
    return one_by_one(digits) if digits.startswith("0") or len(digits) > 4 else sino(digits)


@functools.lru_cache(maxsize=4096)
def read_word(word: str) -> str:
    """Read one word of Latin letters (and apostrophes) in Hangul."""
    spelled = "".join(LETTER_NAMES.get(letter, "") for letter in word.lower())
    is_acronym = word.isupper() and len(word) <= _MAX_ACRONYM and word != "I"
    if is_acronym or len(word) > MAX_WORD_LENGTH or (len(word) == 1 and word != "I"):
        return spelled
    return english_to_hangul(word) or _read_unknown(word) or spelled


def _read_unknown(word: str) -> str | None:
    """Read a word that the dictionary does not know, if it can be said at all."""
    if len(word) < _MIN_UNKNOWN or (word.isupper() and len(word) <= _MAX_UNKNOWN_ACRONYM):
        return _read_compound(word)
    korean = romanized_korean(word)
    if korean:
        return korean
    sounds = usual_sounds(word)
    return _read_compound(word) or (phonemes_to_hangul(sounds) if sounds else None)


def _read_compound(word: str) -> str | None:
    """Read a word that two known words make up, the first as short as may be (light and stick, not lights and tick)."""
    for length in range(_MIN_PART, len(word) - _MIN_PART + 1):
        first, second = english_to_hangul(word[:length]), english_to_hangul(word[length:])
        if first and second:
            return first + second
    return None


# Before numbers: a code that begins with a letter (B2B, MP3) is not an amount. B2층 is a floor, v1.2 a version.
CODE_RULES: tuple[Rule, ...] = (
    Rule(
        "code that begins with a letter",
        re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,40}[0-9]{1,4}[A-Za-z0-9]*+(?!\.[0-9]|,[0-9]| ?층)"),
        lambda match: match[0] if re.fullmatch("[Bb][0-9]+[Ff]", match[0]) else read_code(match[0]),
        ("MP4", "엠피포"),
    ),
)
# After amounts with units: 5G, 4K, 3D.
DIGIT_RULES: tuple[Rule, ...] = (
    Rule(
        "digit before letters",
        re.compile(r"(?<![A-Za-z0-9.,])[0-9][A-Za-z]{1,40}(?![A-Za-z0-9])"),
        lambda match: read_code(match[0]),
        ("5G", "파이브지"),
    ),
)
RULES: tuple[Rule, ...] = (
    # God's, where God is in names.tsv
    Rule(
        "possessive of a name",
        re.compile(rf"(?<=[가-힣])({SEAM}*)['’][Ss](?![A-Za-z])"),
        lambda match: "스" if coda_of(match.string[match.start() - 1]) in _VOICELESS else "즈",
        ("갓's", "갓스"),
    ),
    Rule("Latin word", re.compile("[A-Za-z]+(?:'[A-Za-z]+)*"), lambda match: read_word(match[0]), ("music", "뮤직")),
)
