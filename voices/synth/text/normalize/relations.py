"""Two numbers and what is between them: ranges, scores, ratios, fractions, sums."""

from __future__ import annotations

import re

from voices.synth.text.normalize.measures import UNIT, with_unit
from voices.synth.text.normalize.numerals import ALONE, DECIMAL, INTEGER, SINO_DIGITS, decimal, sino
from voices.synth.text.normalize.particles import SEAM
from voices.synth.text.rules import Rule

# Units that are written after the second number only, and read after both: 2~5시 is 두 시에서 다섯 시.
_SHARED_UNITS = "시간|시(?!즌|리즈|험|작|장|도)|원|명|개(?!월|년|국)|살|마리|잔|권|번째|곡|장|ms|kg|km|cm|mm|m|g|L|℃|°C"
_SCORE_WORDS = "승|패|무승부|이겼|이기|이긴|졌|진 |지고|비겼|앞서|앞선|뒤지|뒤진|역전|완승|완패|리드|대승|대패|동점"
_DAYTIME = "(?:(?:지상|지하|최대|약|오전|오후|새벽|아침|점심|낮|저녁|밤|다음 ?날|익일) ?)?"
_EVENTS = (
    "전쟁|절|운동|혁명|광복|민주|사태|사건|항쟁|만세|의거|선언|성명|테러|참사|정변|합의|총선|대선|선거|비상|계엄|대책"
    "|학살|학생|군사|군부|쿠데타|반란|봉기|대첩|대지진|독립|구국|[가-힣]{1,5}데이|(?:[가-힣]{2,5} )?[가-힣]{1,5}의 날"
)
_ROADS = "로길동리가"
_OPERATORS = {"+": "더하기", "×": "곱하기", "x": "곱하기", "*": "곱하기", "÷": "나누기", "-": "빼기", "−": "빼기"}


def _read_event(match: re.Match[str]) -> str:
    """Name a day in history: 4·19 is 사일구, 10·26 십이육."""
    first, second = match[1], match[2]
    month = sino(first) if len(first) == 2 else SINO_DIGITS[int(first)]
    # 6·10 is 육십; after a month of two digits 12·12 is 십이십이.
    if second.endswith("0") or (len(first) == 2 and second.startswith("1")):
        return month + sino(second)
    return month + "".join(SINO_DIGITS[int(digit)] for digit in second if digit != "0")


def _read_ratio(match: re.Match[str]) -> str:
    return " 대 ".join(decimal(number) for number in re.split(" ?[-:] ?", match[0]))


def _read_fraction(match: re.Match[str]) -> str:
    above = ("루트 " if match["root_above"] else "") + sino(match["above"])
    below = ("루트 " if match["root_below"] else "") + sino(match["below"])
    minus = "마이너스 " if match["minus"] else ""
    whole = f"{sino(match['whole'])}{match['and']} " if match["whole"] else ""
    fraction = f"{minus}{whole}{below}분의 {above}"
    return with_unit(fraction, match["unit"], match["per"]) if match["unit"] else fraction


def _read_operation(match: re.Match[str]) -> str:
    return f" {_OPERATORS[match[1]]} "


