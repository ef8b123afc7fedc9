"""Train the HiFi-GAN V2 generator on one or more voices: mel -> waveform.

    python -m training.train_vocoder RUN_FOLDER --steps 8000 --voice CORPUS_FOLDER ACOUSTIC_RUN_FOLDER
    python -m training.train_vocoder RUN_FOLDER --steps 2400 --from voice_model/hifigan-v2/1 \\
        --voice ../corpus-1 ../run-1 --voice ../corpus-2 ../run-2

Half of the cuts are mels of the corpus, half those that the voice's own acoustic model makes of it, the one in
ACOUSTIC_RUN_FOLDER; each cut is made louder or softer by chance, so that voices of any level sound clear. With --from,
a finished vocoder learns to speak as these voices do; voices that share one take equal turns.

Spectral losses only: HiFi-GAN's discriminators (70 M parameters) cost ten times the generator, too much
for a CPU, and narrow ones made it worse in their first thousand steps. One thread by design, like
`train_acoustic.py`. Resumes from RUN_FOLDER/vocoder.pth, whose "average" is what `export.py` takes.
"""

import argparse
import math
import pathlib
import random
from dataclasses import dataclass
from typing import Any

import torch

from training.coqui import L1SpecLoss, MultiScaleSTFTLoss
from training.model_configs import HOP_LENGTH, N_MELS, SAMPLE_RATE, acoustic_config
from training.own_mels import own_mels
from training.progress import OnPace, Progress, print_pace
from training.run_state import RunState
from training.speech_corpus import Utterance, load_utterances
from training.start_model import build_generator, open_vocoder

FIRST_RATE, LAST_RATE = 1e-3, 5e-5
FINE_TUNING_FIRST, FINE_TUNING_LAST, FINE_TUNING_WARMUP = 6e-4, 2e-5, 30
SEGMENT_FRAMES = 32
SEGMENTS_PER_BATCH = 8
OWN_SHARE = 0.5  # of the segments start from the acoustic model's mel in place of the recorded one
LEVELS = (-2.0, 6.0)  # dB that a segment is made louder by
PEAK = 0.98
MEL_LOSS_WEIGHT = 4.0
SAVE_EVERY = 100  # steps
SAMPLE_EVERY = 500


@dataclass(frozen=True)
class SpokenVoice:
    """A voice's corpus, with the mels that its acoustic model makes of each utterance."""

    utterances: list[Utterance]
    own_mels: list[torch.Tensor]  # each [n_frames or n_frames - 1, n_mels]


def load_voice(corpus: pathlib.Path, acoustic_run: pathlib.Path, at_most: int | None = None) -> SpokenVoice:
    """The corpus's utterances that are longer than a cut, of all or of the first ``at_most``."""
    longer = [
        u for u in load_utterances(corpus, acoustic_config()) if len(u.waveform) > (SEGMENT_FRAMES + 1) * HOP_LENGTH
    ]
    return SpokenVoice(longer[:at_most], own_mels(acoustic_run, longer[:at_most]))


