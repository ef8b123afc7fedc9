"""Set the loudness of a voice, so that all members are equally loud.

    python -m training.voice.level GLOW_TTS_FOLDER HIFIGAN_FOLDER

The gain is written into the config of the acoustic model ("gain_db"), and the service multiplies the samples by it.
"""

import argparse
import math
import pathlib

import numpy as np
import torch

from training.sentences import held_out_sentences
from training.voice.config import change_number
from voices.synth import load_voice, synthesize
from voices.synth.models import find_model

LOUDNESS = -18.0  # LUFS
SENTENCES = 12
TOLERANCE = 0.1  # dB
ROUNDS = 4  # peaks are limited, so the change is repeated
MAX_CHANGE = 12.0  # dB in each round


def loudness(glow_tts: pathlib.Path, hifigan: pathlib.Path, sentences: list[str]) -> float:
    """Return the loudness of a voice in LUFS, over all sentences joined; -inf for silence."""
    import pyloudnorm  # only in requirements/training.txt

    voice = load_voice(glow_tts, hifigan, mode="pronounced")
    samples = np.concatenate([synthesize(voice, sentence).samples for sentence in sentences])
    return float(pyloudnorm.Meter(voice.sample_rate).integrated_loudness(samples.astype(np.float64)))


def make_louder(config: pathlib.Path, decibels: float) -> None:
    """Change the gain in the config of a Glow-TTS."""
    change_number(config, "gain_db", 0.0, lambda gain: round(gain + decibels, 2))


def level(glow_tts: pathlib.Path, hifigan: pathlib.Path, sentences: list[str]) -> float:
    """Set a voice to `LOUDNESS` over the sentences; return its loudness before, in LUFS. Silence is not changed."""
    config = find_model(glow_tts, "glow_tts").config
    was = now = loudness(glow_tts, hifigan, sentences)
    for _ in range(ROUNDS):
        if not math.isfinite(now) or abs(LOUDNESS - now) < TOLERANCE:
            break
        make_louder(config, float(np.clip(LOUDNESS - now, -MAX_CHANGE, MAX_CHANGE)))
        now = loudness(glow_tts, hifigan, sentences)
    return was


def main() -> None:
    parser = argparse.ArgumentParser(description="Set the loudness of a voice.")
    parser.add_argument("glow_tts", type=pathlib.Path)
    parser.add_argument("hifigan", type=pathlib.Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    sentences = held_out_sentences()[:SENTENCES]
    was = level(arguments.glow_tts, arguments.hifigan, sentences)
    print(f"{was:.2f} LUFS before, {loudness(arguments.glow_tts, arguments.hifigan, sentences):.2f} LUFS now")


if __name__ == "__main__":
    main()
