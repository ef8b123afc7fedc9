"""Numerals that sound otherwise than they are spelled, and counters that only look like Sino-Korean words."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from voices.synth.text.hangul import tensed

if TYPE_CHECKING:
    from voices.synth.text.pronounce.tagging import Morpheme

_NUMERALS = "영일이삼사오육칠팔구십백천만억조"
NUMERALS = frozenset(_NUMERALS)
_SIX = re.compile("(?<=[십백천만])육")  # 십육 is pronounced 심뉵
# a score or a decimal point; 이 점 is this point
_POINT = re.compile(f"(?<![가-힣])(?:[{_NUMERALS}]++(?:점| (?<!이 )점))+(?![검심수포원자])")
_YEON = re.compile(f"(?<![가-힣])([{_NUMERALS}]*[일삼육칠팔십백천만])연대")  # 일련대, 삼년대
NATIVE_TENS = ("열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_NATIVE_SIX = re.compile(f"({'|'.join(NATIVE_TENS)})여(?=[섯덟])")
# Counters after numerals in ㄹ: 일대일, 칠집, 팔주 (but 일주일 is one word).
_COUNTER = re.compile(
    f"(?<![가-힣])[{_NUMERALS}]*"
    f"(?:[일칠팔]집|[칠팔][주동단세]|[{_NUMERALS}]대(?= ?[{_NUMERALS}]++(?:[로의은이을과도]|[ .,!?]|$)))"
)


def respell_numbers(sentence: str) -> str:
    """Respell numbers of the same length: 십육 -> 십뉵, 팔점 -> 팔쩜, 삼연대 -> 삼년대, 열여섯 -> 열녀섯."""
    sentence = _POINT.sub(lambda match: match[0].replace("점", "쩜"), sentence)
    sentence = _YEON.sub(lambda match: f"{match[1]}년대", sentence)
    sentence = _NATIVE_SIX.sub(r"\1녀", sentence)
    return _SIX.sub("뉵", sentence)


def respell_counters(syllables: list[str], morphemes: list[Morpheme]) -> None:
    """Tense counters after 열 and 여덟 in place: 열 시 is 열 씨, 여덟 개 여덜 깨."""
    for before, morpheme in itertools.pairwise(morphemes):
        is_counter = morpheme.tag in ("NNBC", "NNB") and (
            before.end < morpheme.start or morpheme.text != "도"
        )  # 여덟도
        if is_counter and before.tag == "NR" and before.text.endswith(("열", "덟")):
            syllables[morpheme.start] = tensed(syllables[morpheme.start])


def plain_counters(sentence: str) -> set[int]:
    """Return the indices of counters after numerals in ㄹ, which stay plain."""
    return {match.end() - 1 for match in _COUNTER.finditer(sentence)}
