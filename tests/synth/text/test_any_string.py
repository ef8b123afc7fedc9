"""Whatever is typed is read: without error, in linear time, and to the same when read again."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voices.synth import read
from voices.synth.text.hangul import count_syllables
from voices.synth.text.normalize.folding import INVISIBLE
from voices.synth.text.sentences import MAX_SYLLABLES

anything = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from(
            "가힣한글을이가는로번분대시월일ㅋㅎㅠㅇ각0123456789,.:-~/=+@#%$!?…'\"()\n\r "
            "\u200b\u200d\u202e\ufe0f\x00\ue000😀👨BTSgameé①㎏½№"
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
        assert sentence.text == " ".join(token.text for token in sentence.tokens)
        assert sentence.pronunciation == " ".join(token.pronunciation for token in sentence.tokens)
        assert count_syllables(sentence.text) <= MAX_SYLLABLES
        assert all(0 <= token.start < token.end <= len(text) for token in sentence.tokens)


# Quotes, brackets, dashes and the like, which only part words or show a pause, and full stops and commas.
SILENT = set("\"'`´‘’“”()[]{}<>〈〉《》「」『』【】-‐‑‒–—―−~∼〜·•・ㆍ/⁄∕|_=*^\\;:、，؛…。｡™®©.,!?")
SILENT |= set("\u115f\u1160\u3164\uffa0")  # Hangul fillers, which are invisible


@settings(deadline=None, max_examples=300)
@given(anything)
def test_every_character_is_read_or_silent_or_reported(text: str) -> None:
    spoken = read(text)
    accounted = {
        index for sentence in spoken.sentences for token in sentence.tokens for index in range(token.start, token.end)
    }
    for dropped in spoken.dropped:
        accounted.update(range(dropped.index, dropped.index + len(dropped.text)))
    for index, character in enumerate(text):
        if index not in accounted and not character.isspace() and unicodedata.category(character) not in INVISIBLE:
            folded = set(unicodedata.normalize("NFKC", character)) - {" "}
            assert character in SILENT or folded <= SILENT, (index, character)


@pytest.mark.parametrize(
    "piece",
    [
        "가",
        "가나다 ",
        "1",
        "1,",
        "1 ",
        "1:",
        "1/",
        "1~",
        "D-1",
        ".",
        " ",
        "ㅋ",
        "ㄱ",
        "ㄱㅅ",
        "a",
        "A ",
        "a'",
        "a.",
        "a@a.",
        "ᄀ",
        "́",
        "😀",
        "\n",
        "-",
        "0-",
        ",. ",
        "=",
        "<a ",
        "&#",
        "(가",
        "1. ",
        "a.b",
        "1대",
        "1,2",
        "제1권",
    ],
)
def test_a_hundred_thousand_characters_are_read_in_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 6
