"""The lists of sentences: those that a corpus is made of, and those that are held out to measure with."""

import pathlib
import random

from voices.synth.text.hangul import only_syllables

HERE = pathlib.Path(__file__).parent
GAP_FILLERS = "gap_fillers.txt"
CORPUS_LISTS = ("everyday.txt", "made_of_words.txt", "composed.txt", "short.txt", "law.txt", GAP_FILLERS)
HELD_OUT = "held_out.txt"


def corpus_sentences() -> list[str]:
    """Return all sentences to train on, shuffled, so that the first n are a random sample.

    Raises ValueError if one of them is held out.
    """
    lines = [line for name in CORPUS_LISTS for line in read_list(HERE / name)]
    refuse_held_out(lines)
    random.Random(0).shuffle(lines)
    return lines


def held_out_sentences() -> list[str]:
    """Return the held-out sentences, to measure with."""
    return read_list(HERE / HELD_OUT)


def read_list(path: pathlib.Path) -> list[str]:
    """Return the sentences of a list, one from each line."""
    return path.read_text(encoding="utf-8").splitlines()


def refuse_held_out(sentences: list[str]) -> None:
    """Raise ValueError if a sentence is held out; spaces and punctuation are ignored."""
    held_out = {only_syllables(sentence) for sentence in held_out_sentences()}
    if found := [sentence for sentence in sentences if only_syllables(sentence) in held_out]:
        raise ValueError(f"held out, not to be trained on: {found}")
