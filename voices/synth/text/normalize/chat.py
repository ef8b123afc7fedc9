"""Hangul letters that stand alone, as in chats: laughs and abbreviations."""

from __future__ import annotations

import re

from voices.synth.text.normalize.folding import UNSAID
from voices.synth.text.rules import Rule

_LAUGHS = {"ㅋ": "크", "ㅎ": "흐"}
_REPEATED = {"ㄱ": "고", "ㄴ": "노", "ㄷ": "덜", "ㅇ": "응"}
MAX_LAUGH = 3  # letters; a longer laugh is read as 크크크

# Abbreviations of words; read only if no other letter stands beside them.
_ABBREVIATIONS = {
    "ㄱㄱ": "고고",
    "ㄱㄱㅆ": "고고씽",
    "ㄱㄴ": "가능",
    "ㄱㄷ": "기다려",
    "ㄱㄹㅇ": "그래요",
    "ㄱㅁㅇ": "고마워",
    "ㄱㅅ": "감사",
    "ㄱㅅㅇ": "감사요",
    "ㄱㅅㅎㄴㄷ": "감사합니다",
    "ㄱㅇㄷ": "개이득",
    "ㄱㅇㅇ": "귀여워",
    "ㄱㅊ": "괜찮",
    "ㄲㅂ": "까비",
    "ㄲㅈ": "꺼져",
    "ㄴㄱ": "누구",
    "ㄴㄴ": "노노",
    "ㄴㅇㄱ": "너 이거",
    "ㄴㅇㅅ": "나이스",
    "ㄷㄱㄷㄱ": "두근두근",
    "ㄷㄷ": "덜덜",
    "ㄹㅇ": "리얼",
    "ㄹㅈㄷ": "레전드",
    "ㅁㄹ": "몰라",
    "ㅁㄹㅇ": "몰라요",
    "ㅁㅇ": "뭐야",
    "ㅁㅈ": "맞아",
    "ㅁㅊ": "미친",
    "ㅁㅎ": "뭐해",
    "ㅂㄱㅅㅍ": "보고 싶어",
    "ㅂㄷㅂㄷ": "부들부들",
    "ㅂㄹ": "별로",
    "ㅂㅂ": "바이바이",
    "ㅂㅇ": "바이",
    "ㅃㅃ": "빠빠",
    "ㅃㅇ": "빠이",
    "ㅃㄹ": "빨리",
    "ㅅㄱ": "수고",
    "ㅅㄱㅇ": "수고요",
    "ㅅㅌㅊ": "상타치",
    "ㅅㄹㅎ": "사랑해",
    "ㅅㄹㅎㅇ": "사랑해요",
    "ㅅㅇㅊㅋ": "생일 축하",
    "ㅆㄷ": "쓰담",
    "ㅇㄱㄹㅇ": "이거 레알",
    "ㅇㄱㅈㅉ": "이거 진짜",
    "ㅇㅆ": "앗싸",
    "ㅇㄴ": "아니",
    "ㅇㄴㅎㅅㅇ": "안녕하세요",
    "ㅇㄷ": "어디",
    "ㅇㅇ": "응응",
    "ㅇㅈ": "인정",
    "ㅇㅉ": "어쩔",
    "ㅇㅉㄹㄱ": "어쩌라고",
    "ㅇㅋ": "오케이",
    "ㅇㅋㄷㅋ": "오키도키",
    "ㅇㅎ": "아하",
    "ㅈㄱㄴ": "제목이 곧 내용",
    "ㅈㅂ": "제발",
    "ㅈㅁ": "잠깐만",
    "ㅈㅅ": "죄송",
    "ㅈㅅㅎㄴㄷ": "죄송합니다",
    "ㅈㅈ": "지지",
    "ㅉㅉ": "쯧쯧",
    "ㅊㅊ": "추천",
    "ㅊㅋ": "축하",
    "ㅊㅋㅎ": "축하해",
    "ㅊㅋㅎㅇ": "축하해요",
    "ㅋㄷㅋㄷ": "키득키득",
    "ㅌㄷㅌㄷ": "토닥토닥",
    "ㅌㅌ": "튀튀",
    "ㅍㅇㅌ": "파이팅",
    "ㅎㄷㄷ": "후덜덜",
    "ㅎㄹ": "헐",
    "ㅎㅇ": "하이",
    "ㅎㅇㅌ": "화이팅",
    "ㅎㅇㄹ": "하이루",
}
_INITIALS, _VOWELS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
# A vowel begins no syllable after ㅋ or ㅎ, which laugh before ㅠ and ㅜ cries.
_SYLLABLE = re.compile("([ㄱ-ㅊㅌㅍ])([ㅏ-ㅟㅡ-ㅣ])([ㄱ-ㄷㄹ-ㅂㅄ-ㅆㅇ-ㅈㅊ-ㅎ])?(?![ㅏ-ㅣ])")
_LONGEST_FIRST = "|".join(sorted(_ABBREVIATIONS, key=len, reverse=True))
_FACE_MARKS = re.escape("˘´`ˊˋ･・‿≧≦▽△∇╯╰□Д_^;￣∀ᴥ°˙•ᗜᴗಠω◕●｡°>")
_ARMS = re.escape("づっツノﾉ╯︵┻━┯☞ᕗᕕ٩و۶∠ς")
_NO_LAUGH = "ㄱ-ㅊㅌㅍ"
_ONE_ABBREVIATION = re.compile(_LONGEST_FIRST)


