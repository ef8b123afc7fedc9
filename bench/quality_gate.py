"""How often the quality gate refuses speech: of sound voices (never wanted) and of sabotaged ones.

    python -m bench.quality_gate [--sentences 68]

Each row is one sabotage of the first demo voice's weights, spoken over the same sentences, with what the gate said.
The last line is the gate's share of the time that synthesis takes.
"""

import argparse
import collections
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from bench.report import spread
from voices.library.manifest import read_manifest
from voices.synth import SynthError, load_voice, synthesize
from voices.synth.engine.reference import ReferenceAcousticNetwork, ReferenceVocoderNetwork
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
    acoustic, vocoder = voice.networks
    assert isinstance(acoustic, ReferenceAcousticNetwork) and isinstance(vocoder, ReferenceVocoderNetwork)
    with torch.no_grad():
        SABOTAGES[name](acoustic.model, vocoder.generator)
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=8, help="of each sound voice, at each speed: at most 68")
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    sentences = [line for file in FILES for line in (SENTENCES / file).read_text(encoding="utf-8").splitlines()]
    sample = SHORT + random.Random(0).sample(sentences, 60)
    random.Random(1).shuffle(sample)
    members, speeds, sabotages = read_manifest(VOICE_MODEL), [1.0, 0.5, 2.0], list(SABOTAGES)
    if arguments.quick:
        members, speeds, sabotages, arguments.sentences = members[:1], speeds[:1], ["vocoder not a number"], 1
    for member in members:
        for speed in speeds:
            voice = demo_voice(member.id)
            verdicts = [verdict(voice, text, speed) for text in sample[: arguments.sentences]]
            _row(f"member {member.id}, speed {speed:g}", verdicts)
    for name in sabotages:
        voice = sabotaged(name)
        _row(name, [verdict(voice, text) for text in sample[: min(12, arguments.sentences)]])
    shares = [share_of_synthesis(demo_voice(1), text) for text in sample[: arguments.sentences]]
    print(f"the gate's share of synthesis, %: {spread(shares, 100)}")


def share_of_synthesis(voice: Voice, text: str) -> float:
    """Seconds for the gate's look at one text's speech, by the seconds for making it."""
    started = time.perf_counter()
    speech = synthesize(voice, text)
    of_speaking = time.perf_counter() - started
    started = time.perf_counter()
    find_flaw(speech.samples, speech.sample_rate, len(text))
    return (time.perf_counter() - started) / of_speaking


if __name__ == "__main__":
    main()
