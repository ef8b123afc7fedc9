"""Amounts with units in Latin letters and signs: temperature, percent, rates."""

from __future__ import annotations

import re

from voices.synth.text.normalize.numerals import ALONE, DECIMAL, decimal
from voices.synth.text.normalize.particles import SEAM
from voices.synth.text.rules import Rule

# fmt: off
_UNITS = {
    "%p": "퍼센트 포인트", "%": "퍼센트", "‰": "퍼밀", "°F": "도", "℉": "도", "°C": "도", "℃": "도", "°": "도",
    "m": "미터", "km": "킬로미터", "cm": "센티미터", "mm": "밀리미터", "μm": "마이크로미터", "nm": "나노미터",
    "g": "그램", "kg": "킬로그램", "mg": "밀리그램", "μg": "마이크로그램", "ng": "나노그램", "t": "톤",
    "lb": "파운드", "lbs": "파운드", "oz": "온스", "inch": "인치", "ft": "피트", "yd": "야드",
    "mph": "마일",
    "l": "리터", "L": "리터", "ml": "밀리리터", "mL": "밀리리터", "μl": "마이크로리터", "μL": "마이크로리터",
    "cc": "시시",
    "dl": "데시리터", "dL": "데시리터", "kl": "킬로리터", "kL": "킬로리터", "ha": "헥타르", "sqm": "제곱미터",
    "KB": "킬로바이트", "MB": "메가바이트", "GB": "기가바이트", "TB": "테라바이트", "PB": "페타바이트",
    "Kb": "킬로비트", "Mb": "메가비트", "Gb": "기가비트",
    "bps": "비피에스", "kbps": "킬로비피에스", "Mbps": "메가비피에스", "Gbps": "기가비피에스", "Tbps": "테라비피에스",
    "Hz": "헤르츠", "kHz": "킬로헤르츠", "MHz": "메가헤르츠", "GHz": "기가헤르츠", "THz": "테라헤르츠", "dB": "데시벨",
    "W": "와트", "mW": "밀리와트", "kW": "킬로와트", "MW": "메가와트", "GW": "기가와트", "TW": "테라와트",
    "Wh": "와트시", "kWh": "킬로와트시", "MWh": "메가와트시", "GWh": "기가와트시",
    "VA": "볼트암페어", "kVA": "킬로볼트암페어", "MVA": "메가볼트암페어", "V": "볼트", "kV": "킬로볼트",
    "mV": "밀리볼트",
    "mA": "밀리암페어", "mAh": "밀리암페어시", "Ah": "암페어시", "Ω": "옴", "kΩ": "킬로옴", "MΩ": "메가옴",
    "μF": "마이크로패럿", "pF": "피코패럿", "kN": "킬로뉴턴", "Nm": "뉴턴미터", "N·m": "뉴턴미터",
    "J": "줄", "kJ": "킬로줄",
    "MJ": "메가줄",
    "cal": "칼로리", "kcal": "킬로칼로리", "eV": "전자볼트", "keV": "킬로전자볼트",
    "Pa": "파스칼", "hPa": "헥토파스칼", "kPa": "킬로파스칼", "MPa": "메가파스칼", "bar": "바", "psi": "피에스아이",
    "atm": "기압", "mmHg": "밀리미터 에이치지", "s": "초", "ms": "밀리초", "μs": "마이크로초",
    "ns": "나노초", "h": "시간",
    "mol": "몰", "mmol": "밀리몰", "Bq": "베크렐", "Sv": "시버트", "mSv": "밀리시버트", "μSv": "마이크로시버트",
    "rpm": "알피엠", "fps": "에프피에스", "ppm": "피피엠", "ppb": "피피비", "px": "픽셀", "dpi": "디피아이",
    "pt": "포인트", "P": "포인트", "lx": "럭스", "lux": "럭스", "lm": "루멘", "cd": "칸델라", "IU": "아이유",
    "㎡": "제곱미터", "㎢": "제곱킬로미터", "㎥": "세제곱미터",
}
_UNITS |= {
    f"{length}{power}": f"{name}{_UNITS[length]}"
    for length in ("m", "km", "cm", "mm")
    for power, name in (("2", "제곱"), ("²", "제곱"), ("3", "세제곱"), ("³", "세제곱"))
}
# Units that are written in other cases as well; MW and mW, Mb and mb differ.
_ANY_CASE = "km cm mm kg mg ml mL kcal KB GB TB kHz MHz GHz Hz kWh kW kV dB kbps Mbps Gbps"
_UNITS |= {
    form: _UNITS[unit]
    for unit in _ANY_CASE.split()
    for form in (unit.lower(), unit.upper(), unit.capitalize(), unit[0].upper() + unit[1:], unit[0].lower() + unit[1:])
    if form not in _UNITS
}
_UNITS |= {"mb": "메가바이트", "v": "볼트"}
_PER_NAMES = {"s2": "제곱초", "s²": "제곱초", "hr": "시간", "sec": "초", "min": "분", "day": "일"}
_RATES = {"h": "시속", "hr": "시속", "s": "초속", "sec": "초속", "min": "분속"}  # before the amount: 시속 오 킬로미터
# fmt: on
_LENGTHS = ("km", "m", "cm", "mm")
_NAMES = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_SIGN_NAMES = {"-": "마이너스 ", "−": "마이너스 ", "+": "플러스 "}