def _read_abbreviations(match: re.Match[str]) -> str:
    return _ONE_ABBREVIATION.sub(lambda one: _ABBREVIATIONS[one[0]], match[0])


def _read_laugh(match: re.Match[str]) -> str:
    return _LAUGHS[match[1]] * min(len(match[0]), MAX_LAUGH)


def _compose(match: re.Match[str]) -> str:
    return "".join(
        chr(0xAC00 + (_INITIALS.index(one[1]) * 21 + _VOWELS.index(one[2])) * 28 + _FINALS.index(one[3] or ""))
        for one in _SYLLABLE.finditer(match[0])
    )


# In this order: ㅎㅇ is a greeting, ㅎㅎ a laugh.
RULES: tuple[Rule, ...] = (
    # T_T, :D, <3: a face or a heart, not letters and numbers
    Rule(
        "emoticon",
        re.compile(
            r"(?<![A-Za-z0-9<])(?:T+[_.]T+|[:;=]-?[DPpOo3]|[xX]D|<3+|[Oo][_.][Oo]|\^[_.]?[0oO][_.]?\^"
            r"|@[_.o-]{1,3}@|>[_.]?[0oO][_.]?<)(?![A-Za-z0-9_.])"
        ),
        lambda _match: UNSAID,
        ("슬퍼 T_T", f"슬퍼 {UNSAID}"),
    ),
    # (っ˘ω˘ς), (≧▽≦): letters of other scripts in brackets are a face if one of these marks stands among them
    Rule(
        "face in brackets",
        re.compile(
            rf"[(ʕ](?=[^()\n]{{0,20}}[{_FACE_MARKS}])[^()가-힣A-Zabd-np-z1-9\n]{{1,20}}[)ʔ][{_ARMS}]*|[{_ARMS}]+(?=[(ʕ])"
        ),
        lambda _match: UNSAID,
        ("안녕 (≧▽≦)", f"안녕 {UNSAID}"),
    ),
    Rule("syllable typed as letters", re.compile(f"(?:{_SYLLABLE.pattern})++"), _compose, ("ㅅㅏㄹㅏㅇ", "사랑")),
    Rule(
        "letter and digit",
        re.compile("(?<![ㄱ-ㅎ가-힣])([ㅂㅎ])2(?![0-9])"),
        lambda match: {"ㅂ": "바이", "ㅎ": "하이"}[match[1]],
        ("ㅂ2", "바이"),
    ),
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
    # Not in an abbreviation that is not known, which is dropped as a whole.
    Rule(
        "laugh",
        re.compile(f"(?<![{_NO_LAUGH}])([ㅋㅎ])\\1*+(?:(?<=[ㅋㅎ])(?![{_NO_LAUGH}]))"),
        _read_laugh,
        ("ㅋㅋㅋㅋㅋ", "크크크"),
    ),
)
