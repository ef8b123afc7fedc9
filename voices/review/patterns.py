"""Personal numbers and addresses in a text: resident numbers, phones, cards, bank accounts, e-mail, links."""

import re
from collections.abc import Callable
from datetime import date

from voices.review.folding import visible

_BANKS = (
    "국민|신한|우리|하나|기업|농협|수협|신협|새마을|우체국|카카오뱅크|카뱅|토스뱅크|토뱅|케이뱅크|케뱅|씨티|제일|부산은행|대구은행|"
    "광주은행|전북은행|경남은행|제주은행|산업은행|은행|계좌"
)
_NUMERALS = str.maketrans("공영일이삼사오육륙칠팔구", "001234566789")
_HANGUL_NUMBER = re.compile(r"[공영일이삼사오육륙칠팔구](?:[\s-]*[공영일이삼사오육륙칠팔구]){7,}")
_SEPARATOR = r"[\s.·~_/ㅡᅳ-]{0,3}"

_RESIDENT = re.compile(rf"(?<!\d)(\d{{6}})({_SEPARATOR})([1-8]\d{{6}})(?!\d)")
_MOBILE = re.compile(
    rf"(?<!\d)(?:\+?82{_SEPARATOR}\(?0?\)?1[016-9]|01[016-9]){_SEPARATOR}\d{{3,4}}{_SEPARATOR}\d{{4}}(?!\d)"
)
_LANDLINE = re.compile(r"(?<!\d)\(?0(?:2|[3-6][1-5]|70|50\d)\)?[\s.-]{1,2}\d{3,4}[\s.-]\d{4}(?!\d)")
_CARD = re.compile(
    r"(?<!\d)[3-69]\d{3}(?:[\s.-]?\d{4}){2}[\s.-]?\d{3,4}(?!\d)|(?<!\d)3[47]\d{2}[\s.-]?\d{6}[\s.-]?\d{5}(?!\d)"
)
_ACCOUNT = re.compile(
    rf"(?:{_BANKS})\D{{0,12}}?(\d{{2,6}}(?:[\s-]?\d{{1,7}}){{1,4}})(?!\d)|"
    rf"(?<!\d)(\d{{3,6}}-\d{{2,6}}-\d{{3,7}}(?:-\d{{1,3}})?)(?!\d)\D{{0,8}}?(?:{_BANKS})"
)
_EMAIL = re.compile(r"[\w.+-]+\s?(?:@|골뱅이)\s?[a-z0-9-]+(?:\.|\s?(?:점|닷)\s?)[a-z]{2,}", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?\s?:\s?//|www\.)\S+|"
    r"(?<![\w@])(?:[a-z0-9가-힣-]+\.)+(?:com|net|org|kr|io|me|gg|tv|xyz|ly|be|app|dev|shop|site|link|info|biz)(?![a-z])(?:/\S*)?|"
    r"[a-z0-9가-힣]{2,}\s?(?:점|닷)\s?(?:컴|넷|케이알)(?![가-힣])",
    re.IGNORECASE,
)
_RESIDENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def find_patterns(text: str) -> list[tuple[str, str]]:
    """Return the code of each pattern that is in the text, with what is written there."""
    shown = visible(text)
    # Numbers in words: 공일공 일이삼사 오육칠팔.
    figures = _HANGUL_NUMBER.sub(lambda found: found[0].translate(_NUMERALS), shown)
    found = []
    for code, look in PATTERNS.items():
        if (written := look(figures)) is not None:
            found.append((code, written))
            figures = figures.replace(written, " ")
    return found


def _resident_number(text: str) -> str | None:
    for found in _RESIDENT.finditer(text):
        if _is_birthday(found[1], found[3][0]) and is_checked(found[1] + found[3]):
            return found[0]
    return None


def _like_resident_number(text: str) -> str | None:
    """Find what has a birthday, but not the check digit: numbers given out since October 2020 have none."""
    for found in _RESIDENT.finditer(text):
        if found[2] and _is_birthday(found[1], found[3][0]):
            return found[0]
    return None


def _is_birthday(digits: str, century: str) -> bool:
    year = (1900 if century in "1256" else 2000) + int(digits[:2])
    try:
        return date(year, int(digits[2:4]), int(digits[4:])).year <= date.today().year
    except ValueError:
        return False


def is_checked(digits: str) -> bool:
    """Return whether the last of 13 digits is the check digit of a resident number."""
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, _RESIDENT_WEIGHTS, strict=False))
    return (11 - weighted % 11) % 10 == int(digits[12])


def _card(text: str) -> str | None:
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if len(digits) >= 15 and passes_luhn(digits):
            return found[0]
    return None


def passes_luhn(digits: str) -> bool:
    """Return whether the last digit is the check digit of a card's number."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _account(text: str) -> str | None:
    for found in _ACCOUNT.finditer(text):
        if 10 <= len(re.sub(r"\D", "", found[1] or found[2])) <= 14:
            return found[0]
    return None


def _first(*expressions: "re.Pattern[str]") -> Callable[[str], str | None]:
    def look(text: str) -> str | None:
        found = next((match for expression in expressions if (match := expression.search(text))), None)
        return found[0] if found else None

    return look


# In this order: what one has found, the next ones don't look at.
PATTERNS: dict[str, Callable[[str], str | None]] = {
    "resident_number": _resident_number,
    "like_resident_number": _like_resident_number,
    "card": _card,
    "phone": _first(_MOBILE, _LANDLINE),
    "account": _account,
    "email": _first(_EMAIL),
    "url": _first(_URL),
}
