"""Dates, days of the week and D-days."""

from __future__ import annotations

import re

from voices.synth.text.normalize.folding import UNSAID
from voices.synth.text.normalize.numerals import ALONE, one_by_one, sino
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
    days = "일" if match[0].endswith("일") else ""
    return f"디 마이너스 {sino(digits)}{days}" if sign == "-" else f"디데이 플러스 {sino(digits)}일"


def _read_month(match: re.Match[str]) -> str:
    return f"{sino(match['year'])}년 {month_name(match['month'])}월"


def _read_day(match: re.Match[str]) -> str:
    return f"{sino(match['day'])}일"


_EVENTS = (
    "공연|콘서트|팬미팅|팬싸|개막|개봉|개최|개장|개강|출시|출간|발매|컴백|데뷔|공개|오픈|마감|예정|방송|생방|본방|라이브|라방|크리스마스"
    "|성탄|생일|모임|회의|시험|행사|이벤트|일정|예약|배송|도착|출발|입고|발송|휴무|휴가|휴방|업데이트|점검|결혼|졸업|입학|경기|티켓"
)
_RECORDS = "직캠|직찍|영상|사진|공항|출근길|퇴근길|생|출생|무대|음방|포카|프리뷰|버블"
_WEEKDAY = rf"[{_WEEKDAYS}]요일"
_MONTH, _DAY = "(?P<month>1[0-2]|0?[1-9])", "(?P<day>[12][0-9]|3[01]|0?[1-9])"
_NO_AMOUNT = r"(?! ?(?:원|달러|엔|유로|점|배|만|천|억|명|개|[A-Za-z%°℃㎡]))"
# Dates as public offices write them: 2026. 12. 5.(토) ~ 7.(월). Before ranges and sentences see the full stops.
DOTTED_RULES: tuple[Rule, ...] = (
    # (월) after a date is a day of the week.
    Rule(
        "weekday in brackets",
        re.compile(rf"(?<=[0-9일.]) ?\((?P<first>[{_WEEKDAYS}])(?:요일)?(?:[~-](?P<last>[{_WEEKDAYS}])(?:요일)?)?\)"),
        _read_weekdays,
        ("3일(금)", "3일 금요일"),
    ),
    Rule(
        "range of dates with full stops",
        re.compile(rf"(?:(?<=[0-9]\.)|(?<=\. {_WEEKDAY})) ?[~–-] ?(?=(?:[0-9]{{1,4}}\. ?){{1,3}})"),
        lambda _match: "에서 ",
        ("12. 5.~7. 토요일", "12. 5.에서 7. 토요일"),
    ),
    # 2/22~23
    Rule(
        "range of days after month/day",
        re.compile(
            rf"{ALONE}(?<!/){_MONTH}/(?P<day>[12][0-9]|3[01]) ?[~–-] ?(?P<last>[12][0-9]|3[01])(?![0-9/:.%A-Za-z])일?"
        ),
        lambda match: f"{month_name(match['month'])}월 {_read_day(match)}에서 {sino(match['last'])}일",
        ("2/22~23", "이월 이십이일에서 이십삼일"),
    ),
    Rule(
        "date with spaces",
        re.compile(
            rf"{ALONE}(?:(?P<year>[12][0-9]{{3}})|['’](?P<short>[0-9]{{2}}))"
            rf"\. {{0,2}}{_MONTH}\. {{1,2}}{_DAY}(?:\.|(?![0-9.]))"
        ),
        lambda match: f"{sino(match['year'] or match['short'])}년 {month_name(match['month'])}월 {_read_day(match)}",
        ("2026. 4. 9. 개막", "이천이십육년 사월 구일 개막"),
    ),
    Rule(
        "month after a year with full stop",
        re.compile(rf"{ALONE}(?P<year>(?:19|20)[0-9]{{2}})\. {_MONTH}\.(?! ?[0-9])"),
        _read_month,
        ("2025. 4. 개막", "이천이십오년 사월 개막"),
    ),
    Rule(
        "month and day with full stop",
        re.compile(
            rf"{ALONE}(?:(?<=에서 )|(?=[0-9]{{1,2}}\. ?[0-9]{{1,2}}\.? {_WEEKDAY})){_MONTH}\. ?{_DAY}(?:\.|(?![0-9.]))"
        ),
        lambda match: f"{month_name(match['month'])}월 {_read_day(match)}",
        ("12. 5. 토요일", "십이월 오일 토요일"),
    ),
    Rule(
        "day with full stop",
        re.compile(rf"(?<=에서 ){_DAY}\.(?= {_WEEKDAY}|$)"),
        _read_day,
        ("오일에서 7. 월요일", "오일에서 칠일 월요일"),
    ),
)
RULES: tuple[Rule, ...] = (
    # 2024-01-15T14:30
    Rule(
        "T between date and time",
        re.compile(r"(?<=[0-9]-[0-9]{2})T(?=[0-9]{2}:)"),
        lambda _match: " ",
        ("2023-11-09T20:15", "2023-11-09 20:15"),
    ),
    # 14:30:00.123Z, 14:30+09:00: nobody says the zone of a time.
    Rule(
        "fraction and zone of a time",
        re.compile(
            r"(?<=[0-9]:[0-5][0-9])(?:\.[0-9]{1,6}Z?|Z|(?:\.[0-9]{1,6})?[+-][0-9]{2}:?[0-9]{2})(?![0-9A-Za-z:])"
        ),
        lambda _match: UNSAID,
        ("14:30:00Z", f"14:30:00{UNSAID}"),
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
    Rule(
        "date, month first",
        re.compile(
            rf"{ALONE}{_MONTH}(?P<mark>[-./])(?P<day>1[3-9]|2[0-9]|3[01])(?P=mark)(?P<year>[12][0-9]{{3}})(?![-0-9/.])"
        ),
        _read_date,
        ("12/25/2024", "이천이십사년 십이월 이십오일"),
    ),
    Rule(
        "date, day first with full stops",
        re.compile(rf"{ALONE}{_DAY}\.{_MONTH}\.(?P<year>(?:19|20)[0-9]{{2}})(?![0-9]|\.[0-9])"),
        _read_date,
        ("25.12.2024", "이천이십사년 십이월 이십오일"),
    ),
    # 24.12.25 and 24/12/25, but not version 5.1.2
    Rule(
        "date with two digits each",
        re.compile(
            r"(?<![0-9.,/A-Za-z])(?<!버전 )(?P<year>[0-9]{2})(?P<mark>[./])(?P<month>0[1-9]|1[0-2])"
            r"(?P=mark)(?P<day>0[1-9]|[12][0-9]|3[01])(?![0-9/]|\.[0-9])"
        ),
        _read_date,
        ("24.12.25", "이십사년 십이월 이십오일"),
    ),
    # 25.3.1 and '24.12.3., but not versions such as 5.1.2
    Rule(
        "date with a short year",
        re.compile(
            rf"(?:['’](?P<short>[0-9]{{2}})|(?<![0-9.,/A-Za-z])(?<!버전 )(?P<year>2[0-9]))"
            rf"\.{_MONTH}\.{_DAY}(?:\.(?![0-9])|(?![0-9.]))"
        ),
        lambda match: f"{sino(match['year'] or match['short'])}년 {month_name(match['month'])}월 {_read_day(match)}",
        ("25.3.1", "이십오년 삼월 일일"),
    ),
    Rule(
        "year and month",
        re.compile(
            rf"(?<![0-9.,₩$€£¥])(?P<year>(?:19|20)[0-9]{{2}})[-./](?P<month>0[1-9]|1[0-2])(?![-0-9/]|\.[0-9]){_NO_AMOUNT}"
        ),
        _read_month,
        ("2026-11", "이천이십육년 십일월"),
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
    # 20240613 데뷔: or before what happened on that day
    Rule(
        "date in eight digits of an event",
        re.compile(
            rf"{ALONE}(?P<year>(?:19|20)[0-9]{{2}})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12][0-9]|3[01])"
            rf"(?=(?:[에은]|의|일자)? ?(?:{_EVENTS}|{_RECORDS}))"
        ),
        _read_date,
        ("20240613 데뷔", "이천이십사년 유월 십삼일 데뷔"),
    ),
    Rule(
        "date in six digits of an event",
        re.compile(rf"{ALONE}([0-3][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))(?= (?:{_EVENTS}|{_RECORDS}))"),
        lambda match: one_by_one(match[1]),
        ("241231 공연", "이사일이삼일 공연"),
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
    # 3/15 공연, 7/1~7/15, 12/25 14:00
    Rule(
        "month/day of an event",
        re.compile(
            rf"{ALONE}(?<!/)(?P<month>1[0-2]|0?[1-9])/(?P<day>[12][0-9]|3[01]|0?[1-9])(?![0-9/.])"
            rf"(?= ?(?:{_EVENTS})| ?(?:오전|오후|낮|밤|저녁|새벽)| [0-9]{{1,2}}(?::[0-9]{{2}}| ?시)"
            r"|(?:[~–-]|에서 )(?:1[0-2]|0?[1-9])/[0-9]| ?[가-힣]{2,6}데이| ?[가-힣]{1,5}(?:날|절|기념일)(?![가-힣]))"
        ),
        _read_date,
        ("3/15 공연", "삼월 십오일 공연"),
    ),
    # 3/24 첫방: few fractions have such a denominator
    Rule(
        "month/day that is hardly a fraction",
        re.compile(
            rf"{ALONE}(?<![/의])(?<!의 )(?P<month>1[0-2]|0?[2-9])/(?P<day>1[3-9]|2[0-9]|3[01])(?![0-9/.])"
            r"(?= (?!정도|확률|비율|크기|이하|이상|만큼|지점|수준|가량)[가-힣])"
        ),
        _read_date,
        ("3/24 첫방", "삼월 이십사일 첫방"),
    ),
    Rule(
        "month/day after a range",
        re.compile(r"(?<=일에서 )(?P<month>1[0-2]|0?[1-9])/(?P<day>[12][0-9]|3[01]|0?[1-9])(?![0-9/.])"),
        _read_date,
        ("칠월 일일에서 7/15", "칠월 일일에서 칠월 십오일"),
    ),
    # 88 올림픽, 98학번: digit by digit
    Rule(
        "year of games or of entry",
        re.compile(
            rf"{ALONE}(?P<year>[0-9]{{2}})(?= ?(?:학번|(?:서울 ?)?올림픽|아시안 ?게임))"
            rf"|{ALONE}(?P<cup>0[2-9])(?= ?월드컵)"
        ),
        lambda match: one_by_one(match["year"] or match["cup"]),
        ("88 올림픽", "팔팔 올림픽"),
    ),
    Rule(
        "generation",
        re.compile(rf"{ALONE}([3-6]86|[1-9]0[1-9]0)(?= ?(?:세대|가요|콘서트|음악))"),
        lambda match: one_by_one(match[1]),
        ("386세대", "삼팔육세대"),
    ),
    Rule(
        "month",
        re.compile(rf"{ALONE}([0-9]{{1,2}})(?= ?월(?!드))"),
        lambda match: month_name(match[1]),
        ("6월", "유월"),
    ),
    Rule(
        "D-day",
        re.compile(r"(?<![A-Za-z])D ?([-+]) ?([0-9]{1,4})(?![0-9])(?:일(?!차))?"),
        _read_d_day,
        ("D-3", "디 마이너스 삼"),
    ),
    Rule(
        "year in two digits", re.compile(r"['’]([0-9]{2})(?=년)"), lambda match: sino(match[1]), ("'99년", "구십구년")
    ),
)
