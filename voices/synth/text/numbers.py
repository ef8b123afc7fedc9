"""Every kind of number, the most specific first; what no rule knows is a plain number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voices.synth.text import counters, dates, digits, latin, measures, money, relations, times
from voices.synth.text.numerals import DECIMAL, decimal, one_by_one

if TYPE_CHECKING:
    from voices.synth.text.traced import Rule


def _read_plain(match: re.Match[str]) -> str:
    number = match[0]
    return one_by_one(number) if re.fullmatch("0[0-9]+", number) else decimal(number)


RULES: tuple[Rule, ...] = (
    *relations.RANGE_RULES,
    *dates.RULES,
    *digits.RULES,
    *times.RULES,
    *money.RULES,
    *latin.CODE_RULES,
    *relations.RULES,
    *measures.RULES,
    *relations.SIGN_RULES,
    *latin.DIGIT_RULES,
    *counters.RULES,
    (re.compile(DECIMAL), _read_plain),
)
