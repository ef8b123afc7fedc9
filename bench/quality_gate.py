"""How often the quality gate refuses speech: of sound voices (never wanted) and of sabotaged ones.

    python -m bench.quality_gate

Each row is one sabotage of the first demo voice's weights, spoken over the same sentences, with what the gate said.
The last line is the gate's share of the time that synthesis takes.
"""

import collections
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from voices.library.manifest import read_manifest
from voices.synth import SynthError, load_voice, synthesize
from voices.synth.errors import ImplausibleSpeechError
from voices.synth.plausibility import find_flaw
from voices.synth.voice import Voice

VOICE_MODEL = Path(__file__).parents[1] / "voice_model"
SENTENCES = Path(__file__).parents[1] / "training" / "sentences"
FILES = ("everyday.txt", "made_of_words.txt", "short.txt", "law.txt", "held_out.txt")
SHORT = ["네.", "응?", "아!", "ㅋㅋ", "1", "안녕", "쉿!", "고마워요."]

Sabotage = Callable[[Any, Any], None]  # changes acoustic model and vocoder in place


def _noise(part: int, scale: float) -> Sabotage:
    """Add to each weight of one model normal noise of `scale` times its tensor's own deviation."""

    def sabotage(*models: Any) -> None:
        generator = torch.Generator().manual_seed(0)
        for parameter in models[part].parameters():
            if parameter.numel() > 1:
                parameter += scale * parameter.std() * torch.randn(parameter.shape, generator=generator)

    return sabotage


def _scale_durations(by: float) -> Sabotage:
    def sabotage(acoustic_model: Any, vocoder: Any) -> None:
        acoustic_model.encoder.duration_predictor.proj.bias += math.log(by)  # it predicts their logarithm

    return sabotage


def _move_mel(by: float) -> Sabotage:
    """Move every log mel band, as where the two models learnt mels of different scales."""

    def sabotage(acoustic_model: Any, vocoder: Any) -> None:
        first = acoustic_model.decoder.flows[0]
        first.bias -= by * torch.exp(first.logs)

    return sabotage


def _scale_last_layer(by: float) -> Sabotage:
    def sabotage(acoustic_model: Any, vocoder: Any) -> None:
        for parameter in vocoder.conv_post.parameters():
            parameter *= by

    return sabotage


def _forget(part: int) -> Sabotage:
    """Weights as before any training."""

    def sabotage(*models: Any) -> None:
        generator = torch.Generator().manual_seed(0)
        for parameter in models[part].parameters():
            if parameter.numel() > 1:
                parameter.copy_(parameter.std() * torch.randn(parameter.shape, generator=generator))

    return sabotage


def _not_a_number(acoustic_model: Any, vocoder: Any) -> None:
    next(vocoder.parameters()).fill_(math.nan)


SABOTAGES: dict[str, Sabotage] = {
    "none": lambda acoustic_model, vocoder: None,
    "acoustic model, noise 0.1": _noise(0, 0.1),
    "acoustic model, noise 0.5": _noise(0, 0.5),
    "acoustic model, noise 2": _noise(0, 2.0),
    "acoustic model forgot all": _forget(0),
    "durations x 0.2": _scale_durations(0.2),
    "durations x 4": _scale_durations(4.0),
    "mel 8 nats too high": _move_mel(8.0),
    "mel 8 nats too low": _move_mel(-8.0),
    "vocoder, noise 0.3": _noise(1, 0.3),
    "vocoder, noise 1": _noise(1, 1.0),
    "vocoder, noise 3": _noise(1, 3.0),
    "vocoder forgot all": _forget(1),
    "vocoder's last layer x 0.0001": _scale_last_layer(1e-4),
    "vocoder's last layer x 30": _scale_last_layer(30.0),
    "vocoder not a number": _not_a_number,
}


def demo_voice(number: int) -> Voice:
    """The voice of the demo member with this id."""
    member = next(member for member in read_manifest(VOICE_MODEL) if member.id == number)
    return load_voice(VOICE_MODEL / member.glow_tts_dir, VOICE_MODEL / member.hifigan_dir, mode=member.mode)


def sabotaged(name: str) -> Voice:
    """The first demo voice after one of `SABOTAGES`, unrefined: the refinement makes speech even of a damaged vocoder's
    sound, but few voices have it.
    """
    voice = demo_voice(1)
    with torch.no_grad():
        SABOTAGES[name](voice._acoustic_model, voice._vocoder._generator)
    voice._vocoder._refinement = None
    return voice


def verdict(voice: Voice, text: str, speed: float = 1.0) -> str:
    """What the gate says of `text`: "passed", or why it was refused."""
    try:
        synthesize(voice, text, speed=speed, plausible_only=True)
    except ImplausibleSpeechError as error:
        return error.flaw.reason
    except SynthError as error:
        return error.code
    return "passed"


def _row(name: str, verdicts: list[str]) -> None:
    counts = collections.Counter(verdicts)
    refused = len(verdicts) - counts.pop("passed", 0)
    reasons = ", ".join(f"{reason} {count}" for reason, count in counts.most_common())
    print(f"{name:<36} {refused:4} of {len(verdicts):4}   {reasons}", flush=True)


def main() -> None:
    torch.set_num_threads(1)
    sentences = [line for file in FILES for line in (SENTENCES / file).read_text(encoding="utf-8").splitlines()]
    sample = SHORT + random.Random(0).sample(sentences, 60)
    for member in read_manifest(VOICE_MODEL):
        for speed in (1.0, 0.5, 2.0):
            voice = demo_voice(member.id)
            _row(f"member {member.id}, speed {speed:g}", [verdict(voice, text, speed) for text in sample])
    for name in SABOTAGES:
        voice = sabotaged(name)
        _row(name, [verdict(voice, text) for text in sample[:: len(sample) // 12]])

    voice, text = demo_voice(1), sentences[0]
    started = time.perf_counter()
    for _ in range(10):
        speech = synthesize(voice, text)
    of_speaking = time.perf_counter() - started
    started = time.perf_counter()
    for _ in range(10):
        find_flaw(speech.samples, speech.sample_rate, len(text))
    print(f"the gate's share of synthesis: {(time.perf_counter() - started) / of_speaking:.2%}")


if __name__ == "__main__":
    main()
