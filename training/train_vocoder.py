"""Train the HiFi-GAN V2 generator on one or more voices: mel -> waveform.

    python -m training.train_vocoder RUN_FOLDER --steps 8000 --voice CORPUS_FOLDER ACOUSTIC_MODEL_FOLDER
    python -m training.train_vocoder RUN_FOLDER --steps 9000 --spectral-steps 3000 --from voice_model/hifigan-v2/1 \\
        --voice ../corpus-1 voice_model/glow-tts/1 --voice ../corpus-2 voice_model/glow-tts/2

Two losses compare the waveforms, mels at several scales and the periodicity; after --spectral-steps the discriminators
join, small ones on a CPU and HiFi-GAN's own on a GPU. Mels alone make speech that is understood but buzzes; periodicity
mends pitch, and discriminators the fine structure above.

Some of the segments are mels that the voice's own acoustic model makes (a run's folder or a finished voice's), the
others those of the corpus. Each segment is made louder or softer at random, so that voices of any level sound clear.
Voices that share a vocoder take equal turns; a voice that is given twice, two. Low voices need more of them.

One thread by design, like `train_acoustic.py`. Resumes from RUN_FOLDER/vocoder.pth, whose "average" is what `export.py`
takes.
"""

import argparse
import math
import pathlib
import random
from dataclasses import dataclass
from typing import Any

import torch

from training.corpus.folder import Utterance, load_utterances
from training.discriminators import adversarial_loss, discriminator_loss, discriminators_for, feature_loss
from training.losses import MultiScaleMelLoss, PeriodicityLoss
from training.models.configs import HOP_LENGTH, SAMPLE_RATE, acoustic_config
from training.models.start import build_generator, open_vocoder
from training.own_mels import own_mels
from training.runs.progress import OnPace, Progress, print_pace
from training.runs.state import RunState, Stateful

FIRST_RATE, LAST_RATE = 1e-3, 5e-5
FINE_TUNING_FIRST, FINE_TUNING_LAST, FINE_TUNING_WARMUP = 4e-4, 5e-5, 30
DISCRIMINATOR_RATE = 2e-4
SEGMENT_FRAMES = 48
SEGMENTS_PER_BATCH = {"cpu": 6, "cuda": 64}
OWN_SHARE = 0.3  # of the segments are the acoustic model's mels
LEVELS = (-2.0, 6.0)  # dB that a segment is made louder by
PEAK = 0.98
MEL_WEIGHT, PERIODICITY_WEIGHT = 10.0, 30.0
ADVERSARIAL_WEIGHT, FEATURE_WEIGHT = 0.6, 2.0
DISCRIMINATOR_WARMUP = 150  # steps that the discriminators learn before the generator hears of them
SAVE_EVERY = 100  # steps
SAMPLE_EVERY = 500


@dataclass(frozen=True)
class SpokenVoice:
    """A voice's corpus, with the mels that its acoustic model makes of each utterance."""

    utterances: list[Utterance]
    own_mels: list[torch.Tensor]  # each [n_frames or n_frames - 1, n_mels]


def load_voice(corpus: pathlib.Path, acoustic_model: pathlib.Path, at_most: int | None = None) -> SpokenVoice:
    """Load the corpus's utterances that are longer than a segment: all, or the first `at_most`."""
    longer = [
        u for u in load_utterances(corpus, acoustic_config()) if len(u.waveform) > (SEGMENT_FRAMES + 1) * HOP_LENGTH
    ]
    return SpokenVoice(longer[:at_most], own_mels(acoustic_model, longer[:at_most]))


