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
# Native and foreign parts that only look like them: 물장난, 돌다리.
_NATIVE_PARTS = (
    "장난 장구 장갑 다리 다람 다공 대답 대꾸 대포 도저 도마 도둑 잔치 잡이 자식 자동 조개 새끼 소시지 달음 다발 두루"
)
_NATIVE = tuple(_NATIVE_PARTS.split())
_SINO_SUFFIXES = "적성자장제증"  # after a noun in ㄹ: 현실적, 기술자

# Second parts of compounds that become tense after ㄹ, ㄴ, ㅁ or ㅇ (제28항).
_HEADS = "가락 값 고랑 구멍 구석 그릇 길 더미 덩어리 덩이 도랑 동무 바구니 바닥 바람 방울 버릇 볕 빛 소리 재주"
_HEADS += " 주머니 줄기 짓 가게 가루 짐승 동네 두렁 부리 솜씨 자락 자루"
_HEADS_EXCEPTIONS = (
    "오솔길 큰길 한길 칼바람 찬바람 산들바람 실바람 솔바람 건들바람 흔들바람 선들바람 남실바람 된바람 맞바람"
    " 잔소리 큰소리 된소리 센소리 흰소리 군소리 딴소리 긴소리 쓴소리 한소리 단소리 빈소리 은방울 왕방울 딴짓 군짓"
    " 질그릇 맨바닥 한구석 한가락 잔재주 온동네"
)
_TENSED_HEADS, _NOT_TENSED = frozenset(_HEADS.split()), frozenset(_HEADS_EXCEPTIONS.split())
# Last syllables of Sino-Korean words that are tense after any sound, as in dictionaries (제28항): from how many
# syllables of the word on, and the words that are exceptions.
_SUFFIXES_AND_EXCEPTIONS = {
    "권": (2, "강권 전권 상권 하권 중권 석권"),
    "증": (3, "영수증 보증 검증 인증 고증 급증 논증"),
    "법": (3, "방법 마법 사법 위법 합법 불법 비법 편법 입법 준법 무법 적법"),
    "과": (3, "결과 성과 효과 통과 경과 초과 사과 투과 여과 모과 부과 다과 약과 일과"),
    "격": (3, "가격 자격 간격 공격 충격 규격 체격 목격 저격 반격 진격 감격 습격 골격 과격 추격 돌격"),
    # 性; not 城, 星, 成
    "성": (
        3,
        "남한산성 북한산성 행주산성 만리장성 인공위성 통신위성 기상위성 소행성 외행성 왜행성 천왕성 해왕성 명왕성"
        " 모래성 재구성 미완성 대찬성 재형성 재편성 남성 여성 개성 반지성 국방성 외무성 환호성",
    ),
    # 病; not 兵, 甁
    "병": (
        3,
        "헌병 용병 해병 장병 신병 파병 경비병 위생병 보초병 포병 기병 보병 공병 통신병 운전병 취사병 소총병 의장병"
        " 훈련병 저격병 탈영병 지원병 감시병 보온병 간병 투병 문병 우유병 젖병 빈병",
    ),
    # 點; not 店, 占
    "점": (
        3,
        "전문점 편의점 할인점 면세점 음식점 백화점 대리점 가맹점 체인점 분식점 양품점 제과점 판매점 잡화점 상점 서점"
        " 매점 본점 분점 반점 주점 노점 개점 폐점 입점 직영점 총판점 소매점 도매점 양복점 안경점 만물점 화장품점 커피점"
        " 무인점 배점 선점 독점 영업점 취급점 정육점 일식점 중식점 한식점 명동점 강남점 홍대점 지점",
    ),
}
_TENSED_SUFFIXES = {
    suffix: (minimum, tuple(exceptions.split())) for suffix, (minimum, exceptions) in _SUFFIXES_AND_EXCEPTIONS.items()
}
# Nouns after which -가 is a price (價), not a person (家), a song (歌) or a street (街).
_PRICED_NOUNS = (
    "분양 매매 판매 소비자 공시 감정 전세 할인 도매 소매 출고 상한 하한 거래 실거래 희망 예상 권장 기준 공급 수입 경매"
    " 신고 정찰 협정 시초 공모 발행 액면 매입 매수 매도 취득 낙찰 입찰 제시 산정 표준 납품 구매 구입 행사 목표 청산"
    " 계약 임대 평균 원유 정상 출시 예매 고시 보험 수매"
)
_PRICED = frozenset(_PRICED_NOUNS.split())
# MeCab takes this 가 for a particle, which none of these particles can follow.
_PRICE = re.compile(
    f"(?:{_PRICED_NOUNS.replace(' ', '|')})가(?=[는를로의도]|만(?![가-힣])|보다|에|까지|부터|가(?![가-힣]))"
)
# Second parts of compounds that get ㄴ after a consonant (제29항); those of one syllable from three syllables on.
_HEADS_WITH_NIEUN = "여행 열차 요리 이야기 여성 이불 윤리 여우 연필 양말 영화 유리 연휴 요금 예능 역사 육아 연금 연대"
_INSERTED_HEADS, _INSERTED_SUFFIXES = frozenset(_HEADS_WITH_NIEUN.split()), frozenset("용역염약열율엿")
# After ㄴ these Sino-Korean suffixes keep their own sound as ㄴ instead of making it ㄹ (제20항 다만).
_NASAL_SUFFIXES = set("란력량령론료류률례로")
_AFTER_ENDING = "게걸거건것지수밖바뿐데적줄듯세"  # 갈게, 할밖에 (제27항); but 할부 is a noun
_NUMERALS = "영일이삼사오육칠팔구십백천만억조"
_ORDER = re.compile(f"제[{_NUMERALS}]+.")  # 제일권
_NUMBER_SIX = re.compile("(?<=[십백천만])육")  # 십육 is pronounced 심뉵
_NUMBER_POINT = re.compile(f"(?<![가-힣])(?:[{_NUMERALS}]++점)+(?![검심수포원자])")  # a score or a decimal point
_NUMBER_YEON = re.compile(f"(?<![가-힣])([{_NUMERALS}]*[일삼육칠팔십백천만])연대")  # 일련대, 삼년대
# Counters after numerals in ㄹ, which look like Sino-Korean words: 일대일, 칠집, 팔주 (but 일주일 is one).
_COUNTER = re.compile(
    f"(?<![가-힣])[{_NUMERALS}]*"
    f"(?:[일칠팔]집|[칠팔][주동단세]|[{_NUMERALS}]대(?= ?[{_NUMERALS}]++(?:[로의은이을과도]|[ .,!?]|$)))"
)
# Endings in -ㄹ- that MeCab does not always find (제27항 붙임): 할게요, 먹을게, 올걸, 할세라.
_ENDING = re.compile(
    "(?<!거)[할볼올될릴킬낼뵐쉴뛸줄갈을칠질][게걸](?=[요용여염욤]?(?:[ .,!?]|$))|[가-힣]게(?=[요용염욤](?:[ .,!?]|$))"
    "|[가-힣](?:수(?=록)|세(?=라(?:[ .,!?]|$))|지(?=언정|라도))"
)


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
    if before is None:
        return
    if before.last_tag == "ETM" and coda_of(before.text[-1]) == "ᆯ" and morpheme.text[0] in _AFTER_ENDING:
        _tense(syllables, start)
    if before.text == "몇" and morpheme.tag.startswith("N") and morpheme.text[0] not in "이을은":
        _neutralize_myeot(syllables, before.start)


