"""-가(價), a price, which is tense after any sound (제28항)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voices.synth.text.hangul import tensed

if TYPE_CHECKING:
    from voices.synth.text.pronounce.tagging import Morpheme

# Nouns after which -가 is a price, not a person (家), a song (歌) or a street (街).
_PRICED = (
    "분양 매매 판매 소비자 공시 감정 전세 할인 도매 소매 출고 상한 하한 거래 실거래 희망 예상 권장 기준 공급 수입 경매"
    " 신고 정찰 협정 시초 공모 발행 액면 매입 매수 매도 취득 낙찰 입찰 제시 산정 표준 납품 구매 구입 행사 목표 청산"
    " 계약 임대 평균 원유 정상 출시 예매 고시 보험 수매 최고 최저 시장 적정 단위 회원 균일 이벤트 특별 체감 공장도"
    " 유 물 정 원 주 단 저 평 염 호 종 산지 현지 생산 제조 수출 대여 반값 보상 교환 감가 추정 시중 초저 최종"
)
_NAMES = "|".join(sorted(_PRICED.split(), key=len, reverse=True))
_PRICE = re.compile(f"(?:{_NAMES})가")
# The particles that cannot follow 가 when it is a particle itself.
_AFTER_PRICE = re.compile(
    "[는를로의도]|만(?![가-힣])|보다|에|까지|부터|가(?![가-힣])| (?:경신|기록|대비|거래|보장|보상|인상|인하|협상|제한)"
)


def respell_prices(sentence: str, syllables: list[str], morphemes: list[Morpheme]) -> None:
    """Tense -가(價) in place: in what MeCab finds to be a noun, or before what can't follow the particle 가."""
    starts = {border for morpheme in morphemes for border in (morpheme.start, *morpheme.borders)}
    ends = {border for morpheme in morphemes if morpheme.is_noun for border in (*morpheme.borders, morpheme.end)}
    for match in _PRICE.finditer(sentence):
        start, end = match.span()
        if start in starts and (end in ends or (end - start > 2 and _AFTER_PRICE.match(sentence, end))):
            syllables[end - 1] = tensed(syllables[end - 1])