def segments(voices: list[SpokenVoice], count: int, shuffler: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Choose random segments: mels [B, n_mels, n_frames] and the waveforms [B, 1, n_samples] that belong to them."""
    mels, waveforms = [], []
    for _ in range(count):
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
    """Return the learning rate: a cosine over all `steps`, lower for a trained model and slow at its start."""
    first, last = (FINE_TUNING_FIRST, FINE_TUNING_LAST) if fine_tuning else (FIRST_RATE, LAST_RATE)
    warm = min(1.0, step / FINE_TUNING_WARMUP) if fine_tuning else 1.0
    return warm * (last + (first - last) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps))))


def train_vocoder(
    voices: list[SpokenVoice],
    run: pathlib.Path,
    steps: int,
    *,
    spectral_steps: int | None = None,
    start: pathlib.Path | None = None,
    seed: int = 0,
    device: str = "cpu",
    on_pace: OnPace = print_pace,
) -> None:
    """Train until ``run``/vocoder.pth has `steps` steps, from where it is; arguments as `train_acoustic`'s.

    Args:
        spectral_steps: after so many the discriminators join; None: never.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    begun = open_vocoder(start)
    generator = begun.model.to(device).train()
    begun.config.save_json(str(run / "vocoder_config.json"))
    optimizer = torch.optim.AdamW(generator.parameters(), betas=(0.8, 0.99))
    discriminators = discriminators_for(device).to(device).train()
    their_optimizer = torch.optim.AdamW(discriminators.parameters(), lr=DISCRIMINATOR_RATE, betas=(0.8, 0.99))
    mel_loss, periodicity_loss = MultiScaleMelLoss().to(device), PeriodicityLoss().to(device)
    others: dict[str, Stateful] = {"discriminators": discriminators, "discriminator_optimizer": their_optimizer}
    state = RunState(run / "vocoder.pth", generator, optimizer, seed, begun.steps, others)
    progress = Progress(run / "tensorboard" / "vocoder", state.step, steps, on_pace)

    while state.step < steps:
        state.begin_step()
        for group in optimizer.param_groups:
            group["lr"] = rate(state.step, steps, fine_tuning=start is not None)
        shuffler = random.Random(f"{state.seed} {state.step}")
        mels, waveforms = segments(voices, SEGMENTS_PER_BATCH[device], shuffler)
        real = waveforms.to(device)
        with torch.autocast(device, dtype=torch.bfloat16):
            made = generator(mels.to(device))
        made = made.float()
        judged_steps = 0 if spectral_steps is None else state.step - spectral_steps
        losses: dict[str, torch.Tensor] = {}
        if judged_steps > 0:
            losses["discriminator"] = discriminator_loss(discriminators(real), discriminators(made.detach()))
            their_optimizer.zero_grad()
            torch.autograd.backward(losses["discriminator"])
            torch.nn.utils.clip_grad_norm_(discriminators.parameters(), 10.0)
            their_optimizer.step()
        losses["mel"] = mel_loss(made.squeeze(1), real.squeeze(1))
        losses["periodicity"] = periodicity_loss(made.squeeze(1), real.squeeze(1))
        loss = MEL_WEIGHT * losses["mel"] + PERIODICITY_WEIGHT * losses["periodicity"]
        if judged_steps > DISCRIMINATOR_WARMUP:
            judged = discriminators(made)
            with torch.no_grad():
                original = discriminators(real)
            losses["adversarial"] = adversarial_loss(judged)
            losses["features"] = feature_loss(original, judged)
            loss = loss + ADVERSARIAL_WEIGHT * losses["adversarial"] + FEATURE_WEIGHT * losses["features"]
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(generator.parameters(), 10.0)
        optimizer.step()
        state.average.update(generator, state.step)
        progress.add(state.step, **{name: float(value.detach()) for name, value in losses.items()})
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
        "--spectral-steps", type=int, help="let the discriminators join after this many; never, where it is not given"
    )
    parser.add_argument(
        "--voice", nargs=2, type=pathlib.Path, action="append", required=True, metavar=("CORPUS", "ACOUSTIC_MODEL")
    )
    parser.add_argument("--utterances", type=int, help="at most so many of each corpus")
    parser.add_argument("--from", dest="start", type=pathlib.Path, help="a vocoder's folder to begin with")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    voices = []
    for corpus, acoustic_model in arguments.voice:
        voices.append(load_voice(corpus, acoustic_model, arguments.utterances))
        print(f"{corpus}: {len(voices[-1].utterances)} utterances", flush=True)
    train_vocoder(
        voices,
        arguments.run,
        arguments.steps,
        spectral_steps=arguments.spectral_steps,
        start=arguments.start,
        seed=arguments.seed,
        device=arguments.device,
    )


if __name__ == "__main__":
    main()
