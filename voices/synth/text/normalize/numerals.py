"""Digits to Korean numerals, and how numbers are found in a text."""

from __future__ import annotations

import re

from voices.synth.text.rules import Rule

SINO_DIGITS = "영일이삼사오육칠팔구"
PHONE_DIGITS = "공일이삼사오육칠팔구"
SMALL_UNITS = ("", "십", "백", "천")
LARGE_UNITS = ("", "만", "억", "조", "경")  # powers of ten thousand
MAX_SINO_DIGITS = 4 * len(LARGE_UNITS)  # longer numbers are read digit by digit

NATIVE_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
MAX_NATIVE = 99

# A whole run of digits (++): trying a long run from each of its digits would take quadratic time.
INTEGER = r"(?<![0-9])(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])|[0-9]++)"
DECIMAL = rf"{INTEGER}(?:\.[0-9]++)?+"
ALONE = r"(?<![0-9.,])"  # before a number that is not part of a longer one


def sino(digits: str) -> str:
    """Read a whole number, with or without commas, in Sino-Korean: 10500 -> 만오백.

    Ten thousand is 만, not 일만; a hundred million is 일억. Numbers of more than MAX_SINO_DIGITS digits
    are read digit by digit.
    """
    digits = digits.replace(",", "").lstrip("0") or "0"
    if digits == "0":
        return SINO_DIGITS[0]
    if len(digits) > MAX_SINO_DIGITS:
        return one_by_one(digits)
    groups = []
    for power in range(0, len(digits), 4):
        group = digits[max(0, len(digits) - power - 4) : len(digits) - power]
        name = "".join(_sino_place(digit, len(group) - 1 - index) for index, digit in enumerate(group))
        if name:
            groups.append(("" if name == "일" and power == 4 else name) + LARGE_UNITS[power // 4])
    return "".join(reversed(groups))


def _sino_place(digit: str, place: int) -> str:
    if digit == "0":
        return ""
    return ("" if digit == "1" and place else SINO_DIGITS[int(digit)]) + SMALL_UNITS[place]


def native(number: int) -> str:
    """Read 1 to MAX_NATIVE with the native numerals that stand before a counter: 21 -> 스물한."""
    tens, ones = divmod(number, 10)
    return "스무" if number == 20 else NATIVE_TENS[tens] + NATIVE_ONES[ones]


def one_by_one(digits: str) -> str:
    """Read each digit by itself, as in telephone numbers: 010 -> 공일공. Other characters are left out."""
    return "".join(PHONE_DIGITS[int(digit)] for digit in digits if "0" <= digit <= "9")


def decimal(number: str) -> str:
    """Read a number with or without a decimal point: 3.14 -> 삼점일사."""
    whole, point, fraction = number.partition(".")
    return sino(whole) + ("점" + "".join(SINO_DIGITS[int(digit)] for digit in fraction) if point else "")


def counted(digits: str, native_up_to: int = MAX_NATIVE) -> str:
    """Read a whole number before a counter: native numerals from 1 to `native_up_to`, else Sino-Korean."""
    number = int(digits.replace(",", "")[:6])
    return native(number) if 1 <= number <= native_up_to else sino(digits)


def _read_plain(match: re.Match[str]) -> str:
    number = match[0]
    return one_by_one(number) if re.fullmatch("0[0-9]+", number) else decimal(number)


RULES: tuple[Rule, ...] = (Rule("plain number", re.compile(DECIMAL), _read_plain, ("3.14", "삼점일사")),)
