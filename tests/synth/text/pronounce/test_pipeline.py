"""How Hangul sounds, one line for each rule of 표준발음법 that g2pk has not or gets wrong."""

from __future__ import annotations

import pytest

from voices.synth import read


@pytest.mark.parametrize(
    ("spelled", "pronounced"),
    [
        ("값이 비싸요!", "갑씨 비싸요!"),
        ("있었어요.", "이써써요."),
        ("같이", "가치"),
        ("밟아서 밟고", "발바서 밥꼬"),  # 제10항
        ("늪에", "느페"),  # 제13항; no name of a letter
        ("티읕이", "티으시"),  # 제16항
        ("앞라인", "암나인"),  # 제19항
        ("흙칼", "흑칼"),
        ("판단력 횡단로", "판단녁 횡단노"),  # 제20항 다만
        ("양말을 신고 나간다", "양마를 신꼬 나간다"),  # 제24항
        ("밀도 별도 실제", "밀또 별또 실쩨"),  # 제26항
        ("달달 알다", "달달 알다"),
        ("예술적", "예술쩍"),
        ("할게요 갈지", "할께요 갈찌"),  # 제27항 붙임
        ("글쓰기법 도서권 위염증", "글쓰기뻡 도서꿘 위염쯩"),  # 제28항
        ("말소리 구슬방울", "말쏘리 구슬빵울"),
        ("가족여행 청소년용", "가종녀행 청소년뇽"),  # 제29항
        ("콩잎을", "콩니플"),
        ("십육 백육십", "심뉵 뱅뉵씹"),
        ("바닷일", "바단닐"),  # 제30항
        # over a space: only after one syllable or -(으)ㄹ
        ("팥 한 알", "파 탄 알"),
        ("숲 안", "수 반"),
        ("갈 곳", "갈 꼳"),
        ("볼 일", "볼 릴"),
        ("매일 날씨", "매일 날씨"),
        ("국, 하나", "국, 하나"),
    ],
)
def test_words_sound_by_the_rules_of_standard_pronunciation(spelled: str, pronounced: str) -> None:
    spoken = read(spelled, "pronounced")
    assert spoken.text == spelled
    assert spoken.pronunciation == pronounced


def test_a_legacy_voice_is_given_text_as_spelled() -> None:
    assert read("값이 3원", "spelled").pronunciation == "값이 삼원"


def test_a_voice_for_pronunciations_need_not_know_how_words_are_spelled() -> None:
    assert read("있다", "pronounced", symbols="ᄋᄃ띠ᅡᆮ").pronunciation == "읻따"
