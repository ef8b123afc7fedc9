"""Train the HiFi-GAN V2 generator on the corpus: mel -> waveform.

    python -m voice_model.training.train_vocoder CORPUS_FOLDER RUN_FOLDER --steps 8000

Spectral losses only: HiFi-GAN's discriminators (70 M parameters) cost ten times the generator, too much
for a CPU, and narrow ones made it worse in their first thousand steps. One thread by design, like
`train_acoustic.py`, whose RUN_FOLDER/acoustic.pth must be there: half of the cuts are its own mels.
Resumes from RUN_FOLDER/vocoder.pth, whose "average" is what `export.py` takes.
"""

import argparse
import math
import pathlib
import random

import torch
from TTS.vocoder.layers.losses import L1SpecLoss, MultiScaleSTFTLoss
from TTS.vocoder.models.hifigan_generator import HifiganGenerator

from voice_model.training.model_configs import HOP_LENGTH, N_MELS, SAMPLE_RATE, acoustic_config, vocoder_config
from voice_model.training.own_mels import own_mels
from voice_model.training.progress import Progress
from voice_model.training.run_state import RunState
from voice_model.training.speech_corpus import Utterance, load_utterances

FIRST_RATE, LAST_RATE = 1e-3, 5e-5
SEGMENT_FRAMES = 32
SEGMENTS_PER_BATCH = 8
OWN_SHARE = 0.5  # of the segments start from the acoustic model's mel in place of the teacher's
MEL_LOSS_WEIGHT = 4.0
SAVE_EVERY = 100  # steps
SAMPLE_EVERY = 500

Pair = tuple[Utterance, torch.Tensor]  # an utterance, and the acoustic model's mel of it


def build_generator() -> HifiganGenerator:
    return HifiganGenerator(in_channels=N_MELS, out_channels=1, **vocoder_config().generator_model_params)


def segments(pairs: list[Pair], weights: list[float], shuffler: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Random cuts: mels [B, n_mels, frames] and the waveforms [B, 1, samples] under them."""
    mels, waveforms = [], []
    for utterance, own_mel in shuffler.choices(pairs, weights, k=SEGMENTS_PER_BATCH):
        n_whole_frames = min(len(own_mel), len(utterance.waveform) // HOP_LENGTH)
        first = shuffler.randint(0, n_whole_frames - SEGMENT_FRAMES)
        last = first + SEGMENT_FRAMES
        mel = own_mel if shuffler.random() < OWN_SHARE else utterance.mel
        mels.append(mel[first:last].T)
        waveforms.append(utterance.waveform[first * HOP_LENGTH : last * HOP_LENGTH])
    return torch.stack(mels), torch.stack(waveforms).unsqueeze(1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the HiFi-GAN V2 generator on the corpus.")
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--steps", type=int, required=True, help="length of the rate's cosine")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    arguments.run.mkdir(parents=True, exist_ok=True)

    utterances = load_utterances(arguments.corpus, acoustic_config())
    utterances = [u for u in utterances if len(u.waveform) > (SEGMENT_FRAMES + 1) * HOP_LENGTH]
    pairs = list(zip(utterances, own_mels(arguments.run / "acoustic.pth", utterances), strict=True))
    weights = [float(len(u.mel)) for u in utterances]
    generator = build_generator()
    optimizer = torch.optim.AdamW(generator.parameters(), betas=(0.8, 0.99))
    mel_loss = L1SpecLoss(SAMPLE_RATE, 1024, HOP_LENGTH, 1024, 0.0, 8000.0, N_MELS)
    stft_loss = MultiScaleSTFTLoss()
    state = RunState(arguments.run / "vocoder.pth", generator, optimizer)
    progress = Progress(arguments.run / "tensorboard" / "vocoder", state.step, arguments.steps)

    while state.step < arguments.steps:
        state.begin_step()
        shuffler = random.Random(f"{state.seed} {state.step}")
        fall = 0.5 * (1 + math.cos(math.pi * state.step / arguments.steps))
        for group in optimizer.param_groups:
            group["lr"] = LAST_RATE + (FIRST_RATE - LAST_RATE) * fall
        mels, waveforms = segments(pairs, weights, shuffler)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            made = generator(mels)
        made, real = made.float().squeeze(1), waveforms.squeeze(1)
        of_mel = mel_loss(made, real)
        of_magnitude, of_convergence = stft_loss(made, real)
        loss = MEL_LOSS_WEIGHT * of_mel + of_magnitude + of_convergence
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(generator.parameters(), 10.0)
        optimizer.step()
        state.average.update(generator, state.step)
        progress.add(state.step, mel=float(of_mel.detach()), stft=float(of_magnitude.detach()))
        if state.step % SAVE_EVERY == 0 or state.step == arguments.steps:
            state.save()
        if state.step % SAMPLE_EVERY == 0 or state.step == arguments.steps:
            add_sample(progress, state, utterances[0])
    progress.close()


@torch.inference_mode()
def add_sample(progress: Progress, state: RunState, utterance: Utterance) -> None:
    """Let the averaged weights copy an utterance of the corpus."""
    generator = build_generator()
    generator.load_state_dict(state.average.weights)
    samples = generator.eval()(utterance.mel.T[None])[0, 0]
    progress.sample(state.step, utterance.mel.numpy(), samples.numpy(), SAMPLE_RATE)


if __name__ == "__main__":
    main()
