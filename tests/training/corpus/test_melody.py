"""What the teacher's pitch becomes: a question rises, an exclamation moves more, a statement stays as it is."""

import numpy as np
import pytest

from training.corpus.melody import FRAME_SECONDS, VOICED, Pitch, with_melody

SILENCE = np.full(20, 5, dtype=np.float32)


def falling(first: float = 250, last: float = 150, frames: int = 120) -> Pitch:
    """A sentence that falls, with silence around it and a consonant without voice in it."""
    pitch = np.geomspace(first, last, frames, dtype=np.float32)
    pitch[60:66] = 10
    return np.concatenate([SILENCE, pitch, SILENCE])


def test_a_statement_keeps_its_pitch() -> None:
    assert np.array_equal(with_melody(falling(), "노래를 듣고 있어요."), falling())


def test_a_question_rises_on_its_last_syllable_and_nowhere_else() -> None:
    before, after = falling(), with_melody(falling(), "노래를 듣고 있어요?")
    changed = np.flatnonzero(before != after)
    last = np.flatnonzero(before > VOICED)[-1]
    rising = changed[changed <= last]
    assert 0.2 < (last - rising[0]) * FRAME_SECONDS < 0.3
    assert np.all(np.diff(after[rising]) > 0)
    assert np.all(after[changed[changed > last]] == after[last])  # and does not creak behind it
    assert (changed[-1] - last) * FRAME_SECONDS <= 0.1
    assert after[last] / np.median(before[before > VOICED]) == pytest.approx(2**0.5, rel=0.01)
    assert np.max(np.abs(np.diff(np.log2(after[changed[0] - 1 : last + 1])))) < 0.1  # no jump


def test_a_question_rises_behind_the_last_consonant_without_voice() -> None:
    before = falling()
    before[-len(SILENCE) - 16 : -len(SILENCE) - 12] = 10
    after = with_melody(before, "어디에서 만날까요?")
    assert np.flatnonzero(before != after)[0] >= len(before) - len(SILENCE) - 12
    assert np.all(after[before > VOICED] > VOICED)


def test_an_exclamation_moves_more_and_is_higher_than_a_statement() -> None:
    before, after = falling(), with_melody(falling(), "노래를 듣고 있어요!")
    voiced = before > VOICED
    assert np.ptp(np.log2(after[voiced])) == pytest.approx(1.35 * np.ptp(np.log2(before[voiced])), rel=0.01)
    assert np.median(after[voiced]) > np.median(before[voiced])
    assert np.array_equal(after[~voiced], before[~voiced])


def test_speech_without_voice_is_left_alone() -> None:
    assert np.array_equal(with_melody(SILENCE, "네?"), SILENCE)
    one = np.concatenate([SILENCE, np.array([200], dtype=np.float32), SILENCE])
    assert np.all(np.isfinite(with_melody(one, "네?")))