def _neutralize_myeot(syllables: list[str], index: int) -> None:
    """Respell 몇 before a noun that begins with a vowel: 몇월 is 며둴 (제15항)."""
    if onset_of(syllables[index + 1]) == "ᄋ":
        syllables[index : index + 2] = "며", with_onset(syllables[index + 1], "ᄃ")


def _tense_after_rieul(syllables: list[str], start: int, end: int) -> None:
    word = "".join(syllables[start:end])
    for index in range(start, end - 1):
        first, second = syllables[index], syllables[index + 1]
        if (
            first in _SINO_RIEUL
            and second in _SINO_TENSED
            and onset_of(second) in "ᄃᄉᄌ"
            and not _is_repeated(syllables, index)
            and not word.startswith(_NATIVE, index + 1 - start)
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
    word = (before.text if follows_noun and before else "") + morpheme.text
    suffix = word[-1]
    if suffix in _TENSED_SUFFIXES:
        minimum, exceptions = _TENSED_SUFFIXES[suffix]
        if length >= minimum and not _is_exception(word, exceptions, morpheme.tag):
            _tense(syllables, last)
    if suffix == "가" and word[:-1] in _PRICED:
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


def _is_exception(word: str, exceptions: tuple[str, ...], tag: str) -> bool:
    """Return whether a word is an exception, or ends like one; a suffix ends none: 투명+성 is not 명성."""
    if _ORDER.fullmatch(word):
        return True
    return word in exceptions or (tag != "XSN" and word.endswith(exceptions))


def respell_numbers(sentence: str) -> str:
    """Respell numbers of the same length: 십육 -> 십뉵, 팔점 -> 팔쩜, 삼연대 -> 삼년대."""
    sentence = _NUMBER_POINT.sub(lambda match: match[0].replace("점", "쩜"), sentence)
    sentence = _NUMBER_YEON.sub(lambda match: f"{match[1]}년대", sentence)
    return _NUMBER_SIX.sub("뉵", sentence)


def respell_counters(sentence: str, syllables: list[str]) -> None:
    """Leave counters after numerals plain: 일대일, 칠집."""
    for match in _COUNTER.finditer(sentence):
        syllables[match.end() - 1] = sentence[match.end() - 1]


def respell_endings(sentence: str, syllables: list[str]) -> None:
    """Tense what follows ㄹ in endings (먹을게, 볼게요, 할세라), and prices before particles (할인가는)."""
    for match in _PRICE.finditer(sentence):
        _tense(syllables, match.end() - 1)
    for match in _ENDING.finditer(sentence):
        index = match.end() - 1
        if coda_of(sentence[index - 1]) == "ᆯ":
            _tense(syllables, index)


def _tense(syllables: list[str], index: int) -> None:
    onset = onset_of(syllables[index])
    if onset in _TENSE:
        syllables[index] = with_onset(syllables[index], _TENSE[onset])
