"""The corpus has every syllable and every pair of sounds of Korean."""

import pytest

from training.sentences import CORPUS_LISTS, GAP_FILLERS, HERE, corpus_sentences, read_list
from training.sentences.compose import compose
from training.sentences.coverage import inventory, standard_syllables, units_of

OTHERS = [line for name in CORPUS_LISTS if name != GAP_FILLERS for line in read_list(HERE / name)]


def test_sounds_are_counted_as_pronounced_within_words() -> None:
    units = units_of(["값이 싸요!", "싸요?"])
    assert units.syllables == {"갑": 1, "씨": 1, "싸": 2, "요": 2}
    assert units.pairs["ᆸᄊ"] == units.pairs[" ᄀ"] == units.pairs["ᅵ "] == 1
    assert units.pairs[" ᄊ"] == units.pairs["ᅭ "] == 2
    assert " " * 2 not in units.pairs


def test_the_inventory_is_that_of_the_standard() -> None:
    assert len(standard_syllables()) == 2350
    syllables, pairs = inventory()
    assert {"가", "힙", "쀔"} & syllables == {"가", "힙"}  # 쀔 is in no word
    assert "값" not in syllables and "갑" in syllables
    assert "ᆨᄂ" not in pairs and "ᆼᄂ" in pairs  # 국내 is pronounced 궁내


def test_the_corpus_has_all_of_them() -> None:
    syllables, pairs = inventory()
    units = units_of(corpus_sentences())
    assert syllables - set(units.syllables) == set()
    assert pairs - set(units.pairs) == set()


@pytest.mark.timeout(120)
def test_the_committed_list_is_what_the_recipe_composes() -> None:
    assert compose(OTHERS, seed=0) == read_list(HERE / GAP_FILLERS)
