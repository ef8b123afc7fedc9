"""Dates, days of the week and D-days."""

from __future__ import annotations

import re

from voices.synth.text.normalize.numerals import ALONE, sino
from voices.synth.text.rules import Rule

MONTHS = (
    "",
    "일",
    "이",
    "삼",
    "사",
    "오",
    "유",
    "칠",
    "팔",
    "구",
    "시",
    "십일",
    "십이",
)  # 유월 and 시월, not 육월, 십월
_WEEKDAYS = "월화수목금토일"
_FULL_DATE = r"(?P<year>[12][0-9]{3})(?P<mark>[-./])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})(?![0-9])"


def month_name(digits: str) -> str:
    """Read the number of a month: 6 -> 유; other numbers than 1 to 12 as such."""
    month = int(digits)
    return MONTHS[month] if 1 <= month <= 12 else sino(digits)


def _read_date(match: re.Match[str]) -> str:
    if not (1 <= int(match["month"]) <= 12 and 1 <= int(match["day"]) <= 31):
        return match[0]
    year = f"{sino(match['year'])}년 " if "year" in match.groupdict() else ""
    return f"{year}{month_name(match['month'])}월 {sino(match['day'])}일"


def _read_weekdays(match: re.Match[str]) -> str:
    first, last = match["first"], match["last"]
    return f" {first}요일" + (f"에서 {last}요일" if last else "")


def _read_d_day(match: re.Match[str]) -> str:
    sign, digits = match[1], match[2]
    return f"디 마이너스 {sino(digits)}" if sign == "-" else f"디데이 플러스 {sino(digits)}일"


RULES: tuple[Rule, ...] = (
    # 2024-01-15T14:30
    Rule(
        "T between date and time",
        re.compile(r"(?<=[0-9]-[0-9]{2})T(?=[0-9]{2}:)"),
        lambda _match: " ",
        ("2023-11-09T20:15", "2023-11-09 20:15"),
    ),
    # (월) after a date is a day of the week.
    Rule(
        "weekday in brackets",
        re.compile(rf"(?<=[0-9일]) ?\((?P<first>[{_WEEKDAYS}])(?:요일)?(?:[~-](?P<last>[{_WEEKDAYS}])(?:요일)?)?\)"),
        _read_weekdays,
        ("3일(금)", "3일 금요일"),
    ),
    Rule(
        "date, year first", re.compile(rf"{ALONE}{_FULL_DATE}\.?"), _read_date, ("2023.6.8", "이천이십삼년 유월 팔일")
    ),
    Rule(
        "date, day first",
        re.compile(rf"{ALONE}(?P<day>[0-9]{{1,2}})/(?P<month>[0-9]{{1,2}})/(?P<year>[12][0-9]{{3}})(?![0-9/])"),
        _read_date,
        ("31/10/2023", "이천이십삼년 시월 삼십일일"),
    ),
    # Eight digits are a date only after a word for one: 생년월일, 등록일, 날짜.
    Rule(
        "date in eight digits",
        re.compile(
            r"(?:(?<=일)|(?<=날짜)|(?<=일자)|(?<=일시))(?P<mark>[은:]?[ :]{1,3})"
            r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])(?![0-9,.])"
        ),
        lambda match: match["mark"] + _read_date(match),
        ("가입일: 20230902", "가입일: 이천이십삼년 구월 이일"),
    ),
    # 12/25 is a date before a weekday or 까지/부터, otherwise a fraction.
    Rule(
        "month/day",
        re.compile(
            rf"{ALONE}(?<!/)(?P<month>1[0-2]|0?[1-9])/(?P<day>[12][0-9]|3[01]|0?[1-9])"
            rf"(?= ?[{_WEEKDAYS}]요일| ?까지| ?부터)"
        ),
        _read_date,
        ("8/31까지", "팔월 삼십일일까지"),
    ),
    Rule(
        "month",
        re.compile(rf"{ALONE}([0-9]{{1,2}})(?= ?월(?!드))"),
        lambda match: month_name(match[1]),
        ("6월", "유월"),
    ),
    Rule("D-day", re.compile(r"(?<![A-Za-z])D ?([-+]) ?([0-9]{1,4})(?![0-9])"), _read_d_day, ("D-3", "디 마이너스 삼")),
    Rule(
        "year in two digits", re.compile(r"['’]([0-9]{2})(?=년)"), lambda match: sino(match[1]), ("'99년", "구십구년")
    ),
)
