"""Pauses that a text asks for, and those that its lines have."""

from __future__ import annotations

import pytest

from voices.synth import read
from voices.synth.text.parts import keeps_pauses_in_bounds, without_pauses


def pauses(text: str) -> list[float]:
    """Return the pause before each sentence, and that after the last one."""
    spoken = read(text)
    return [*(sentence.pause_seconds for sentence in spoken.sentences), spoken.closing_pause_seconds]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("하나. 둘.", [0, 0.35, 0]),
        ("하나[0.5초]둘", [0, 0.5, 0]),
        ("하나. [1초] 둘. [ 250 ms ] 셋", [0, 1.0, 0.25, 0]),
        ("[2s]하나[2.5s]", [2.0, 2.5]),
        ("하나[1초][1초]둘", [0, 2.0, 0]),
        ("하나\n둘\n\n셋", [0, 0.6, 1.0, 0]),
        ("하나\r\n둘\n \n\n😀\n셋", [0, 0.6, 1.0, 0]),
        ("하나\n[0.2초]\n둘", [0, 0.2, 0]),
        # Brought into bounds, for a text that nobody could refuse any more.
        ("하나[0.01초]둘[99초]셋[5초]넷", [0, 0.1, 9.9, 0, 0]),
    ],
)
def test_a_pause_is_asked_for_by_a_mark_or_by_lines(text: str, expected: list[float]) -> None:
    assert pauses(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["[초] 하나", "[1분] 하나", "1초", "(1초)", "[1초](https://a.example)", "[1.초]"])
def test_what_only_looks_like_a_mark_is_read(text: str) -> None:
    assert pauses(text)[0] == 0
    assert read(text).text


def test_positions_are_those_of_the_text_with_its_marks() -> None:
    text = "사과[1초] 3개 😀[1초]★ 끝"
    spoken = read(text)
    words = [word for sentence in spoken.sentences for word in sentence.words]
    assert [text[word.start : word.end] for word in words] == [word.text for word in words] == ["사과", "3개", "끝"]
    assert [text[token.start : token.end] for token in spoken.sentences[1].tokens] == ["3", "개"]
    assert [text[run.index] for run in spoken.dropped] == ["😀", "★"]
    assert spoken.text == "사과\n세 개\n끝"


def test_a_sentence_that_stops_at_a_pause_sounds_as_if_it_went_on() -> None:
    symbols = [*map(chr, range(0x1100, 0x1200)), *" .,!?"]
    sentences = read("저는[0.3초] 노래해요.[1초] 정말?", "pronounced", symbols).sentences
    assert [sentence.pronunciation for sentence in sentences] == ["저는,", "노래해요.", "정말?"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("[0.1초] [9.9초]", True),
        ("[10초]", True),
        ("[10.1초]", False),
        ("[0.09초]", False),
        ("[6초] [5초]", False),
        ("[99ms]", False),
        ("[0.1s]" * 100, True),
        ("[0.1s]" * 101, False),
        ("안녕", True),
    ],
)
def test_pauses_have_bounds_each_and_all_together(text: str, kept: bool) -> None:
    assert keeps_pauses_in_bounds(text) == kept


@pytest.mark.parametrize(
    ("text", "read_by_people"),
    [("하나. [0.5초] 둘.", "하나. 둘."), ("하나.[500ms]", "하나."), ("[1](가) [초]", "[1](가) [초]")],
)
def test_people_read_a_text_without_the_marks(text: str, read_by_people: str) -> None:
    assert without_pauses(text) == read_by_people
