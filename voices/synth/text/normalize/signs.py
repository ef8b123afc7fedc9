"""Signs that are read as a pause, a space or a word. Signs that no rule reads are dropped and reported."""

from __future__ import annotations

import re
import unicodedata

from voices.synth.text.normalize.folding import UNSAID
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
_GREEK_NAMES = "알파 베타 감마 델타 엡실론 세타 람다 파이 시그마 피 오메가"
_GREEK = dict(zip("αβγδεθλπσφω", _GREEK_NAMES.split(), strict=True))
_WORDS |= _GREEK | {"Δ": "델타", "Σ": "시그마", "Ω": "옴", "μ": "뮤"}
_JOINED = "%℃°²³"  # read without a space before them

RULES: tuple[Rule, ...] = (
    Rule(
        "letter with an accent",
        re.compile("[À-ÖØ-öø-ɏ]"),
        lambda match: base if (base := unicodedata.normalize("NFD", match[0])[0]).isascii() else match[0],
        ("café", "cafe"),
    ),
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
    # B-라서, Rh+형: a sign of a grade or a blood group, not a hyphen (A-매치)
    Rule(
        "sign of a grade",
        re.compile(
            r"(?<![A-Za-z0-9가-힣])(?P<grade>AB|[A-DFO]|[Rr][Hh])"
            r"(?:(?P<plus>\+)(?![A-Za-z0-9+])|[-−](?= ?(?:[ABO]|형|학점|등급|성적|혈액형|받)|[,.!?)]|\s*$"
            r"|(?:라서|라도|라는|라고|야|예요|이에요|이야|입니다|였|인데|[를가는로도만네래에](?![가-힣]))))"
        ),
        lambda match: f"{match['grade']} {'플러스' if match['plus'] else '마이너스'}",
        ("B-라서", "B 마이너스라서"),
    ),
    # A~Z
    Rule(
        "range of letters",
        re.compile(r"(?<![A-Za-z0-9])([A-Za-z]) ?[~∼〜] ?(?=[A-Za-z](?![A-Za-z0-9]))"),
        lambda match: f"{match[1]}에서 ",
        ("A~F", "A에서 F"),
    ),
    Rule("company", re.compile(r"\(주\) ?"), lambda _match: "주식회사 ", ("(주)별", "주식회사 별")),
    # 3 < 5 has no short reading; a bracket elsewhere is silent.
    Rule(
        "comparison",
        re.compile("(?<=[0-9A-Za-z]) ?[<>^] ?(?=[0-9])"),
        lambda _match: f" {UNSAID} ",
        ("3 < 5", f"3 {UNSAID} 5"),
    ),
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
