"""Set how fast a voice speaks at speed 1.

    python -m training.voice.pace GLOW_TTS_FOLDER HIFIGAN_FOLDER [SYLLABLES_PER_SECOND]

Glow-TTS spreads its teacher's pauses over the sounds around them, so a voice speaks more slowly than its teacher. The
length scale in its config, which coqui-tts knows too, takes that back.
"""

import argparse
import pathlib

import numpy as np
import torch

from training.measures.pace import syllables_per_second
from training.sentences import held_out_sentences
from training.voice.config import change_number
from voices.synth import load_voice, synthesize
from voices.synth.models import find_model

NATURAL = 5.1  # syllables a second, pauses left out: people speak 5 to 6, and slower speech is clearer
SENTENCES = 12
TOLERANCE = 0.02  # of the pace
ROUNDS = 3  # durations are whole frames, so the pace does not follow the scale exactly
SCALES = (0.7, 1.4)  # outside of these a voice is not understood


def pace(glow_tts: pathlib.Path, hifigan: pathlib.Path, sentences: list[str]) -> float:
    """Return the pace of a voice in syllables a second, over sentences in plain Hangul."""
    voice = load_voice(glow_tts, hifigan, mode="pronounced")
    return syllables_per_second({sentence: synthesize(voice, sentence).samples for sentence in sentences})


def scale_durations(config: pathlib.Path, factor: float) -> None:
    """Multiply the length scale in the config of a Glow-TTS."""
    change_number(config, "length_scale", 1.0, lambda scale: round(float(np.clip(scale * factor, *SCALES)), 3))


def set_pace(glow_tts: pathlib.Path, hifigan: pathlib.Path, sentences: list[str], wanted: float = NATURAL) -> float:
    """Bring a voice to the pace `wanted` over the sentences; return its pace before, in syllables a second."""
    config = find_model(glow_tts, "glow_tts").config
    was = now = pace(glow_tts, hifigan, sentences)
    for _ in range(ROUNDS):
        if abs(now / wanted - 1) < TOLERANCE:
            break
        scale_durations(config, now / wanted)
        now = pace(glow_tts, hifigan, sentences)
    return was


def main() -> None:
    parser = argparse.ArgumentParser(description="Set how fast a voice speaks.")
    parser.add_argument("glow_tts", type=pathlib.Path)
    parser.add_argument("hifigan", type=pathlib.Path)
    parser.add_argument("wanted", type=float, nargs="?", default=NATURAL, help="syllables a second, without pauses")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    sentences = held_out_sentences()[:SENTENCES]
    was = set_pace(arguments.glow_tts, arguments.hifigan, sentences, arguments.wanted)
    now = pace(arguments.glow_tts, arguments.hifigan, sentences)
    print(f"{was:.2f} syllables a second before, {now:.2f} now")


if __name__ == "__main__":
    main()