_PER = f"(?P<per>s[2²]|hr|sec|min|day|{_NAMES})"
_END = "(?![A-Za-z0-9²³])"
UNIT = f"(?P<unit>{_NAMES})(?:/{_PER})?{_END}"


def with_unit(amount: str, unit: str, per: str | None, sign: str = "") -> str:
    """Add a unit to an amount in Hangul: km, h -> 시속 … 킬로미터."""
    sign = _SIGN_NAMES.get(sign, "")
    before, after = "", ""
    if unit in ("℃", "°C"):
        sign = sign.replace("마이너스", "영하").replace("플러스", "영상")
    elif unit in ("℉", "°F"):
        before = "화씨 "
    elif unit == "mph":
        before = "시속 "
    if per in _RATES and unit in _LENGTHS:
        before = f"{_RATES[per]} "
    elif per:
        after = f" 퍼 {_PER_NAMES.get(per) or _UNITS[per]}"
    return f"{before}{sign}{amount} {_UNITS[unit]}{after}"


_AMOUNT = rf"{ALONE}(?:(?<![0-9A-Za-z가-힣){SEAM}])(?P<sign>[-−+]))?(?P<amount>{DECIMAL}) ?"


def _read(match: re.Match[str]) -> str:
    return with_unit(decimal(match["amount"]), match["unit"], match["per"], match["sign"] or "")


# Before codes, which a unit such as cm2 looks like.
COMPOUND_RULES: tuple[Rule, ...] = (
    # 10kcal/100g
    Rule(
        "per an amount",
        re.compile(r"(?<=[A-Za-z]) ?/ ?(?=[0-9]{1,4} ?(?:g|kg|mg|ml|mL|L|km|m|cm)(?![A-Za-z0-9]))"),
        lambda _match: " 퍼 ",
        ("5kcal/100g", "5kcal 퍼 100g"),
    ),
    Rule(
        "amount with compound unit",
        re.compile(f"(?<!/){_AMOUNT}(?P<unit>{_NAMES})/{_PER}{_END}"),
        _read,
        ("5kg/cm2", "오 킬로그램 퍼 제곱센티미터"),
    ),
)


def _read_inches(match: re.Match[str]) -> str:
    """Read 24" as inches, unless a quotation that was begun before ends here."""
    before = match.string[: match.start()].rpartition("\n")[2]
    after = match.string[match.end() :].partition("\n")[0]
    if match["mark"] == '"' and (before.count('"') % 2 or after.count('"') % 2):
        return match[0]
    return f"{decimal(match['amount'])} 인치"


RULES: tuple[Rule, ...] = (
    Rule(
        "inches",
        re.compile(rf"{ALONE}(?P<amount>{DECIMAL})(?P<mark>[\"″])"),
        _read_inches,
        ('24" 모니터', "이십사 인치 모니터"),
    ),
    # 12V 2A, 2A 충전기; 1.5A; elsewhere 2A is a seat or a size
    Rule(
        "ampere",
        re.compile(
            rf"(?:(?<=[0-9]V[ /,])|(?<=[0-9]V)|(?<=볼트 ))(?P<amount>{DECIMAL}) ?A(?![A-Za-z0-9])"
            rf"|{ALONE}(?P<current>{DECIMAL}) ?A(?= ?(?:충전|전류|퓨즈|차단|어댑터|배터리))"
            rf"|{ALONE}(?P<exact>[0-9]++\.[0-9]++) ?A(?![A-Za-z0-9])"
        ),
        lambda match: f"{decimal(match['amount'] or match['current'] or match['exact'])} 암페어",
        ("2A 충전기", "이 암페어 충전기"),
    ),
    Rule("amount with unit", re.compile(f"{_AMOUNT}{UNIT}"), _read, ("60km/h", "시속 육십 킬로미터")),
)
