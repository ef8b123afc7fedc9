"""Measure how clear single words are, beside the teacher's: how many of their letters a recognizer hears in a carrier.

    python -m training.measure_words VOICE_MODEL_FOLDER [--voices 1 2]

A recognizer understands few words of one syllable that stand alone, whoever says them. So each word, synthesized alone
as the service does, is put between two sentences of the same voice. The recognizer hears the carrier too, and what it
writes between the sentences is compared with the word, letter by letter (jamo).
"""

import argparse
import pathlib
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein

from training.corpus.clean import Waveform
from training.corpus.teachers import TEACHERS
from training.measure_vocoder import teacher_reads
from training.measures.intervals import table
from training.measures.judge import Judge, letters
from training.models.configs import SAMPLE_RATE
from voices.library.manifest import read_manifest
from voices.synth import load_voice, synthesize

WORDS: tuple[str, ...] = ("네.", "응?", "왜?", "나.", "너?", "안녕!", "좋아.", "싫어!")
WORDS += ("뭐?", "사랑해.", "미안.", "고마워!", "아니.", "정말?", "내일.", "학교.")
BEFORE, AFTER = "그 사람이 이렇게 말했어요.", "분명히 그렇게 들었어요."
PAUSE = np.zeros(round(0.25 * SAMPLE_RATE), dtype=np.float32)

Hear = Callable[[Waveform], str]
Readings = Mapping[str, Waveform]  # by the text that is read


def word_error_rates(readings: Readings, hear: Hear) -> list[float]:
    """Return the letter error rate of each word in `WORDS`, 0..1.

    Args:
        readings: of each word, of `BEFORE` and of `AFTER`, at `SAMPLE_RATE`.
        hear: the recognizer.
    """
    rates = []
    for word in WORDS:
        parts = (readings[BEFORE], PAUSE, readings[word], PAUSE, readings[AFTER])
        between = letters_between(letters(BEFORE), letters(hear(np.concatenate(parts))), letters(AFTER))
        said = letters(word)
        rates.append(min(1.0, Levenshtein.distance(said, between) / len(said)))
    return rates


def letters_between(before: str, heard: str, after: str) -> str:
    """Return what was heard between two known texts, which may be heard with errors themselves."""
    # The cut that leaves the beginning nearest to the one text, and the end nearest to the other.
    first = min(range(len(heard) + 1), key=lambda cut: (Levenshtein.distance(before, heard[:cut]), -cut))
    rest = heard[first:]
    last = min(range(len(rest) + 1), key=lambda cut: (Levenshtein.distance(after, rest[cut:]), cut))
    return rest[:last]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how clear single words are.")
    parser.add_argument("voice_model", type=pathlib.Path)
    parser.add_argument("--voices", nargs="+", choices=TEACHERS, default=list(TEACHERS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    hear = partial(Judge().hear, sample_rate=SAMPLE_RATE)
    texts = [*WORDS, BEFORE, AFTER]
    rows = {}
    for member in read_manifest(arguments.voice_model):
        if (number := str(member.id)) not in arguments.voices:
            continue
        folders = (arguments.voice_model / member.glow_tts_dir, arguments.voice_model / member.hifigan_dir)
        voice = load_voice(*folders, mode=member.mode)
        spoken = {text: synthesize(voice, text).samples for text in texts}
        taught = dict(zip(texts, teacher_reads(number, texts), strict=True))
        rows[member.name] = {"voice": word_error_rates(spoken, hear), "teacher": word_error_rates(taught, hear)}
    print(table(rows))


if __name__ == "__main__":
    main()
