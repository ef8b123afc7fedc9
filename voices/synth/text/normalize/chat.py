"""Hangul letters that stand alone, as in chats: laughs and abbreviations."""

from __future__ import annotations

import re

from voices.synth.text.rules import Rule

_LAUGHS = {"ㅋ": "크", "ㅎ": "흐"}
_REPEATED = {"ㄱ": "고", "ㄴ": "노", "ㄷ": "덜", "ㅇ": "응"}
MAX_LAUGH = 3  # letters; a longer laugh is read as 크크크

# Abbreviations of words; read only if no other letter stands beside them.
_ABBREVIATIONS = {
    "ㄱㄱ": "고고",
    "ㄱㄷ": "기다려",
    "ㄱㅅ": "감사",
    "ㄱㅊ": "괜찮",
    "ㄲㅂ": "까비",
    "ㄴㄴ": "노노",
    "ㄴㄱ": "누구",
    "ㄷㄷ": "덜덜",
    "ㄹㅇ": "리얼",
    "ㅁㄹ": "몰라",
    "ㅁㅊ": "미친",
    "ㅂㅂ": "바이바이",
    "ㅂㅇ": "바이",
    "ㅃㅃ": "빠빠",
    "ㅅㄱ": "수고",
    "ㅅㄹㅎ": "사랑해",
    "ㅇㄴ": "아니",
    "ㅇㄷ": "어디",
    "ㅇㅇ": "응응",
    "ㅇㅈ": "인정",
    "ㅇㅋ": "오케이",
    "ㅇㅎ": "아하",
    "ㅈㅅ": "죄송",
    "ㅊㅊ": "축축",
    "ㅊㅋ": "축하",
    "ㅎㄷㄷ": "후덜덜",
    "ㅎㅇ": "하이",
}
_LONGEST_FIRST = "|".join(sorted(_ABBREVIATIONS, key=len, reverse=True))
_NO_LAUGH = "ㄱ-ㅊㅌㅍ"
_ONE_ABBREVIATION = re.compile(_LONGEST_FIRST)


def _read_abbreviations(match: re.Match[str]) -> str:
    return _ONE_ABBREVIATION.sub(lambda one: _ABBREVIATIONS[one[0]], match[0])


def _read_laugh(match: re.Match[str]) -> str:
    return _LAUGHS[match[1]] * min(len(match[0]), MAX_LAUGH)


# In this order: ㅎㅇ is a greeting, ㅎㅎ a laugh.
RULES: tuple[Rule, ...] = (
    # Possessive (++), so that a long run of other letters takes linear time.
    Rule(
        "chat abbreviation",
        re.compile(f"(?<![{_NO_LAUGH}])(?:{_LONGEST_FIRST})++(?![{_NO_LAUGH}])"),
        _read_abbreviations,
        ("ㅊㅋㅊㅋ", "축하축하"),
    ),
    Rule(
        "repeated letter",
        re.compile(r"(?<![ㄱ-ㅊㅌㅍ])([ㄱㄴㄷㅇ])\1\1++(?![ㄱ-ㅊㅌㅍ])"),
        lambda match: _REPEATED[match[1]] * MAX_LAUGH,
        ("ㄴㄴㄴㄴ", "노노노"),
    ),
    Rule("laugh", re.compile("([ㅋㅎ])\\1*+"), _read_laugh, ("ㅋㅋㅋㅋㅋ", "크크크")),
)
