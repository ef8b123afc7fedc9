"""Words are heard between two sentences; the recognizer here is one whose answers are known."""

import numpy as np
import pytest

pytest.importorskip("rapidfuzz", reason="needs requirements/training.txt")
pytest.importorskip("pesq", reason="needs requirements/measures.txt")

from training.measure_words import AFTER, BEFORE, WORDS, letters_between, word_error_rates
from training.measures.judge import letters
from training.models.configs import SAMPLE_RATE


@pytest.mark.parametrize(
    ("heard", "between"),
    [
        ("그 사람이 이렇게 말했어요. 네. 분명히 그렇게 들었어요.", "네"),
        ("그 사람이 이렇게 말해써요. 사랑해 분명이 그렇게 들어써요.", "사랑해"),
        ("그 사람이 이렇게 말했어요. 분명히 그렇게 들었어요.", ""),
    ],
)
def test_what_is_between_the_sentences_is_found(heard: str, between: str) -> None:
    assert letters_between(letters(BEFORE), letters(heard), letters(AFTER)) == letters(between)


def test_a_word_that_is_not_heard_counts_in_full() -> None:
    readings = {text: np.full(SAMPLE_RATE // 10, index, dtype=np.float32) for index, text in enumerate(WORDS)}
    readings |= {text: np.full(SAMPLE_RATE // 10, -1, dtype=np.float32) for text in (BEFORE, AFTER)}

    def hear_all_but_the_first(samples: np.ndarray) -> str:
        index = int(samples.max())
        return f"{BEFORE} {WORDS[index] if index else ''} {AFTER}"

    rates = word_error_rates(readings, hear_all_but_the_first)
    assert rates == [1.0, *[0.0] * (len(WORDS) - 1)]
