"""Each word that is typed is found again in what is spoken, with its place in the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voices.synth import read

# Between slashes: the words of a text. The number says how many tokens a word is spoken as, if not one.
TEXTS = [
    ["사과", ("3개를", 2), "샀어요!"],
    [("$5", 2), "내고", "2024년", "3월", "5일", ("3:30에", 3), "만나요."],
    ["“안녕하세요,”", "하고", "(웃으며)", "말했다."],
    ["안녕😀", "반가워요~"],
    ["https://example.com/a", "봐요"],
    [("010-1234-5678로", 3), "전화해요."],
    ["BTS는", "1,234,567원,", "“정말?”"],
]


@pytest.mark.parametrize("words", TEXTS, ids=lambda words: str(words[0]))
def test_a_typed_word_is_one_word_however_it_is_spoken(words: list[str | tuple[str, int]]) -> None:
    expected = [word if isinstance(word, tuple) else (word, 1) for word in words]
    text = " ".join(word for word, _ in expected)
    found = [word for sentence in read(text).sentences for word in sentence.words]
    assert [(word.text, word.token_count) for word in found] == expected
    assert [text[word.start : word.end] for word in found] == [word for word, _ in expected]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("안녕.반가워", ["안녕.", "반가워"]),
        ("하나,둘,셋", ["하나,", "둘,", "셋"]),
        ("- 3 kg", ["3 kg"]),
        ("안녕 😀 반가워", ["안녕", "반가워"]),
        ("안녕\n\n반가워", ["안녕", "반가워"]),
        ("한국어漢字한국어", ["한국어漢字한국어"]),
        ("가" * 50, ["가" * 40, "가" * 10]),
        ("한국", ["한국"]),  # decomposed
    ],
)
def test_where_a_word_ends(text: str, words: list[str]) -> None:
    found = [word for sentence in read(text).sentences for word in sentence.words]
    assert [word.text for word in found] == words
    assert [" ".join(text[word.start : word.end].split()) for word in found] == words


def test_positions_count_code_points() -> None:
    (word,) = read("😀😀 안녕").sentences[0].words
    assert (word.start, word.end) == (3, 5)


def test_a_number_that_is_too_long_for_a_sentence_is_a_word_of_both() -> None:
    text = "1234567890" * 5 + "원"
    first, second = read(text).sentences
    assert (first.words[0].start, second.words[0].start) == (0, 0)
    assert second.words[0].end == len(text)


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("가나다한글을이번개0123456789,.:-~/+%$!?…'\"()\n \u200b😀ㅋBTSg①№̈")))
def test_words_stand_for_all_tokens_in_order(text: str) -> None:
    starts = []
    for sentence in read(text).sentences:
        assert sum(word.token_count for word in sentence.words) == len(sentence.tokens)
        tokens = iter(sentence.tokens)
        for word in sentence.words:
            assert 0 <= word.start < word.end <= len(text)
            assert word.text and word.text == " ".join(text[word.start : word.end].split())
            for _ in range(word.token_count):
                token = next(tokens)
                assert word.start <= token.start < token.end <= word.end
            starts.append(word.start)
    assert starts == sorted(starts)
