"""A subset of SSML is read; all else is refused, with its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voices.synth import Spoken, read
from voices.synth.text.ssml import MAX_DEPTH, SsmlError


def spoken(content: str) -> Spoken:
    return read(f"<speak>{content}</speak>", markup="ssml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("안녕하세요. 3개 &lt; 4개", "안녕하세요. 세 개 네 개"),
        ('<sub alias="세계보건기구">WHO</sub>예요', "세계보건기구예요"),
        ('<say-as interpret-as="cardinal">1,234</say-as>', "천이백삼십사"),
        ('<say-as interpret-as="ordinal">20</say-as> 생일', "스무 번째 생일"),
        ('<say-as interpret-as="digits">1234</say-as>', "일이삼사"),
        ('<say-as interpret-as="telephone">010-1234-5678</say-as>', "공일공 일이삼사 오육칠팔"),
        ('<say-as interpret-as="date">20240305</say-as>', "이천이십사년 삼월 오일"),
        ('<say-as interpret-as="date">2024-03-05</say-as>', "이천이십사년 삼월 오일"),
        ('<say-as interpret-as="date">3/5</say-as>', "삼월 오일"),
        ('<say-as interpret-as="time">15:30</say-as>', "십오 시 삼십분"),
        ('<say-as interpret-as="characters">BTS 7가</say-as>', "비 티 에스 칠 가"),
        ("가<!-- 뜻 없음 -->나<![CDATA[ <다> ]]>라", "가나 다 라"),
        ("안녕\n하세요", "안녕 하세요"),
    ],
)
def test_what_is_said(content: str, said: str) -> None:
    assert spoken(content).text == said


@pytest.mark.parametrize(
    ("content", "pauses"),
    [
        ('하나<break time="1.5s"/>둘', [0, 1.5, 0]),
        ('하나<break time="500ms"/>둘<break time="2s"/>', [0, 0.5, 2.0]),
        ('하나<break strength="strong"/>둘<break/>셋', [0, 0.7, 0.35, 0]),
        ("<p>하나</p><p>둘</p>", [0, 1.0, 0]),
        ("<s>하나</s><s>둘</s>", [0, 0.35, 0]),
    ],
)
def test_pauses(content: str, pauses: list[float]) -> None:
    result = spoken(content)
    assert [*(one.pause_seconds for one in result.sentences), result.closing_pause_seconds] == pauses


def test_a_rate_holds_for_what_it_encloses() -> None:
    content = '하나. <prosody rate="slow">둘. <prosody rate="50%">셋.</prosody></prosody> 넷. '
    with pytest.raises(SsmlError):  # 0.8 times 0.5
        spoken(content)
    sentences = spoken(content.replace("50%", "1.5")).sentences
    assert [sentence.speed for sentence in sentences] == pytest.approx([1, 0.8, 1.2, 1])


def test_words_are_those_of_the_document_and_stand_where_they_are_written() -> None:
    document = '<speak>사과 &amp; <sub alias="세계보건기구">WHO</sub>예요.\n<s>한글 3개</s></speak>'
    words = [word for sentence in read(document, markup="ssml").sentences for word in sentence.words]
    assert [word.text for word in words] == ["사과", "&", "WHO예요.", "한글", "3개"]
    assert [document[word.start : word.end] for word in words] == ["사과", "&amp;", "WHO</sub>예요.", "한글", "3개"]


@pytest.mark.parametrize(
    ("document", "code", "what", "place"),
    [
        ("안녕", "ssml_malformed", "", (1, 1)),
        ("", "ssml_malformed", "", (1, 1)),
        ("<speak>안녕", "ssml_malformed", "", (1, 10)),
        ("<speak>&nbsp;</speak>", "ssml_malformed", "", (1, 8)),
        ("<p>안녕</p>", "ssml_unsupported", "<p>", (1, 1)),
        ('<speak>안녕\n 하세요<audio src="x"/></speak>', "ssml_unsupported", "<audio>", (2, 5)),
        ('<speak><prosody pitch="high">가</prosody></speak>', "ssml_unsupported", '<prosody pitch="…">', (1, 8)),
        ('<speak><sub alias="가"><break/></sub></speak>', "ssml_unsupported", "<break> in <sub>", (1, 23)),
        ("<speak><speak/></speak>", "ssml_unsupported", "<speak>", (1, 8)),
        ("<speak><break>가</break></speak>", "ssml_unsupported", "<break>…</break>", (1, 15)),
        ('<speak><break time="soon"/>가</speak>', "ssml_value", '<break time="soon">', (1, 8)),
        ('<speak><break time="11s"/>가</speak>', "pause_out_of_range", '<break time="11s">', (1, 8)),
        ('<speak><prosody rate="3">가</prosody></speak>', "ssml_value", '<prosody rate="3">', (1, 8)),
        ("<speak><prosody>가</prosody></speak>", "ssml_value", '<prosody rate="">', (1, 8)),
        ('<speak><sub alias=" ">가</sub></speak>', "ssml_value", '<sub alias=" ">', (1, 8)),
        (
            '<speak><say-as interpret-as="song">가</say-as></speak>',
            "ssml_value",
            '<say-as interpret-as="song">',
            (1, 8),
        ),
        (
            '<speak><say-as interpret-as="date">언제</say-as></speak>',
            "ssml_value",
            '<say-as interpret-as="date">',
            (1, 38),
        ),
    ],
)
def test_what_is_refused(document: str, code: str, what: str, place: tuple[int, int]) -> None:
    with pytest.raises(SsmlError) as caught:
        read(document, markup="ssml")
    error = caught.value
    assert (error.code, error.what, (error.line, error.column)) == (code, what, place)


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE s [<!ENTITY a "가"><!ENTITY b "&a;&a;&a;">]><speak>&b;</speak>',
        '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><speak>&x;</speak>',
        '<!DOCTYPE s SYSTEM "http://127.0.0.1/x.dtd"><speak>가</speak>',
    ],
)
def test_no_entities_and_nothing_from_outside(document: str) -> None:
    with pytest.raises(SsmlError) as caught:
        read(document, markup="ssml")
    assert caught.value.code == "ssml_unsupported"


def test_elements_are_nested_no_deeper_than_anybody_needs() -> None:
    with pytest.raises(SsmlError):
        spoken("<p>" * MAX_DEPTH + "가" + "</p>" * MAX_DEPTH)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [
                "가나",
                "3개",
                " ",
                "\n",
                "&amp;",
                "😀",
                "<p>",
                "</p>",
                "<s>",
                "</s>",
                '<break time="1s"/>',
                "<",
                "&",
                "]]>",
                '<sub alias="다">',
                "</sub>",
                '<prosody rate="slow">',
                "</prosody>",
                "<![CDATA[",
                "<?a b?>",
                "\r",
                "\x01",
                '<say-as interpret-as="digits">',
                "</say-as>",
                "1",
                "<!--",
                "-->",
            ]
        )
    )
)
def test_any_document_is_read_or_refused(pieces: list[str]) -> None:
    document = f"<speak>{''.join(pieces)}</speak>"
    try:
        result = read(document, markup="ssml")
    except SsmlError as error:
        assert error.line >= 1 and error.column >= 1
        return
    for sentence in result.sentences:
        assert sum(word.token_count for word in sentence.words) == len(sentence.tokens)
        assert all(0 <= word.start < word.end <= len(document) for word in sentence.words)
