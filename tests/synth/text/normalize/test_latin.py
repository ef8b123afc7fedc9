"""Latin letters, names, an administrator's lexicon, and the particles after them."""

from __future__ import annotations

import pytest

from voices.synth.text import Lexicon, read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("FBI", "에프비아이"),
        ("music", "뮤직"),
        ("new song", "뉴 송"),
        ("qwrtp", "큐더블유알티피"),
        ("black swan", "블랙 스완"),
        ("beauty queen", "뷰티 퀸"),
        ("table, open, system", "테이블, 오픈, 시스템"),
        ("LOVE", "러브"),
        # weak vowels by their letters, R between vowels, words that loanwords write otherwise
        ("hello, service, chicken, level", "헬로, 서비스, 치킨, 레벨"),
        ("mystery, original, always, power", "미스터리, 오리지널, 올웨이즈, 파워"),
        ("opening, season, student, wonderful", "오프닝, 시즌, 스튜던트, 원더풀"),
        ("golf, model, comment, festival", "골프, 모델, 코멘트, 페스티벌"),
        ("marathon, hero, LA, about", "마라톤, 히어로, 엘에이, 어바웃"),
        ("lightstick", "라이트스틱"),
        ("MP4 F1 6G G20", "엠피포 에프원 식스지 지이십"),
        ("2nd 앨범", "세컨드 앨범"),
        ("IVE 컴백", "아이브 컴백"),
        ("iPhone", "아이폰"),
        # words that no dictionary knows: romanized Korean, others by their letters, and what can't be said
        ("Sooyeon, Kyunghee, Myungsoo, gomawo", "수연, 경희, 명수, 고마워"),
        ("dalgona, hanbok, Cheongju, Namsan", "달고나, 한복, 청주, 남산"),
        ("zorvane, Blimpo, quezzo", "조베인, 블림포, 퀘조"),
        ("homepage, keyring, ZXQW", "홈페이지, 키링, 제트엑스큐더블유"),
        ("TOP50, A~Z", "톱오십, 에이에서 제트"),
        ("God's plan, Minji's", "갓스 플랜, 민지즈"),
        ("I", "아이"),
    ],
)
def test_latin_letters_are_read_in_hangul(typed: str, said: str) -> None:
    assert read(typed).text == said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("FBI은 FBI과", "에프비아이는 에프비아이와"),
        ("USA으로 LA로 NFL로", "유에스에이로 엘에이로 엔에프엘로"),
        ("6를 6을", "육을 육을"),
        ("8는 9로", "팔은 구로"),
        ("6로", "육으로"),
        ("5라고", "오라고"),
        ("6라고", "육이라고"),
        ("2/9이 남았다", "구분의 이가 남았다"),
        ("종로 3가", "종로 삼가"),
    ],
)
def test_particles_agree_with_what_was_read_out(typed: str, said: str) -> None:
    assert read(typed).text == said


LEXICON = Lexicon([("FORV", "포브"), ("FORV Live", "포브 라이브"), ("별밤", "별빰"), ("77", "칠칠"), ("LUV", "럽")])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("FORV가 forv를", "포브가 포브를"),
        ("FORV Live", "포브 라이브"),
        ("FORVX", "에프오알브이엑스"),
        ("77년 177", "칠칠년 백칠십칠"),
        ("별밤이다 큰별밤", "별빰이다 큰별밤"),
        ("LUV luv", "럽 루브"),
        ("LUV로", "럽으로"),
    ],
)
def test_a_lexicon_comes_first_and_its_longest_entry_wins(typed: str, said: str) -> None:
    assert read(typed, lexicon=LEXICON).text == said


@pytest.mark.parametrize(("written", "reading"), [("", "가"), ("a" * 65, "가"), ("a", ""), ("a", "b"), ("a", " 가")])
def test_a_lexicon_refuses_what_cannot_be_said(written: str, reading: str) -> None:
    with pytest.raises(ValueError, match="must"):
        Lexicon([(written, reading)])


def test_an_empty_lexicon_changes_nothing() -> None:
    assert read("3개", lexicon=Lexicon([])) == read("3개")
