"""No sentence to measure with is trained on."""

import pytest

from training import sentences as lists
from training.sentences import HELD_OUT, corpus_sentences, held_out_sentences, refuse_held_out


def test_the_corpus_has_each_sentence_once_and_no_held_out_one() -> None:
    sentences = corpus_sentences()
    assert len(sentences) == len(set(sentences)) > 2000
    assert len(held_out_sentences()) == len(set(held_out_sentences())) == 40


def test_a_held_out_sentence_is_refused_however_it_is_written() -> None:
    refuse_held_out(["오늘 하루는 정말 수고 많으셨어요."])
    with pytest.raises(ValueError, match="held out"):
        refuse_held_out(["네.", "오늘 하루도, 정말 수고 많으셨어요!"])


def test_a_list_with_held_out_sentences_makes_no_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "CORPUS_LISTS", ("short.txt", HELD_OUT))
    with pytest.raises(ValueError, match="held out"):
        corpus_sentences()
