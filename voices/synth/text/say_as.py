"""What the content of SSML's <say-as> becomes, so that the reader's own rules say it as it is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voices.synth.text.normalize.latin import LETTER_NAMES
from voices.synth.text.normalize.numerals import one_by_one

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,20})(?:\.[0-9]{1,20})?")
_DATE = re.compile(r"(?:([0-9]{4})(?:[-./]|(?=[0-9]{4}$)))?(1[0-2]|0?[1-9])[-./]?(3[01]|[12][0-9]|0?[1-9])")
_TIME = re.compile("([01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")


def said_as(interpretation: str, content: str) -> str | None:
    """Return a text that is read as asked for; None if the content is not of that kind."""
    return INTERPRETATIONS[interpretation](content)


def _cardinal(content: str) -> str | None:
    return content if _NUMBER.fullmatch(content) else None


def _ordinal(content: str) -> str | None:
    number = content.replace(",", "")
    return f"{number}번째" if re.fullmatch("[1-9][0-9]{0,8}", number) else None


def _digits(content: str) -> str | None:
    """Read digits one by one, in the groups that other signs part."""
    if not re.fullmatch(r"[-+() .0-9]*[0-9][-+() .0-9]*", content):
        return None
    groups: list[str] = re.findall(r"\+|[0-9]+", content)
    return " ".join("플러스" if group == "+" else one_by_one(group) for group in groups)


def _date(content: str) -> str | None:
    match = _DATE.fullmatch(content)
    if not match:
        return None
    year = f"{match[1]}년 " if match[1] else ""
    return f"{year}{int(match[2])}월 {int(match[3])}일"


def _time(content: str) -> str | None:
    return content if _TIME.fullmatch(content) else None


def _characters(content: str) -> str | None:
    """Name letters and digits one by one; Hangul is said as it is, and signs are not."""
    said = [LETTER_NAMES.get(character.lower()) or _one(character) for character in content]
    return " ".join(name for name in said if name) or None


def _one(character: str) -> str:
    if character in "0123456789":
        return one_by_one(character)
    return character if "가" <= character <= "힣" else ""


INTERPRETATIONS: dict[str, Callable[[str], str | None]] = {
    "cardinal": _cardinal,
    "number": _cardinal,
    "ordinal": _ordinal,
    "digits": _digits,
    "telephone": _digits,
    "date": _date,
    "time": _time,
    "characters": _characters,
    "spell-out": _characters,
}
