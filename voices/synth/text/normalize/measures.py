"""Amounts with units in Latin letters and signs: temperature, percent, rates."""

from __future__ import annotations

import re

from voices.synth.text.normalize.numerals import ALONE, DECIMAL, decimal
from voices.synth.text.rules import Rule

# fmt: off
_UNITS = {
    "%p": "퍼센트 포인트", "%": "퍼센트", "‰": "퍼밀", "°F": "도", "℉": "도", "°C": "도", "℃": "도",
    "°": "도", "km": "킬로미터", "cm": "센티미터", "mm": "밀리미터", "nm": "나노미터", "μm": "마이크로미터",
    "m": "미터", "kg": "킬로그램", "mg": "밀리그램", "μg": "마이크로그램", "g": "그램", "t": "톤",
    "lb": "파운드", "oz": "온스", "ml": "밀리리터", "mL": "밀리리터", "cc": "시시", "dl": "데시리터",
    "kl": "킬로리터", "l": "리터", "L": "리터", "㎡": "제곱미터", "m²": "제곱미터", "m2": "제곱미터",
    "㎢": "제곱킬로미터", "km²": "제곱킬로미터", "km2": "제곱킬로미터", "cm²": "제곱센티미터",
    "cm2": "제곱센티미터", "㎥": "세제곱미터", "m³": "세제곱미터", "m3": "세제곱미터", "cm³": "세제곱센티미터",
    "cm3": "세제곱센티미터", "ha": "헥타르", "KB": "킬로바이트", "kB": "킬로바이트", "MB": "메가바이트",
    "GB": "기가바이트", "TB": "테라바이트", "PB": "페타바이트", "bps": "비피에스", "kbps": "킬로비피에스",
    "Kbps": "킬로비피에스", "Mbps": "메가비피에스", "Gbps": "기가비피에스", "Tbps": "테라비피에스",
    "Hz": "헤르츠", "kHz": "킬로헤르츠", "KHz": "킬로헤르츠", "MHz": "메가헤르츠", "GHz": "기가헤르츠",
    "dB": "데시벨", "W": "와트", "kW": "킬로와트", "KW": "킬로와트", "MW": "메가와트", "GW": "기가와트",
    "TW": "테라와트", "kWh": "킬로와트시", "KWh": "킬로와트시", "MWh": "메가와트시", "Wh": "와트시",
    "mAh": "밀리암페어시", "mA": "밀리암페어", "V": "볼트", "kV": "킬로볼트", "mV": "밀리볼트", "Ω": "옴",
    "J": "줄", "kJ": "킬로줄", "cal": "칼로리", "kcal": "킬로칼로리", "Pa": "파스칼", "hPa": "헥토파스칼",
    "kPa": "킬로파스칼", "MPa": "메가파스칼", "ms": "밀리초", "μs": "마이크로초", "ns": "나노초", "s": "초",
    "h": "시간", "rpm": "알피엠", "fps": "에프피에스", "ppm": "피피엠", "px": "픽셀", "dpi": "디피아이",
    "pt": "포인트", "P": "포인트", "inch": "인치", "ft": "피트", "mph": "마일", "lx": "럭스", "cd": "칸델라",
}
_RATES = {"h": "시속", "hr": "시속", "s": "초속", "sec": "초속", "min": "분속"}  # before the amount: 시속 오 킬로미터
# fmt: on
_LENGTHS = ("km", "m", "cm", "mm")
_NAMES = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_SIGN_NAMES = {"-": "마이너스 ", "−": "마이너스 ", "+": "플러스 "}


UNIT = rf"(?P<unit>{_NAMES})(?:/(?P<per>hr|sec|min|{_NAMES}))?(?![A-Za-z0-9²³])"


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
        after = f" 퍼 {_UNITS.get(per, per)}"
    return f"{before}{sign}{amount} {_UNITS[unit]}{after}"


RULES: tuple[Rule, ...] = (
    Rule(
        "amount with unit",
        re.compile(rf"{ALONE}(?:(?<![0-9A-Za-z가-힣)])(?P<sign>[-−+]))?(?P<amount>{DECIMAL}) ?{UNIT}"),
        lambda match: with_unit(decimal(match["amount"]), match["unit"], match["per"], match["sign"] or ""),
        ("60km/h", "시속 육십 킬로미터"),
    ),
)
