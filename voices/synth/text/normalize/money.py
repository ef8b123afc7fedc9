"""Amounts of money: the currency is read after the amount, even if it is written before it."""

from __future__ import annotations

import re
from decimal import Decimal

from voices.synth.text.normalize.numerals import ALONE, DECIMAL, decimal
from voices.synth.text.rules import Rule

_CURRENCIES = {
    "US$": "달러",
    "HK$": "홍콩 달러",
    "NT$": "대만 달러",
    "CA$": "캐나다 달러",
    "C$": "캐나다 달러",
    "AU$": "호주 달러",
    "A$": "호주 달러",
    "S$": "싱가포르 달러",
    "$": "달러",
    "₩": "원",
    "¥": "엔",
    "€": "유로",
    "£": "파운드",
    "฿": "바트",
    "₫": "동",
    "₹": "루피",
    "¢": "센트",
    "KRW": "원",
    "USD": "달러",
    "EUR": "유로",
    "JPY": "엔",
    "GBP": "파운드",
    "CNY": "위안",
    "RMB": "위안",
    "CAD": "캐나다 달러",
    "AUD": "호주 달러",
    "NZD": "뉴질랜드 달러",
    "HKD": "홍콩 달러",
    "SGD": "싱가포르 달러",
    "TWD": "대만 달러",
    "CHF": "스위스 프랑",
    "THB": "바트",
    "VND": "동",
    "PHP": "페소",
    "MXN": "멕시코 페소",
    "INR": "루피",
    "RUB": "루블",
    "SEK": "스웨덴 크로나",
    "NOK": "노르웨이 크로네",
    "DKK": "덴마크 크로네",
    "PLN": "즈워티",
    "TRY": "튀르키예 리라",
    "BRL": "브라질 헤알",
    "ZAR": "랜드",
    "IDR": "루피아",
    "MYR": "링깃",
    "AED": "디르함",
    "BTC": "비트코인",
    "ETH": "이더리움",
}
_NAMES = "|".join(map(re.escape, _CURRENCIES))
_MAGNITUDE = "[십백천]?[만억조경]"


_POWERS = {"K": 3, "k": 3, "M": 6, "B": 9}


def multiplied(amount: str, letter: str) -> str:
    """Read an amount with K, M or B behind it: 1.5, M -> 백오십만."""
    return decimal(f"{Decimal(amount.replace(',', '')).scaleb(_POWERS[letter]).normalize():f}")


def _read_amount(match: re.Match[str]) -> str:
    amount, magnitude = match["amount"], match["magnitude"] or ""
    if letter := match.groupdict().get("letter"):
        return f"{multiplied(amount, letter)} {_CURRENCIES[match['currency'].upper()]}"
    whole, _, cents = amount.partition(".")
    if not cents.strip("0") and len(cents) == 2:
        amount = whole  # $350.00
    return f"{decimal(amount)}{magnitude} {_CURRENCIES[match['currency'].upper()]}"


_AUDIENCE = "뷰|조회|명|회|구독|팔로|팬|스트리밍|views|followers|likes|subs"
RULES: tuple[Rule, ...] = (
    # 팔로워 10K, 1.2M 뷰; 14K gold and 4K pictures are named by their letter.
    Rule(
        "thousands and millions",
        re.compile(
            rf"(?:(?<=조회수)|(?<=구독자)|(?<=팔로워)|(?<=스트리밍)|(?<=좋아요))(?P<space> ?)"
            rf"{ALONE}(?P<number>{DECIMAL})(?P<by>[KkMB])(?![A-Za-z0-9])"
            rf"|{ALONE}(?P<amount>{DECIMAL})(?P<letter>[KkMB])(?= ?(?:{_AUDIENCE}))"
        ),
        lambda m: f"{m['space'] or ''}{multiplied(m['number'] or m['amount'], m['by'] or m['letter'])}",
        ("팔로워 10K", "팔로워 만"),
    ),
    Rule(
        "kilometres of a run",
        re.compile(rf"{ALONE}(?P<amount>{DECIMAL})[Kk](?= ?(?:달리기|마라톤|러닝|레이스|코스|완주|대회|뛰))"),
        lambda match: f"{decimal(match['amount'])} 킬로미터",
        ("10k 달리기", "십 킬로미터 달리기"),
    ),
    Rule(
        "currency before amount",
        re.compile(
            rf"(?<![A-Za-z])(?P<currency>{_NAMES}|krw|usd|eur|jpy) ?"
            rf"(?P<amount>{DECIMAL})(?: ?(?P<magnitude>{_MAGNITUDE})|(?P<letter>[KkMB])(?![A-Za-z]))?"
            "(?![A-Za-z])"
        ),
        _read_amount,
        ("$7", "칠 달러"),
    ),
    Rule(
        "currency after amount",
        re.compile(
            rf"(?P<amount>{DECIMAL})(?: ?(?P<magnitude>{_MAGNITUDE}))? ?"
            rf"(?P<currency>{_NAMES})(?![A-Za-z0-9])"
        ),
        _read_amount,
        ("700₩", "칠백 원"),
    ),
)
