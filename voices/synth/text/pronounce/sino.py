"""Sino-Korean words: ㄷ, ㅅ and ㅈ are tense after ㄹ (제26항)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voices.synth.text.hangul import onset_of, tensed

if TYPE_CHECKING:
    from collections.abc import Collection

    from voices.synth.text.pronounce.tagging import Morpheme

# Syllables of Sino-Korean words: those with a final ㄹ, and those that become tense after it.
_ENDING_IN_RIEUL = set(
    "갈걸결골굴궐귤길날눌달돌랄렬률말멸몰물밀발벌별불살설솔술슬실알얼열올왈울월율을일절졸즐질찰철촬출탈팔필할혈홀활휼힐칠"
)
_TENSED = set(
    "다단달담답당대덕도독돈돌동두둔득등사삭산살삼삽상새색생서석선설섬섭성세소속손송쇄쇠수숙순술숭슬습승시식신실심십"
    "자작잔잠잡장재쟁저적전절점접정제조족존졸종좌죄주죽준중즉즐즙증지직진질집징"
)
# Native words that look like them: the first part of 돌다리, 말다툼, and others that end like 기술.
_NATIVE_FIRST_PARTS = frozenset("갈골굴글길꿀날달돌들딸말멀물밀발벌별살설솔술쌀알줄칠칼털틀팔풀헐활")
_NATIVE_WORD_LIST = "가을 겨울 마을 서울 거울 저울 방울 개울 너울 구슬 이슬"
_NATIVE_WORDS = frozenset(_NATIVE_WORD_LIST.split())
# Native and foreign second parts of words in which MeCab's dictionary marks no border.
_NATIVE_PART_LIST = (
    "장난 장구 장갑 다리 다람 다공 대답 대꾸 더위 조심 "
    "대포 저도 마도 마둑 도둑 잔치 잡이 자식 자동 조개 새끼 소시지 달음 다발 두루"
)
_NATIVE_PARTS = tuple(_NATIVE_PART_LIST.split())
# -적(的) after one syllable, told from nouns such as 성적(成績) by what follows.
_ADJECTIVE = re.compile(
    "(?<![가-힣])(?:[공사전정종지인시동외내수양질미병암영]적(?=인(?![가-힣])|으로)|[성]적(?=인(?![가-힣]))"
    "|[인외내]적(?= (?:자원|사항|교류|요인|요소|갈등|쇄신|오류|피해|네트워크|조건|성장|동기|가치)))"
)
# 국문과 학생, 통계학과: MeCab takes -과(科) for the particle.
_DEPARTMENT = re.compile(
    "(?:(?<=[가-힣])(?:[가-힣]학|[가-힣]공|교육)|(?<![가-힣])[국영중일불독]문)과"
    "(?= (?:학생|교수|졸업|출신|전공|선배|후배|동기|신입생|사무실|수업)|[.,!?]?$)"
)


def respell_adjectives(sentence: str, syllables: list[str]) -> None:
    """Tense -적(的) in 공적인, 전적으로 and -과(科) in 국문과 학생 in place."""
    for match in (*_ADJECTIVE.finditer(sentence), *_DEPARTMENT.finditer(sentence)):
        syllables[match.end() - 1] = tensed(syllables[match.end() - 1])


def ends_in_sino_rieul(word: str) -> bool:
    """Return whether a word may be Sino-Korean and ends in ㄹ."""
    return word[-1] in _ENDING_IN_RIEUL and word not in _NATIVE_WORDS


def tense_after_rieul(syllables: list[str], morpheme: Morpheme, plain: Collection[int]) -> None:
    """Tense syllables of one morpheme in the syllables of its sentence, but not those at the indices `plain`."""
    if _is_mimetic(morpheme.text):
        return
    for index in range(morpheme.start + 1, morpheme.end):
        at = index - morpheme.start
        first, second = morpheme.text[at - 1], morpheme.text[at]
        if (
            first in _ENDING_IN_RIEUL
            and second in _TENSED
            and onset_of(second) in "ᄃᄉᄌ"
            and first != second  # 허허실실, 절절하다 (제26항 다만)
            and index not in plain
            and not morpheme.text.startswith(_NATIVE_PARTS, at)
            and not (index in morpheme.borders and _divides(morpheme, index))
        ):
            syllables[index] = tensed(syllables[index])


def _is_mimetic(word: str) -> bool:
    """Return whether a word repeats or rhymes with itself: 송골송골, 오밀조밀. Such words are native."""
    half = len(word) // 2
    return len(word) % 2 == 0 and half > 1 and word[half - 1] == word[-1]


def _divides(morpheme: Morpheme, border: int) -> bool:
    """Return whether the parts at a border are words of their own, after which only those of parts.tsv are tense.

    One of a single syllable is not (이발+사, 불+성실), unless the first is a native word (돌+산, 가을+장).
    """
    begin = max((start for start in morpheme.borders if start < border), default=morpheme.start)
    end = min((end for end in morpheme.borders if end > border), default=morpheme.end)
    first = morpheme.text[begin - morpheme.start : border - morpheme.start]
    if len(first) == 1:
        return first in _NATIVE_FIRST_PARTS
    return end - border > 1 or first in _NATIVE_WORDS
