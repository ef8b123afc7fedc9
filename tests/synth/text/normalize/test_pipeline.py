"""How texts are read: what a fan types on the left, what is said on the right."""

from __future__ import annotations

import pytest

from voices.synth import Dropped, read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        # shape
        ("안녕하세요!", "안녕하세요!"),
        ("１２３　ＢＴＳ", "백이십삼 비티에스"),
        ("안녕.반가워", "안녕. 반가워"),
        ("헐;;; 진짜요?!?!", "헐, 진짜요!"),
        ("좋아!!!! 정말...", "좋아! 정말."),
        ("그녀가 말했다 : “안녕” (작게) - 끝", "그녀가 말했다, 안녕 작게 끝"),
        ("첫 줄\r\n둘째 줄\n\n", "첫 줄\n둘째 줄"),
        ("안녕~~", "안녕"),
        # signs
        ("톰&제리", "톰 앤 제리"),
        ("№ 3", "넘버 삼"),
        ("30㎡, 20℃", "삼십 제곱미터, 이십 도"),
        ("Vol.3 Ver.2 EP.9", "볼륨 삼 버전 이 에피소드 구"),
        ("2+3=5", "이 더하기 삼은 오"),
        ("=====", ""),
        ("50% 할인", "오십 퍼센트 할인"),
        ("A/S 접수", "에이에스 접수"),
        # letters that stand alone
        ("ㅋㅋ", "크크"),
        ("ㅋㅋㅋㅋㅋㅋ 웃겨", "크크크 웃겨"),
        ("ㅎㅎ", "흐흐"),
        ("결혼 ㅊㅋㅊㅋ!!", "결혼 축하축하!"),
        ("ㅇㅇ ㄴㄴ ㄱㅅ ㅅㄹㅎ", "응응 노노 감사 사랑해"),
        # the net
        ("https://example.com/a?b=1 보세요", "링크 보세요"),
        ("music.naver.com에서", "뮤직 점 네이버 점 컴에서"),
        ("fan@forv.kr로", "팬 골뱅이 에프오알브이 점 케이알로"),
        ("@star_light 팔로우", "스타 라이트 팔로우"),
        ("#생일카페", "해시태그 생일카페"),
        ("가사.TXT", "가사 점 투모로우바이투게더"),
    ],
)
def test_what_is_typed_is_said(typed: str, said: str) -> None:
    assert read(typed).text == said


@pytest.mark.parametrize(
    ("typed", "dropped"),
    [
        ("가 ㅠㅠ 나", [Dropped("ㅠㅠ", 2)]),
        ("ㅜㅜ", [Dropped("ㅜㅜ", 0)]),
        ("😀가👨‍👩‍👧", [Dropped("😀", 0), Dropped("👨‍👩‍👧", 2)]),
        ("3개 漢字", [Dropped("漢字", 3)]),
        ("가\u200b나\u202e", []),
        ("\ud800", [Dropped("?", 0)]),
        ("가\ue000", [Dropped("\ue000", 1)]),
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


@pytest.mark.parametrize("typed", ["", " ", "\n", "...", "ㅠㅠ", "😀"])
def test_nothing_to_say_has_no_sentences(typed: str) -> None:
    spoken = read(typed)
    assert spoken.text == ""
    assert spoken.sentences == ()


@pytest.mark.parametrize(("typed", "said"), [("네.", "네."), ("ㅋㅋ", "크크"), ("1", "일"), ("a", "에이")])
def test_one_word_is_a_sentence(typed: str, said: str) -> None:
    assert [sentence.text for sentence in read(typed).sentences] == [said]
