"""How texts are read: what a fan types on the left, what is said on the right."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voices.synth import Dropped, read
from voices.synth.text.sentences import MAX_SYLLABLES


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("안녕하세요!", "안녕하세요!"),
        ("１２３　ＢＴＳ", "백이십삼 비티에스"),
        ("안녕.반가워", "안녕. 반가워"),
        ("헐;;; 진짜요?!?!", "헐, 진짜요!"),
        ("좋아!!!! 정말...", "좋아! 정말."),
        ("그녀가 말했다 : “안녕” (작게) - 끝", "그녀가 말했다, 안녕 작게 끝"),
        ("톰&제리", "톰 앤 제리"),
        # numbers
        ("1,000원", "천원"),
        ("10,500원 123456789", "만오백원 일억이천삼백사십오만육천칠백팔십구"),
        ("0 10 100 1만 100000000", "영 십 백 일만 일억"),
        ("3.14", "삼점일사"),
        ("-5도", "마이너스 오도"),
        ("100%", "백 퍼센트"),
        ("$5 ₩1,000", "오 달러 천 원"),
        ("3개 20명 21살 2번째 1번째", "세 개 스무 명 스물한 살 두 번째 첫 번째"),
        ("3시 15시 3시간 24시간", "세 시 십오 시 세 시간 이십사 시간"),
        ("3:30 14:00", "세시 삼십분 십사시"),
        ("2024-12-25", "이천이십사년 십이월 이십오일"),
        ("2024.6.5 10월", "이천이십사년 유월 오일 시월"),
        ("2024-13-45", "이천이십사 십삼 사십오"),
        ("010-1234-5678", "공일공 일이삼사 오육칠팔"),
        ("007", "공공칠"),
        ("1~3월", "일에서 삼월"),
        ("180cm 5kg", "백팔십 센티미터 오 킬로그램"),
        ("9" * 21, "구" * 21),
        # Latin letters
        ("BTS", "비티에스"),
        ("game", "게임"),
        ("old school", "올드 스쿨"),
        ("qwrtp", "큐더블유알티피"),
        # letters that stand alone
        ("ㅋㅋ", "크크"),
        ("ㅋㅋㅋㅋㅋㅋ 미쳤다", "크크크 미쳤다"),
        ("ㅎㅎ", "흐흐"),
        ("생일 ㅊㅋㅊㅋ!!", "생일 축하축하!"),
        # lines
        ("첫 줄\r\n둘째 줄\n\n", "첫 줄\n둘째 줄"),
    ],
)
def test_what_is_typed_is_said(typed: str, said: str) -> None:
    assert read(typed).text == said


@pytest.mark.parametrize(
    ("spelled", "pronounced"),
    [
        ("값이 싸요!", "갑씨 싸요!"),
        ("있었어요.", "이써써요."),
        ("닭칼", "닥칼"),  # g2pk has "다1)알"
        ("오늘 날씨", "오늘 날씨"),  # across a space nothing is joined
        ("옷 안", "옫 안"),
        ("같이", "가치"),
    ],
)
def test_what_is_spelled_is_pronounced_word_by_word(spelled: str, pronounced: str) -> None:
    spoken = read(spelled, "pronounced")
    assert spoken.text == spelled
    assert spoken.pronunciation == pronounced


def test_a_voice_of_the_seed_is_given_text_as_spelled() -> None:
    assert read("값이 3원", "spelled").pronunciation == "값이 삼원"


@pytest.mark.parametrize(
    ("typed", "dropped"),
    [
        ("가 ㅠㅠ 나", [Dropped("ㅠㅠ", 2)]),
        ("ㅜㅜ", [Dropped("ㅜㅜ", 0)]),
        ("😀가👨‍👩‍👧", [Dropped("😀", 0), Dropped("👨‍👩‍👧", 2)]),
        ("3개 漢字", [Dropped("漢字", 3)]),
        ("가\u200b나\u202e", []),
        ("\ud800", [Dropped("?", 0)]),
        ("#해시", [Dropped("#", 0)]),
    ],
)
def test_what_cannot_be_said_is_reported_where_it_stood(typed: str, dropped: list[Dropped]) -> None:
    assert list(read(typed).dropped) == dropped


def test_conjoining_jamo_are_read_as_syllables() -> None:
    assert read("한글").text == "한글"


def test_symbols_the_voice_lacks_are_dropped_and_reported() -> None:
    spoken = read("가나, 다!", symbols="가다 !")
    assert spoken.text == "가 다!"
    assert list(spoken.dropped) == [Dropped("나,", 1)]


def test_a_voice_for_pronunciations_need_not_know_how_words_are_spelled() -> None:
    assert read("있다", "pronounced", symbols="ᄋᄃ띠ᅡᆮ").pronunciation == "읻따"


def test_sentences_keep_their_final_punctuation() -> None:
    assert [sentence.text for sentence in read("안녕! 잘 지내? 응.\n그래").sentences] == [
        "안녕!",
        "잘 지내?",
        "응.",
        "그래",
    ]


def test_overlong_sentences_are_split_at_a_comma_or_a_space() -> None:
    words = ["가나다라마"] * 9 + ["가나다,"] + ["가나다라마"] * 9 + ["끝."]
    sentences = [sentence.text for sentence in read(" ".join(words)).sentences]
    assert " ".join(sentences) == " ".join(words)
    assert sentences[0].endswith("가나다,")
    assert all(len(sentence.replace(" ", "")) <= MAX_SYLLABLES for sentence in sentences)


def test_a_word_without_end_is_split_too() -> None:
    assert [len(sentence.text) for sentence in read("아" * 150).sentences] == [60, 60, 30]


@pytest.mark.parametrize("typed", ["", " ", "\n", "...", "ㅠㅠ", "😀"])
def test_nothing_to_say_has_no_sentences(typed: str) -> None:
    spoken = read(typed)
    assert spoken.text == ""
    assert spoken.sentences == ()


anything = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from(
            "가힣한글을ㅋㅎㅠㅇ각0123456789,.:-~%$!?…'\"()\n\r \u200b\u200d\u202e\ufe0f\x00😀👨BTSgameé①㎏"
        ),
    )
)


@settings(deadline=None, max_examples=300)
@given(anything, st.sampled_from(["spelled", "pronounced"]))
def test_any_string_is_read_and_reading_again_changes_nothing(text: str, mode: str) -> None:
    spoken = read(text, mode)  # type: ignore[arg-type]
    assert read(spoken.text, mode).text == spoken.text  # type: ignore[arg-type]
    assert read(spoken.text).dropped == ()
    assert all("가" <= character <= "힣" or character in " .,!?\n" for character in spoken.text + spoken.pronunciation)
    indices = [dropped.index for dropped in spoken.dropped]
    assert indices == sorted(indices)
    assert all(0 <= index < len(text) for index in indices)
    spoken.text.encode()
    for sentence in spoken.sentences:
        assert sentence.text
        assert len(sentence.text.split(" ")) == len(sentence.pronunciation.split(" "))


@pytest.mark.parametrize(
    "piece",
    ["가", "가나다 ", "1", "1,", "1 ", ".", " ", "ㅋ", "a", "A ", "a'", "ᄀ", "\u0301", "😀", "\n", "-", "0-", ",. "],
)
def test_a_hundred_thousand_characters_are_read_in_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 6
