"""Hangul as spelled to Hangul as pronounced, one eojeol at a time."""

from __future__ import annotations

import functools
import re

from voices.synth.text import g2pk_data
from voices.synth.text.jamo import neutralize_codas


def pronounce(hangul: str) -> str:
    """Return the pronunciation of words separated by spaces; there are as many as went in.

    Each eojeol is read by itself: g2pk would join sounds across every space, also where people pause, and the voices
    that want pronunciations are trained on eojeols read this way.
    """
    return " ".join(pronounce_eojeol(eojeol) for eojeol in hangul.split(" "))


@functools.lru_cache(maxsize=16384)
def pronounce_eojeol(eojeol: str) -> str:
    """Return the pronunciation of one eojeol; punctuation at its end stays."""
    if not re.search("[가-힣]", eojeol):
        return eojeol
    pronunciation = neutralize_codas(g2pk_data.pronouncer()(eojeol))
    # Some of g2pk's rules leave their own marks in the text ("닭칼" -> "다1)알"); as spelled is better than that.
    return pronunciation if re.fullmatch("[가-힣.,!?]+", pronunciation) else neutralize_codas(eojeol)