def segments(voices: list[SpokenVoice], shuffler: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Random cuts: mels [B, n_mels, frames] and the waveforms [B, 1, samples] under them."""
    mels, waveforms = [], []
    for _ in range(SEGMENTS_PER_BATCH):
        voice = shuffler.choice(voices)
        ((utterance, own_mel),) = shuffler.choices(
            list(zip(voice.utterances, voice.own_mels, strict=True)), [len(u.mel) for u in voice.utterances]
        )
        n_whole_frames = min(len(own_mel), len(utterance.waveform) // HOP_LENGTH)
        first = shuffler.randint(0, n_whole_frames - SEGMENT_FRAMES)
        last = first + SEGMENT_FRAMES
        mel = own_mel if shuffler.random() < OWN_SHARE else utterance.mel
        waveform = utterance.waveform[first * HOP_LENGTH : last * HOP_LENGTH]
        loudest = PEAK / max(float(waveform.abs().max()), 1e-6)
        gain = min(10 ** (shuffler.uniform(*LEVELS) / 20), loudest)
        mels.append(mel[first:last].T + math.log(gain))
        waveforms.append(waveform * gain)
    return torch.stack(mels), torch.stack(waveforms).unsqueeze(1)


def rate(step: int, steps: int, fine_tuning: bool) -> float:
    """The learning rate: a cosine over all ``steps``, lower for a trained model and slow at its start."""
    first, last = (FINE_TUNING_FIRST, FINE_TUNING_LAST) if fine_tuning else (FIRST_RATE, LAST_RATE)
    warm = min(1.0, step / FINE_TUNING_WARMUP) if fine_tuning else 1.0
    return warm * (last + (first - last) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps))))


def train_vocoder(
    voices: list[SpokenVoice],
    run: pathlib.Path,
    steps: int,
    *,
    start: pathlib.Path | None = None,
    seed: int = 0,
    device: str = "cpu",
    on_pace: OnPace = print_pace,
) -> None:
    """Train until ``run``/vocoder.pth has ``steps`` steps, from where it is; arguments as `train_acoustic`'s."""
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    begun = open_vocoder(start)
    generator = begun.model.to(device).train()
    begun.config.save_json(str(run / "vocoder_config.json"))
    optimizer = torch.optim.AdamW(generator.parameters(), betas=(0.8, 0.99))
    mel_loss = L1SpecLoss(SAMPLE_RATE, 1024, HOP_LENGTH, 1024, 0.0, 8000.0, N_MELS).to(device)
    stft_loss = MultiScaleSTFTLoss().to(device)
    state = RunState(run / "vocoder.pth", generator, optimizer, seed, begun.steps)
    progress = Progress(run / "tensorboard" / "vocoder", state.step, steps, on_pace)

    while state.step < steps:
        state.begin_step()
        for group in optimizer.param_groups:
            group["lr"] = rate(state.step, steps, fine_tuning=start is not None)
        mels, waveforms = segments(voices, random.Random(f"{state.seed} {state.step}"))
        with torch.autocast(device, dtype=torch.bfloat16):
            made = generator(mels.to(device))
        made, real = made.float().squeeze(1), waveforms.to(device).squeeze(1)
        of_mel = mel_loss(made, real)
        of_magnitude, of_convergence = stft_loss(made, real)
        loss = MEL_LOSS_WEIGHT * of_mel + of_magnitude + of_convergence
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(generator.parameters(), 10.0)
        optimizer.step()
        state.average.update(generator, state.step)
        progress.add(state.step, mel=float(of_mel.detach()), stft=float(of_magnitude.detach()))
        if state.step % SAVE_EVERY == 0 or state.step == steps:
            state.save()
        if state.step % SAMPLE_EVERY == 0 or state.step == steps:
            add_sample(progress, state, begun.config, voices[0].own_mels[0])
    progress.close()


@torch.inference_mode()
def add_sample(progress: Progress, state: RunState, config: Any, mel: torch.Tensor) -> None:
    """Let the averaged weights say a mel [n_frames, n_mels]."""
    generator = build_generator(config)
    generator.load_state_dict(state.average.weights)
    samples = generator.eval()(mel.T[None])[0, 0]
    progress.sample(state.step, mel.numpy(), samples.numpy(), SAMPLE_RATE)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the HiFi-GAN V2 generator on one or more voices.")
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--steps", type=int, required=True, help="stop after this many")
    parser.add_argument(
        "--voice", nargs=2, type=pathlib.Path, action="append", required=True, metavar=("CORPUS", "ACOUSTIC_RUN")
    )
    parser.add_argument("--utterances", type=int, help="at most so many of each corpus")
    parser.add_argument("--from", dest="start", type=pathlib.Path, help="a vocoder's folder to begin with")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    voices = []
    for corpus, acoustic_run in arguments.voice:
        voices.append(load_voice(corpus, acoustic_run, arguments.utterances))
        print(f"{corpus}: {len(voices[-1].utterances)} utterances", flush=True)
    train_vocoder(
        voices,
        arguments.run,
        arguments.steps,
        start=arguments.start,
        seed=arguments.seed,
        device=arguments.device,
    )


if __name__ == "__main__":
    main()
