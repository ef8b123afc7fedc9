"""Signs that are read as a pause, a space or a word. Signs that no rule reads are dropped and reported."""

from __future__ import annotations

import re

from voices.synth.text.normalize.particles import SEAM
from voices.synth.text.rules import Rule

_PAUSES_AND_QUOTES = {
    **dict.fromkeys(";:、，؛…", ","),
    **dict.fromkeys("。｡", "."),
    **dict.fromkeys("-‐‑‒–—―−~∼〜·•・ㆍ/|_=*^\\(<[{「『《〈【\t\u00a0", " "),
    **dict.fromkeys("\"'`´‘’“”)>]}」』》〉】™®©", ""),
}
_WORDS = {
    "&": "앤",
    "+": "플러스",
    "×": "곱하기",
    "÷": "나누기",
    "±": "플러스 마이너스",
    "%": "퍼센트",
    "℃": "도",
    "℉": "화씨",
    "°": "도",
    "№": "넘버",
    "㎡": "제곱미터",
    "㎥": "세제곱미터",
    "㎢": "제곱킬로미터",
    "℡": "전화",
    "√": "루트",
    "²": "제곱",
    "³": "세제곱",
    "@": "골뱅이",
    "∞": "무한대",
    "$": "달러",
    "₩": "원",
    "€": "유로",
    "£": "파운드",
    "¥": "엔",
}
_JOINED = "%℃°²³"  # read without a space before them

RULES: tuple[Rule, ...] = (
    # No.1, №1
    Rule("No.", re.compile(r"(?<![A-Za-z])[Nn]o\. ?(?=[0-9])|№ ?"), lambda _match: "넘버 ", ("No. 3", "넘버 3")),
    Rule("Vol.", re.compile(r"(?<![A-Za-z])[Vv]ol\. ?(?=[0-9])"), lambda _match: "볼륨 ", ("Vol.3", "볼륨 3")),
    Rule("Ep.", re.compile(r"(?<![A-Za-z])[Ee][Pp]\. ?(?=[0-9])"), lambda _match: "에피소드 ", ("Ep.9", "에피소드 9")),
    Rule("Ver.", re.compile(r"(?<![A-Za-z])[Vv]er\. ?(?=[0-9])"), lambda _match: "버전 ", ("Ver.2", "버전 2")),
    Rule(
        "Feat.",
        re.compile(r"(?<![A-Za-z])(?:[Ff]ea?t)\. ?(?=[A-Za-z가-힣])"),
        lambda _match: "피처링 ",
        ("Feat. 하늘", "피처링 하늘"),
    ),
    # R&B, S&P
    Rule("ampersand between letters", re.compile(r"(?<=[A-Za-z])&(?=[A-Za-z])"), lambda _match: "앤", ("R&B", "R앤B")),
    # A/S
    Rule(
        "slash between letters",
        re.compile(r"(?<![0-9A-Za-z])([A-Z])/([A-Z])(?![A-Za-z])"),
        lambda match: match[1] + match[2],
        ("A/S", "AS"),
    ),
)


def _say(match: re.Match[str]) -> str:
    sign = match[0]
    if sign in _PAUSES_AND_QUOTES:
        return _PAUSES_AND_QUOTES[sign]
    return f"{_WORDS[sign]} " if sign in _JOINED else f" {_WORDS[sign]} "


LAST_RULES: tuple[Rule, ...] = (
    # 2+3=5 is read with 은 or 는; anywhere else = is a space
    Rule(
        "equals sign",
        re.compile("(?<=[가-힣]) ?= ?(?=[가-힣])"),
        lambda _match: f"{SEAM}은 ",
        ("일 더하기 이 = 삼", f"일 더하기 이{SEAM}은 삼"),
    ),
    Rule(
        "sign", re.compile(f"[{re.escape(''.join((*_PAUSES_AND_QUOTES, *_WORDS)))}]"), _say, ("톰&제리", "톰 앤 제리")
    ),
)
