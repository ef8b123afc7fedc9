"""Times of words are compared with pauses and with what a recognizer hears; both are known here."""

import numpy as np
import pytest

from training.measure_captions import against_heard, against_pauses, pauses_in, table
from training.measures.vosk_judge import HeardWord
from voices.synth import Speech, Spoken, SpokenWord

RATE = 16_000
WORDS = [
    SpokenWord("오늘은", 0, 3, 0.0, 0.5),
    SpokenWord("날씨가,", 4, 8, 0.52, 1.0),
    SpokenWord("좋네요.", 9, 13, 1.31, 1.8),
]


def test_pauses_are_found_and_closures_are_not() -> None:
    tone = np.sin(np.arange(RATE) * 0.3).astype(np.float32)
    samples = np.concatenate([tone, tone[:1600] * 0, tone, tone[:4800] * 0.001, tone])  # 0.1 s and 0.3 s of quiet
    speech = Speech(samples, RATE, (), Spoken("", "", (), ()), ())
    assert pauses_in(speech) == [pytest.approx((2.1, 2.4), abs=0.006)]


def test_words_around_a_pause_are_compared_with_it() -> None:
    found = against_pauses(WORDS, [(1.02, 1.3)])
    assert found == {"start, by energy": [pytest.approx(0.01)], "end, by energy": [pytest.approx(-0.02)]}


def test_a_pause_inside_a_word_is_no_border() -> None:
    assert against_pauses(WORDS, [(0.7, 0.88)]) == {}


def test_borders_count_where_both_sides_are_heard_right() -> None:
    heard = [HeardWord("오늘", 0.03, 0.3), HeardWord("은", 0.3, 0.48), HeardWord("날씨", 0.51, 0.9)]
    heard += [HeardWord("는", 0.9, 1.02), HeardWord("좋네요", 1.29, 1.8)]
    found = against_heard(WORDS, heard)
    # 가 was heard as 는: neither the end of its word nor the start of the next is compared.
    assert found["start, by Vosk"] == [pytest.approx(-0.03), pytest.approx(0.01)]
    assert found["end, by Vosk"] == [pytest.approx(0.02), pytest.approx(0.0)]


def test_the_table_has_a_row_for_all_voices() -> None:
    lines = table({"하늘": {"start": [0.010, -0.020]}, "태오": {"start": [0.030]}}).splitlines()
    assert lines[0] == "| ms | start |"
    assert lines[2:] == ["| 하늘 | 15, 19 (of 2) |", "| 태오 | 30, 30 (of 1) |", "| all | 20, 28 (of 3) |"]
