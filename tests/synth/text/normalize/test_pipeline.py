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
        ("4*5", "사 곱하기 오"),
        ("(주)별빛", "주식회사 별빛"),
        ("수학은 C+, 영어는 B-였어", "수학은 씨 플러스, 영어는 비 마이너스였어"),
        ("α파와 π, 제Ⅲ장, 6N·m", "알파 파와 파이, 제삼장, 육 뉴턴미터"),
        ("café, 5kcal/100g", "카페, 오 킬로칼로리 퍼 백 그램"),
        ("Rh- O형, A-매치", "알에이치 마이너스 오형, 에이 매치"),
        ("F-4 SM-6 COVID-19", "에프 사 에스엠 육 코비드 십구"),
        # abbreviations with full stops
        ("Mr. 김과 Mrs.이", "미스터 김과 미세스 이"),
        ("A.D. 30년, U.K.에서 Ph.D. 과정", "에이디 삼십년, 유케이에서 피에이치디 과정"),
        ("J.K.Smith 9 p.m.", "제이케이 스미스 오후 아홉 시"),
        # HTML
        ("&lt;공지&gt; 별&nbsp;&amp; 달&#33;", "공지 별 앤 달!"),
        ("<b>내일</b>은<br/>쉽니다", "내일 은 쉽니다"),
        ("<Butter> 들어봐", "버터 들어봐"),
        # particles after brackets
        ("FIFA(국제축구연맹)가", "피파 국제축구연맹이"),
        ("방탄소년단(BTS)이", "방탄소년단 비티에스가"),
        ("BTS을(를) 별이(가) 집(으)로 3(으)로", "비티에스를 별이 집으로 삼으로"),
        ("글)는", "글는"),
        # letters that stand alone
        ("ㅋㅋ", "크크"),
        ("ㅋㅋㅋㅋㅋㅋ 웃겨", "크크크 웃겨"),
        ("ㅎㅎ", "흐흐"),
        ("결혼 ㅊㅋㅊㅋ!!", "결혼 축하축하!"),
        ("ㄴㄴㄴ ㄹㅇㅋㅋ", "노노노 리얼크크"),
        ("ㅇㅇ ㄴㄴ ㄱㅅ ㅅㄹㅎ", "응응 노노 감사 사랑해"),
        ("ㄱㅅㅎㄴㄷ ㅍㅇㅌ", "감사합니다 파이팅"),
        ("ㅇㅏㄴㄴㅕㅇ", "안녕"),
        ("ㅃㄹ 와, ㅊㅊ해요", "빨리 와, 추천해요"),
        ("반가워 (๑˘︶˘๑)", "반가워"),
        # the net
        ("https://example.com/a?b=1 보세요", "링크 보세요"),
        ("music.naver.com에서", "뮤직 점 네이버 점 컴에서"),
        ("fan@forv.kr로", "팬 골뱅이 에프오알브이 점 케이알로"),
        ("@star_light 팔로우", "스타 라이트 팔로우"),
        ("#생일카페", "해시태그 생일카페"),
        ("가사.TXT", "가사 점 티엑스티"),
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
        ("<b>가</b> 3 < 5", [Dropped("<b>", 0), Dropped("</b>", 4), Dropped("<", 11)]),
        ("2024-01-15T14:30:00.5Z", [Dropped(".5Z", 19)]),
        ("ㅁㅎㄱㅋ 가", [Dropped("ㅁㅎㄱㅋ", 0)]),
        ("가 T_T <3", [Dropped("T_T", 2), Dropped("<3", 6)]),
        ("가 ^o^ @.@", [Dropped("^o^", 2), Dropped("@.@", 6)]),
        ("가 (≧▽≦)", [Dropped("(≧▽≦)", 2)]),
        ("가 (α+β)", []),
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
