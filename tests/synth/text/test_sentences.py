"""Where sentences end, where long ones are split, and which part of the original each word stands for."""

from __future__ import annotations

import pytest

from voices.synth import read
from voices.synth.text import Token
from voices.synth.text.hangul import count_syllables
from voices.synth.text.sentences import MAX_SYLLABLES


def test_sentences_keep_their_final_punctuation() -> None:
    assert [sentence.text for sentence in read("안녕! 잘 지내? 응.\n그래").sentences] == [
        "안녕!",
        "잘 지내?",
        "응.",
        "그래",
    ]


@pytest.mark.parametrize(
    ("words", "pause_after"),
    [
        ("가나다라마 " * 5 + "가나다, " + "가나다라마 " * 5 + "끝.", "가나다,"),
        (
            "나는 어제 친구를 만나서 밥을 먹고 노래방에도 다녀왔다가 저녁에는 집으로 가는 버스에서 그만 잠들었다.",
            "다녀왔다가",
        ),
        ("우리가 처음 무대에 올랐던 그날 그리고 " * 3 + "끝.", "그날"),
    ],
)
def test_a_long_sentence_is_split_where_speakers_pause(words: str, pause_after: str) -> None:
    sentences = [sentence.text for sentence in read(words).sentences]
    assert " ".join(sentences) == words
    assert len(sentences) > 1
    assert sentences[0].endswith(pause_after)


@pytest.mark.parametrize("text", ["아" * 150 + ".", "가나다라 " * 50, "가" * 39 + " " + "나" * 90 + " 다라"])
def test_no_utterance_is_too_long(text: str) -> None:
    for sentence in read(text).sentences:
        assert count_syllables(sentence.text) <= MAX_SYLLABLES


def test_only_a_monstrous_word_is_cut() -> None:
    assert [len(sentence.text) for sentence in read("아" * 100).sentences] == [40, 40, 20]


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("값이 3개!", [("값이", "값이"), ("세", "3"), ("개!", "개!")]),
        ("$5 줘", [("오", "$5"), ("달러", "$5"), ("줘", "줘")]),
        ("BTS는 😀 최고", [("비티에스는", "BTS는"), ("최고", "최고")]),
        ("가\u200b나 다", [("가나", "가\u200b나"), ("다", "다")]),
        ("하나.\n\n둘", [("하나.", "하나."), ("둘", "둘")]),
    ],
)
def test_every_token_knows_what_it_was_in_the_original(typed: str, pieces: list[tuple[str, str]]) -> None:
    tokens = [token for sentence in read(typed).sentences for token in sentence.tokens]
    assert [(token.text, typed[token.start : token.end]) for token in tokens] == pieces


def test_tokens_have_their_pronunciations() -> None:
    (sentence,) = read("값이 싸", "pronounced").sentences
    assert sentence.tokens == (Token("값이", "갑씨", 0, 2), Token("싸", "싸", 3, 4))
