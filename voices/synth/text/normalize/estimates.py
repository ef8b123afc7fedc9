"""Two neighbouring numbers that are one estimate: 3,4개 is 서너 개, 3,4일 is 삼사일."""

from __future__ import annotations

import re

from voices.synth.text.normalize.numerals import ALONE, sino
from voices.synth.text.rules import Rule

_NATIVE = {1: "한두", 2: "두세", 3: "서너", 4: "네다섯", 5: "대여섯", 6: "예닐곱", 7: "일고여덟", 8: "여덟아홉"}
_SINO = {first: sino(str(first)) + ("륙" if first == 5 else sino(str(first + 1))) for first in _NATIVE}
_COUNTED = (
    "개(?!월|년|국|소)|명|사람|마리|살|시간|시(?!즌)|달(?!러)|곡|장|잔|권|대|곳|군데|팀|가지|차례|그릇|병|송이|줄|칸|쌍|컵"
    "|번(?! ?(?:문제|출구|버스|트랙|선수|창구|홀|게이트|곡|자리))"
)
_NUMBERED = (
    "개월|개년|개국|년|월|일|주|분|초|층|위|등|학년|교시|인분|세(?!트)|급|호|편|회|박|도|만|천|백|억|십|배|번|미터|킬로"
    "|퍼센트|%|원"
)


def _read(match: re.Match[str], between: dict[int, str]) -> str:
    first, second = int(match["first"]), int(match["second"])
    return between.get(first, match[0]) if second == first + 1 else match[0]


def _read_counted(match: re.Match[str]) -> str:
    read = _read(match, _NATIVE)
    return read if read == match[0] else f"{read} "


def _read_numbered(match: re.Match[str]) -> str:
    if match["first"] == "5" and match.string[match.end() : match.end() + 2].strip().startswith("월"):
        return "오뉴"
    return _read(match, _SINO)


def _read_tens(match: re.Match[str]) -> str:
    first, second = match["first"], match["second"]
    return sino(first) + sino(second) if int(second) == int(first) + 10 else match[0]


_ONES = rf"{ALONE}(?P<first>[1-8]),(?P<second>[2-9])"
RULES: tuple[Rule, ...] = (
    Rule("estimate of things", re.compile(rf"{_ONES} ?(?={_COUNTED})"), _read_counted, ("3,4개", "서너 개")),
    Rule("estimate by numbers", re.compile(rf"{_ONES}(?= ?(?:{_NUMBERED}))"), _read_numbered, ("5,6년", "오륙년")),
    Rule(
        "estimate in tens",
        re.compile(rf"{ALONE}(?P<first>[1-8]0),(?P<second>[2-9]0)(?= ?(?:대|명|개|세|살|년|분|일|만|퍼센트|%))"),
        _read_tens,
        ("20,30대", "이십삼십대"),
    ),
)
