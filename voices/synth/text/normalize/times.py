"""Times of day and lengths of time."""

from __future__ import annotations

import re

from voices.synth.text.normalize.numerals import ALONE, counted, sino
from voices.synth.text.rules import Rule

_LAST_NATIVE_HOUR = 12  # 열두 시, but 십삼 시
_LAST_NATIVE_DURATION = 23  # 열다섯 시간, but 이십사 시간

_HOURS, _MINUTES, _SECONDS = "h(?:r|rs|ours?)?", "m(?:in|ins|inutes?)?", "s(?:ec|ecs|econds?)?"
_END = "(?![A-Za-z0-9/])"
_LATER_HOUR = re.compile(" ?(?:~|에서|부터|,|-) ?(?:1[3-9]|2[0-4]):[0-5][0-9]")
_HALF_OF_DAY = {"a": "오전", "p": "오후"}


def hour(digits: str) -> str:
    """Read an hour of the day: 3 -> 세, 15 -> 십오, 0 -> 영."""
    return counted(digits, _LAST_NATIVE_HOUR)


def _read_clock(match: re.Match[str]) -> str:
    # 12:00~13:00 is 십이 시에서 십삼 시: both by the day of 24 hours.
    by_24_hours = match["hour"] == "12" and _LATER_HOUR.match(match.string, match.end())
    parts = [f"{sino('12') if by_24_hours else hour(match['hour'])} 시"]
    if int(match["minute"] or 0):
        parts.append(f"{sino(match['minute'])}분")
    if int(match["second"] or 0):
        parts.append(f"{sino(match['second'])}초")
    half = match["half"]
    return " ".join([_HALF_OF_DAY[half.lower()], *parts] if half else parts)


def _read_duration(match: re.Match[str]) -> str:
    hours, minutes, seconds = match["hours"], match["minutes"], match["seconds"]
    parts = [f"{counted(hours, _LAST_NATIVE_DURATION)} 시간"] if hours else []
    parts += [f"{sino(minutes)}분"] if minutes else []
    parts += [f"{sino(seconds)}초"] if seconds else []
    return " ".join(parts)


RULES: tuple[Rule, ...] = (
    Rule(
        "a.m. or p.m. before a time",
        re.compile(r"(?<![A-Za-z])([AaPp])\.?[Mm]\.? ?(?=[0-9]{1,2}(?::[0-9]| ?시))"),
        lambda match: f"{_HALF_OF_DAY[match[1].lower()]} ",
        ("PM 7:30", "오후 7:30"),
    ),
    Rule(
        "clock time",
        re.compile(
            rf"{ALONE}(?<!:)(?P<hour>[01]?[0-9]|2[0-4]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?"
            r"(?![0-9]|:[0-9])(?! ?(?:로 |으로 )?(?:승|패|이겼|이기|졌|비겼))"
            r"(?: ?(?P<half>[AaPp])\.?[Mm](?![A-Za-z])\.?)?"
        ),
        _read_clock,
        ("4:45", "네 시 사십오분"),
    ),
    Rule(
        "hour with a.m. or p.m.",
        re.compile(rf"{ALONE}(?P<hour>0?[0-9]|1[0-2])(?P<minute>)(?P<second>) ?(?P<half>[AaPp])\.?[Mm](?![A-Za-z])\.?"),
        _read_clock,
        ("7 a.m.", "오전 일곱 시"),
    ),
    # 1h30m20s, 3m20s; a single 3m is three metres
    Rule(
        "duration from hours on",
        re.compile(
            rf"{ALONE}(?P<hours>[0-9]{{1,3}}) ?{_HOURS} ?(?:(?P<minutes>[0-9]{{1,3}}) ?{_MINUTES} ?)?"
            rf"(?:(?P<seconds>[0-9]{{1,3}}) ?{_SECONDS})?{_END}"
        ),
        _read_duration,
        ("2h45m", "두 시간 사십오분"),
    ),
    Rule(
        "duration in minutes and seconds",
        re.compile(
            rf"{ALONE}(?P<hours>)(?P<minutes>[0-9]{{1,4}}) ?{_MINUTES} ?(?P<seconds>[0-9]{{1,3}}) ?{_SECONDS}{_END}"
        ),
        _read_duration,
        ("4m10s", "사분 십초"),
    ),
    Rule(
        "duration in minutes",
        re.compile(rf"{ALONE}(?P<hours>)(?P<minutes>[0-9]{{1,4}}) ?min(?:s|utes?)?(?P<seconds>){_END}"),
        _read_duration,
        ("90 minutes", "구십분"),
    ),
    Rule(
        "duration in seconds",
        re.compile(rf"{ALONE}(?P<hours>)(?P<minutes>)(?P<seconds>[0-9]{{1,4}}) ?sec(?:s|onds?)?{_END}"),
        _read_duration,
        ("30sec", "삼십초"),
    ),
    Rule(
        "hours of duration",
        re.compile(rf"{ALONE}([0-9]{{1,2}})( ?)시간"),
        lambda match: f"{counted(match[1], _LAST_NATIVE_DURATION)} 시간",
        ("4시간", "네 시간"),
    ),
    Rule(
        "hour of the day",
        re.compile(rf"{ALONE}([0-9]{{1,2}}) ?시(?!즌|리즈|티|험|작|장|도|군|민|가|인|청|즈|디)"),
        lambda match: f"{hour(match[1])} 시",
        ("4시", "네 시"),
    ),
)
