"""Abbreviations with full stops, which end no sentence: U.S.A., Dr."""

from __future__ import annotations

import re

from voices.synth.text.normalize.latin import LETTER_NAMES
from voices.synth.text.rules import Rule

_WORDS = {
    "Dr": "닥터",
    "Mr": "미스터",
    "Mrs": "미세스",
    "Ms": "미즈",
    "St": "세인트",
    "Mt": "마운트",
    "Prof": "프로페서",
    "Jr": "주니어",
    "Sr": "시니어",
    "Inc": "인크",
    "Co": "컴퍼니",
    "Ltd": "리미티드",
    "Corp": "코퍼레이션",
    "vs": "대",
    "ft": "피처링",
    "prod": "프로듀서",
    "approx": "약",
}


def _read_letters(match: re.Match[str]) -> str:
    names = "".join(LETTER_NAMES[letter.lower()] for letter in match[0] if letter.isalpha())
    follows = match.string[match.end() : match.end() + 1]
    return names + (" " if follows.isascii() and follows.isalnum() else "")


RULES: tuple[Rule, ...] = (
    Rule(
        "Ph.D.",
        re.compile(r"(?<![A-Za-z])Ph\. ?D\b\.?"),
        lambda _match: "피에이치디",
        ("Ph.D. 과정", "피에이치디 과정"),
    ),
    # 7 a.m. is a time of day.
    Rule(
        "letters with full stops",
        re.compile(r"(?<![A-Za-z0-9.])(?![AaPp]\. ?[Mm]\b)(?:[A-Za-z]\.){2,12}(?:[A-Za-z](?![A-Za-z0-9]))?"),
        _read_letters,
        ("U.S.A.에서", "유에스에이에서"),
    ),
    Rule(
        "abbreviated word",
        re.compile(rf"(?<![A-Za-z])({'|'.join((*_WORDS, *map(str.capitalize, _WORDS)))})\.(?=[ ,]?) ?"),
        lambda match: _WORDS.get(match[1], _WORDS.get(match[1].lower(), match[0])) + " ",
        ("Dr. 김", "닥터 김"),
    ),
)