# Before all other numbers, since these rules need the digits.
RANGE_RULES: tuple[Rule, ...] = (
    # 6~10월: 유월에서 시월
    Rule(
        "range from June or October",
        re.compile(r"(?<![0-9.,:-])(6|10) ?[~–-] ?(?=[0-9]{1,2} ?월)"),
        lambda match: f"{match[1]}월에서 ",
        ("6~9월", "6월에서 9월"),
    ),
    # 2~5시, 300-500원
    Rule(
        "range with one unit",
        re.compile(rf"(?<![0-9.,:-])({DECIMAL}) ?[~–-] ?(?={DECIMAL} ?({_SHARED_UNITS})(?![A-Za-z]))"),
        lambda match: f"{match[1]}{match[2]}에서 ",
        ("2~5시", "2시에서 5시"),
    ),
    # Anything up to a number: 30분~1시간.
    Rule(
        "range by tilde",
        re.compile(rf"(?<=[0-9A-Za-z가-힣)%℃°]) ?~ ?(?={_DAYTIME}[-+]?[0-9$₩€£¥])"),
        lambda _match: "에서 ",
        ("30분~1시간", "30분에서 1시간"),
    ),
    # 9시-18시, 3층–5층
    Rule(
        "range between units",
        re.compile(r"(?<=[0-9](시|일|월|년|분|원|층|호|회|번|명|도|위))(?<![0-9]{5}년) ?[-–] ?(?=[0-9,.]{1,9} ?\1)"),
        lambda _match: "에서 ",
        ("9시-18시", "9시에서 18시"),
    ),
    # 2:00-4:00, 2-3주
    Rule(
        "range of clock times",
        re.compile(r"(?<=[0-9]:[0-9]{2}) ?[–-] ?(?=[0-9]{1,2}:[0-9]{2})"),
        lambda _match: "에서 ",
        ("2:00-4:00", "2:00에서 4:00"),
    ),
    Rule(
        "range by hyphen",
        re.compile(
            rf"(?<![0-9.,:-])({DECIMAL}) ?[–-] ?"
            "(?=[0-9]{4} ?년|[0-9]{1,3} ?(?:주|일|년|개월|분|초|회|박|인분|배|도)(?![0-9]))"
        ),
        lambda match: f"{match[1]}에서 ",
        ("2-3주", "2에서 3주"),
    ),
    Rule(
        "range of weekdays",
        re.compile(r"(?<=요일) ?[~-] ?(?=[월화수목금토일]요일)"),
        lambda _match: "에서 ",
        ("월요일~수요일", "월요일에서 수요일"),
    ),
)
# After amounts with units, some of which read the sign otherwise (영하). -5 has a sign; 1-5 and A-5 have not.
SIGN_RULES: tuple[Rule, ...] = (
    Rule(
        "minus sign",
        re.compile(rf"(?<![0-9A-Za-z가-힣ㄱ-ㅎ){SEAM}])[-−](?=√?[0-9])"),
        lambda _match: "마이너스 ",
        ("-5", "마이너스 5"),
    ),
)
RULES: tuple[Rule, ...] = (
    Rule(
        "day in history, middle dot",
        re.compile(rf"{ALONE}([0-9]{{1,2}})[·ㆍ・]([0-9]{{1,2}})(?![0-9.])"),
        _read_event,
        ("4·19", "사일구"),
    ),
    Rule(
        "day in history, full stop",
        re.compile(rf"{ALONE}([0-9]{{1,2}})\.([0-9]{{1,2}})(?= ?(?:{_EVENTS}))"),
        _read_event,
        ("4.19 혁명", "사일구 혁명"),
    ),
    Rule(
        "fraction",
        re.compile(
            rf"{ALONE}(?P<minus>(?<![0-9A-Za-z가-힣)])[-−])?"
            rf"(?:(?P<whole>{INTEGER})(?P<and>과|와) ?)?(?P<root_above>√?)(?P<above>{INTEGER})/"
            rf"(?P<root_below>√?)(?P<below>[0-9]++)(?![/0-9.])(?: ?{UNIT})?"
        ),
        _read_fraction,
        ("2/7", "칠분의 이"),
    ),
    # 1대1 채팅, 2대1로 이겼다, 3대 0 승리; but 트럭 3대 2명
    Rule(
        "one to one",
        re.compile(
            rf"(?<![0-9.,])(?P<first>{DECIMAL})(?P<middle> ?대 ?)(?P<second>{DECIMAL})"
            r"(?! ?(?:명|개|시|번|장|곳|인|살|마리|년|월|대|만|천|원|[A-Za-z%]))"
        ),
        lambda match: decimal(match["first"]) + match["middle"] + decimal(match["second"]),
        ("2대2 미팅", "이대이 미팅"),
    ),
    Rule(
        "score after its name",
        re.compile(rf"(?<=스코어)((?:는|가|:)? ?){ALONE}([0-9]{{1,3}} ?[-:] ?[0-9]{{1,3}})(?![-:0-9.])"),
        lambda match: match[1] + " 대 ".join(sino(number) for number in re.split(" ?[-:] ?", match[2])),
        ("스코어는 2-0", "스코어는 이 대 영"),
    ),
    # 4-1로 승리
    Rule(
        "score",
        re.compile(rf"{ALONE}[0-9]{{1,3}} ?[-:] ?[0-9]{{1,3}}(?![-:0-9.])(?=(?:로|으로)? ?(?:{_SCORE_WORDS}))"),
        _read_ratio,
        ("3-2로 승리", "삼 대 이로 승리"),
    ),
    Rule(
        "ratio",
        re.compile(rf"{ALONE}(?<!:){DECIMAL}(?: ?: ?{DECIMAL}){{1,3}}(?!:?[0-9])"),
        _read_ratio,
        ("16:9", "십육 대 구"),
    ),
    # 2-1로 끝났다: also without a word for winning
    Rule(
        "score before 로",
        re.compile(rf"{ALONE}[0-9]{{1,2}}-[0-9]{{1,2}}(?=(?:으)?로(?![가-힣0-9]))"),
        _read_ratio,
        ("2-1로 끝났다", "이 대 일로 끝났다"),
    ),
    # 4.5/5: a mark of five at most
    Rule(
        "mark out of",
        re.compile(rf"{ALONE}(?P<mark>[0-9]{{1,2}}\.[0-9]{{1,2}}) ?/ ?(?P<most>10|5|100)(?:\.0)?점?(?![0-9/.])"),
        lambda match: f"{sino(match['most'])}점 만점에 {decimal(match['mark'])}점",
        ("3.5/5", "오점 만점에 삼점오점"),
    ),
    # 12-3번지, 테헤란로 12-3
    Rule(
        "lot number",
        re.compile(
            rf"(?:(?<=[{_ROADS}] )|{ALONE}(?=[0-9]{{1,4}}-[0-9]{{1,4}} ?(?:번지|호)))"
            r"([0-9]{1,4})-([0-9]{1,4})(?![-0-9])"
        ),
        lambda match: f"{sino(match[1])} 다시 {sino(match[2])}",
        ("중앙로 15-2", "중앙로 십오 다시 이"),
    ),
    # 2+3=5
    Rule("sum or product", re.compile(r"(?<=[0-9]) ?([+×÷x*]) ?(?=[0-9])"), _read_operation, ("2+3", "2 더하기 3")),
    Rule("difference", re.compile(r"(?<=[0-9]) ?([-−]) ?(?=[0-9]++ ?=)"), _read_operation, ("5-3=2", "5 빼기 3=2")),
    # Versions: 1.2.3
    Rule(
        "version number",
        re.compile(r"(?<![0-9.])[0-9]{1,4}(?:\.[0-9]{1,4}){2,4}(?![0-9.]?[0-9])"),
        lambda match: "점".join(map(sino, match[0].split("."))),
        ("2.0.1", "이점영점일"),
    ),
)
