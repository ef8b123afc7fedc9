"""Set the loudness of a voice, so that all members are equally loud.

    python -m training.voice.level GLOW_TTS_FOLDER HIFIGAN_FOLDER

The last step of Glow-TTS is the inverse of its first flow, a scale and a bias for each mel band. Changing that bias
adds a constant to the natural-log mel, which is a change of gain and nothing else. The checkpoint is replaced.
"""

import argparse
import math
import pathlib

import numpy as np
import torch

from training.sentences import held_out_sentences
from voices.synth import load_voice, synthesize
from voices.synth.models import find_model

LOUDNESS = -18.0  # LUFS
SENTENCES = 12
TOLERANCE = 0.1  # dB
ROUNDS = 4  # the vocoder's gain is not exactly that of the mel, so the change is repeated
MAX_CHANGE = 12.0  # dB in each round


def loudness(glow_tts: pathlib.Path, hifigan: pathlib.Path, sentences: list[str]) -> float:
    """Return the loudness of a voice in LUFS, over all sentences joined; -inf for silence."""
    import pyloudnorm  # only in requirements/training.txt

    voice = load_voice(glow_tts, hifigan, mode="pronounced")
    samples = np.concatenate([synthesize(voice, sentence).samples for sentence in sentences])
    return float(pyloudnorm.Meter(voice.sample_rate).integrated_loudness(samples.astype(np.float64)))


def make_louder(weights: pathlib.Path, decibels: float) -> None:
    """Change the gain of a Glow-TTS checkpoint that was trained on natural-log mels without normalization."""
    checkpoint = torch.load(weights, map_location="cpu", weights_only=True)
    model = checkpoint["model"]
    bias, logs = model["decoder.flows.0.bias"], model["decoder.flows.0.logs"]
    moved = bias.float() - decibels / 20 * math.log(10) * torch.exp(logs.float())
    model["decoder.flows.0.bias"] = moved.to(bias.dtype)
    unfinished = weights.with_suffix(".part")
    torch.save(checkpoint, unfinished)
    unfinished.replace(weights)


def level(glow_tts: pathlib.Path, hifigan: pathlib.Path, sentences: list[str]) -> float:
    """Set a voice to `LOUDNESS` over the sentences; return its loudness before, in LUFS. Silence is not changed."""
    weights = find_model(glow_tts, "glow_tts").weights
    was = now = loudness(glow_tts, hifigan, sentences)
    for _ in range(ROUNDS):
        if not math.isfinite(now) or abs(LOUDNESS - now) < TOLERANCE:
            break
        make_louder(weights, float(np.clip(LOUDNESS - now, -MAX_CHANGE, MAX_CHANGE)))
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
