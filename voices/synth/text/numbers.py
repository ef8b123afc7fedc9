"""Digits to Hangul. Each rule is a pattern and the function that reads its match; the most specific come first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

SINO_DIGITS = "영일이삼사오육칠팔구"
PHONE_DIGITS = "공일이삼사오육칠팔구"
SMALL_UNITS = ("", "십", "백", "천")
LARGE_UNITS = ("", "만", "억", "조", "경")  # powers of ten thousand
MAX_SINO_DIGITS = 4 * len(LARGE_UNITS)  # longer numbers are read digit by digit

NATIVE_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
# Nouns counted with native numerals, up to how many: 세 시, but 십오 시.
_THINGS = (
    "개 명 살 마리 번째 잔 병 장 권 대 채 가지 송이 벌 켤레 군데 곡 그루 달 사람 팀 분이 분께 줄 쌍 통 판 모금 그릇 컵"
)
NATIVE_COUNTERS = {**dict.fromkeys(("시간", "시"), 12), **dict.fromkeys(_THINGS.split(), 99)}
UNITS = {
    "%": "퍼센트",
    "℃": "도",
    "°C": "도",
    "°": "도",
    "kg": "킬로그램",
    "km": "킬로미터",
    "cm": "센티미터",
    "mm": "밀리미터",
    "ml": "밀리리터",
    "mL": "밀리리터",
    "GB": "기가바이트",
    "MB": "메가바이트",
    "m": "미터",
    "g": "그램",
    "L": "리터",
}
CURRENCIES = {"$": "달러", "₩": "원", "¥": "엔", "€": "유로", "£": "파운드"}
MONTHS = ("", "일", "이", "삼", "사", "오", "유", "칠", "팔", "구", "시", "십일", "십이")

# A number begins where a run of digits does and is taken whole (++), else a long run would be tried from each digit.
_NUMBER = r"(?<![0-9])(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])|[0-9]++)"
_DECIMAL = rf"{_NUMBER}(?:\.[0-9]++)?"
_ALONE = r"(?<![0-9.,])"
_COUNTERS = "|".join(sorted(NATIVE_COUNTERS, key=len, reverse=True))
_UNITS = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))


def sino(digits: str) -> str:
    """Read a whole number in Sino-Korean: 10500 -> 만오백."""
    digits = digits.replace(",", "")
    digits = digits.lstrip("0") or "0"
    if digits == "0":
        return SINO_DIGITS[0]
    if len(digits) > MAX_SINO_DIGITS:
        return one_by_one(digits)
    groups = []
    for power in range(0, len(digits), 4):
        group = digits[max(0, len(digits) - power - 4) : len(digits) - power]
        name = "".join(_sino_place(digit, len(group) - 1 - index) for index, digit in enumerate(group))
        if name:
            # Ten thousand is 만, not 일만; a hundred million is 일억.
            groups.append(("" if name == "일" and power == 4 else name) + LARGE_UNITS[power // 4])
    return "".join(reversed(groups))


def _sino_place(digit: str, place: int) -> str:
    if digit == "0":
        return ""
    return ("" if digit == "1" and place else SINO_DIGITS[int(digit)]) + SMALL_UNITS[place]


def native(number: int) -> str:
    """Read 1 to 99 with the native numerals that stand before a counter: 21 -> 스물한."""
    tens, ones = divmod(number, 10)
    return "스무" if number == 20 else NATIVE_TENS[tens] + NATIVE_ONES[ones]


def one_by_one(digits: str) -> str:
    """Read each digit by itself, as in telephone numbers: 010 -> 공일공."""
    return "".join(PHONE_DIGITS[int(digit)] for digit in digits)


def decimal(number: str) -> str:
    """Read a number with or without a decimal point: 3.14 -> 삼점일사."""
    whole, point, fraction = number.partition(".")
    return sino(whole) + ("점" + "".join(SINO_DIGITS[int(digit)] for digit in fraction) if point else "")


def _read_date(match: re.Match[str]) -> str:
    month, day = int(match["month"]), int(match["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    return f"{sino(match['year'])}년 {MONTHS[month]}월 {sino(match['day'])}일"


def _read_month(match: re.Match[str]) -> str:
    month = int(match[1])
    return f"{MONTHS[month] if 1 <= month <= 12 else sino(match[1])}월"


def _read_clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    name = native(hour) if 1 <= hour <= 12 else sino(match[1])
    return f"{name}시" + (f" {sino(match[2])}분" if minute else "")


def _read_phone(match: re.Match[str]) -> str:
    return " ".join(one_by_one(group) for group in re.split("[-. ]", match[0]))


def _read_counted(match: re.Match[str]) -> str:
    number = int(match[1].replace(",", "")) if len(match[1]) <= 3 else 100
    name = native(number) if 1 <= number <= NATIVE_COUNTERS[match[2]] else sino(match[1])
    if number == 1 and match[2] == "번째":
        name = "첫"
    return f"{name} {match[2]}"


def _read_number(match: re.Match[str]) -> str:
    digits = match[0]
    return one_by_one(digits) if re.fullmatch("0[0-9]+", digits) else decimal(digits)


RULES: tuple[Rule, ...] = (
    (
        re.compile(rf"{_ALONE}(?P<year>[12][0-9]{{3}})([-./])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}})(?![0-9])"),
        _read_date,
    ),
    (re.compile(rf"{_ALONE}0[0-9]{{1,2}}[-. ][0-9]{{3,4}}[-. ][0-9]{{4}}(?![0-9])"), _read_phone),
    (re.compile(rf"{_ALONE}1[0-9]{{3}}-[0-9]{{4}}(?![0-9])"), _read_phone),
    (re.compile(rf"{_ALONE}([01]?[0-9]|2[0-4]):([0-5][0-9])(?![0-9:])"), _read_clock),
    (re.compile(rf"([$₩¥€£]) ?({_DECIMAL})"), lambda match: f"{decimal(match[2])} {CURRENCIES[match[1]]}"),
    (re.compile(r"(?<![0-9A-Za-z가-힣ㄱ-ㅎ])[-−](?=[0-9])"), lambda _match: "마이너스 "),
    (re.compile(r"(?<=[0-9]) ?[~∼〜] ?(?=[0-9])"), lambda _match: "에서 "),
    (re.compile(rf"({_DECIMAL}) ?({_UNITS})(?![A-Za-z])"), lambda match: f"{decimal(match[1])} {UNITS[match[2]]}"),
    (re.compile(rf"{_ALONE}([0-9]{{1,2}})월"), _read_month),
    (re.compile(rf"(?<![0-9]\.)({_NUMBER}) ?({_COUNTERS})"), _read_counted),
    (re.compile(_DECIMAL), _read_number),
)
