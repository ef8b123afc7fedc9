"""Tensing and ㄴ-insertion that the spelling does not show and g2pk does not know, morpheme by morpheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voices.synth.text.hangul import coda_of, onset_of, with_onset

if TYPE_CHECKING:
    from voices.synth.text.pronounce.tagging import Morpheme

_TENSE = dict(zip("ᄀᄃᄇᄉᄌ", "ᄁᄄᄈᄊᄍ", strict=True))
_SONORANTS = "ᆫᆯᆷᆼᆱ"

# Syllables of Sino-Korean words: those with a final ㄹ, and those that become tense after it (제26항).
_SINO_RIEUL = set(
    "갈걸결골굴궐귤길날눌달돌랄렬률말멸몰물밀발벌별불살설술슬실알얼열올왈울월율을일절졸즐질찰철촬출탈팔필할혈홀활휼힐칠"
)
_SINO_TENSED = set(
    "다단달담답당대덕도독돈돌동두둔득등사삭산살삼삽상새색생서석선설섬섭성세소속손송쇄쇠수숙순술숭슬습승시식신실심십"
    "자작잔잠잡장재쟁저적전절점접정제조족존졸종좌죄주죽준중즉즐즙증지직진질집징"
)
_SINO_SUFFIXES = "적성자장제증"  # after a noun in ㄹ: 현실적, 기술자

# Second parts of compounds that become tense after ㄹ, ㄴ, ㅁ or ㅇ (제28항).
_HEADS = "가락 값 고랑 구멍 구석 그릇 길 더미 덩어리 덩이 도랑 동무 바구니 바닥 바람 방울 버릇 벌레 볕 빛 소리 재주"
_HEADS += " 주머니 줄기 짓"
_HEADS_EXCEPTIONS = "오솔길 큰길 칼바람 찬바람 잔소리 큰소리 된소리 센소리 흰소리 군소리 딴소리 긴소리"
_TENSED_HEADS, _NOT_TENSED = frozenset(_HEADS.split()), frozenset(_HEADS_EXCEPTIONS.split())
# Last syllables of Sino-Korean words that are tense after any sound, as in dictionaries (제28항): from how many
# syllables of the word on, and the words that are exceptions.
_TENSED_SUFFIXES = {
    "권": (2, "강권 전권 상권 하권 중권 석권"),
    "증": (3, "영수증 보증 검증 인증 고증 급증 논증"),
    "법": (3, "방법 마법 사법 위법 합법 불법 비법 편법 입법 준법 무법 적법"),
    "과": (3, "결과 성과 효과 통과 경과 초과 사과 투과 여과 모과 부과 다과 약과 일과"),
}
# Second parts of compounds that get ㄴ after a consonant (제29항); those of one syllable from three syllables on.
_HEADS_WITH_NIEUN = "여행 열차 요리 이야기 여성 이불 윤리 여우 연필 양말 영화 유리 연휴 요금 예능 역사 육아"
_INSERTED_HEADS, _INSERTED_SUFFIXES = frozenset(_HEADS_WITH_NIEUN.split()), frozenset("용역염약열율")
# After ㄴ these Sino-Korean suffixes keep their own sound as ㄴ instead of making it ㄹ (제20항 다만).
_NASAL_SUFFIXES = set("란력량령론료류률례로")
_NUMBER_SIX = re.compile("(?<=[십백천만])육")  # 십육 is 심뉵


def respell(syllables: list[str], morpheme: Morpheme, before: Morpheme | None) -> None:
    """Respell the syllables of one morpheme in the syllables of its sentence.

    `before` is the morpheme that it follows in the same eojeol.
    """
    start, end = morpheme.start, morpheme.end
    if morpheme.tag in ("NNG", "NR", "XR", "MAG"):
        _tense_after_rieul(syllables, start, end)
    if morpheme.is_noun:
        _respell_noun(syllables, morpheme, before)
    if morpheme.last_tag.startswith("E") and len(morpheme.text) > 1:
        # -ㄹ게, -ㄹ걸, -을지 (제27항 붙임)
        for index in range(start, end - 1):
            if coda_of(syllables[index]) == "ᆯ" and morpheme.text[index - start] not in "들":
                _tense(syllables, index + 1)


def _tense_after_rieul(syllables: list[str], start: int, end: int) -> None:
    for index in range(start, end - 1):
        first, second = syllables[index], syllables[index + 1]
        if (
            first in _SINO_RIEUL
            and second in _SINO_TENSED
            and onset_of(second) in "ᄃᄉᄌ"
            and not _is_repeated(syllables, index)
        ):
            _tense(syllables, index + 1)


def _is_repeated(syllables: list[str], index: int) -> bool:
    """Return whether a syllable is said twice: 허허실실, 절절하다 are not tense (제26항 다만)."""
    return syllables[index] == syllables[index + 1]


def _respell_noun(syllables: list[str], morpheme: Morpheme, before: Morpheme | None) -> None:
    start, end = morpheme.start, morpheme.end
    follows_noun = before is not None and before.is_noun
    word_start = before.start if follows_noun and before else start
    length = end - word_start
    last = end - 1
    word = "".join(syllables[word_start:end])
    suffix = syllables[last]
    if suffix in _TENSED_SUFFIXES:
        minimum, exceptions = _TENSED_SUFFIXES[suffix]
        if length >= minimum and not word.endswith(tuple(exceptions.split())):
            _tense(syllables, last)
    if length >= 3 and coda_of(syllables[last - 1]) == "ᆫ" and suffix in _NASAL_SUFFIXES:
        syllables[last] = with_onset(suffix, "ᄂ")
    if morpheme.tag == "XSN" and suffix in _SINO_SUFFIXES and follows_noun and coda_of(syllables[start - 1]) == "ᆯ":
        _tense(syllables, start)
    for head_start in range(word_start + 1, end):
        head = "".join(syllables[head_start:end])
        if head in _TENSED_HEADS and word not in _NOT_TENSED and coda_of(syllables[head_start - 1]) in _SONORANTS:
            _tense(syllables, head_start)
        inserts = head in _INSERTED_HEADS or (head in _INSERTED_SUFFIXES and length >= 3)
        if inserts and coda_of(syllables[head_start - 1]):
            syllables[head_start] = with_onset(syllables[head_start], "ᄂ")
    # 깻잎, 뒷일: an ㅅ that joins two nouns is followed by ㄴ (제30항 3).
    for index in range(word_start, last):
        if coda_of(syllables[index]) == "ᆺ" and syllables[index + 1] in ("이", "일", "잎", "잇", "야", "여", "열", "윷"):
            syllables[index + 1] = with_onset(syllables[index + 1], "ᄂ")


def respell_numbers(sentence: str) -> str:
    """Respell a six after tens, hundreds and thousands: 십육 is 십뉵."""
    return _NUMBER_SIX.sub("뉵", sentence)


def _tense(syllables: list[str], index: int) -> None:
    onset = onset_of(syllables[index])
    if onset in _TENSE:
        syllables[index] = with_onset(syllables[index], _TENSE[onset])
