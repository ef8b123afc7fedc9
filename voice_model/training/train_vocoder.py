"""Train the HiFi-GAN V2 generator on the corpus: mel -> waveform.

    python -m voice_model.training.train_vocoder CORPUS_FOLDER RUN_FOLDER --steps 8000

Spectral losses only: HiFi-GAN's discriminators (70 M parameters) cost ten times the generator,
too much for a CPU. One thread by design, like `train_acoustic.py`.
Resumes from RUN_FOLDER/vocoder.pth, whose "average" is what `export.py` takes.
"""

import argparse
import math
import pathlib
import random
import time

import torch
from TTS.vocoder.layers.losses import L1SpecLoss, MultiScaleSTFTLoss
from TTS.vocoder.models.hifigan_generator import HifiganGenerator

from voice_model.training.model_configs import HOP_LENGTH, N_MELS, SAMPLE_RATE, vocoder_config
from voice_model.training.speech_corpus import Utterance, load_utterances
from voice_model.training.weight_average import WeightAverage

FIRST_RATE, LAST_RATE = 1e-3, 5e-5
SEGMENT_FRAMES = 32
SEGMENTS_PER_BATCH = 4
MEL_LOSS_WEIGHT = 4.0
SAVE_EVERY = 100  # steps


def build_generator() -> HifiganGenerator:
    return HifiganGenerator(in_channels=N_MELS, out_channels=1, **vocoder_config().generator_model_params)


def segments(
    utterances: list[Utterance], weights: list[float], shuffler: random.Random
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random cuts: mels [B, n_mels, frames] and the waveforms [B, 1, samples] under them."""
    mels, waveforms = [], []
    for utterance in shuffler.choices(utterances, weights, k=SEGMENTS_PER_BATCH):
        n_whole_frames = min(len(utterance.mel), len(utterance.waveform) // HOP_LENGTH)
        first = shuffler.randint(0, n_whole_frames - SEGMENT_FRAMES)
        last = first + SEGMENT_FRAMES
        mels.append(utterance.mel[first:last].T)
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
    checkpoint = arguments.run / "vocoder.pth"

    utterances = [u for u in load_utterances(arguments.corpus) if len(u.waveform) > SEGMENT_FRAMES * HOP_LENGTH]
    weights = [float(len(u.mel)) for u in utterances]
    generator = build_generator()
    optimizer = torch.optim.AdamW(generator.parameters(), betas=(0.8, 0.99))
    mel_loss = L1SpecLoss(SAMPLE_RATE, 1024, HOP_LENGTH, 1024, 0.0, 8000.0, N_MELS)
    stft_loss = MultiScaleSTFTLoss()
    average = WeightAverage(generator)
    step = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        generator.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average.weights = saved["average"]
        step = saved["step"]
    shuffler = random.Random(step)

    started, losses = time.monotonic(), []
    while step < arguments.steps:
        step += 1
        fall = 0.5 * (1 + math.cos(math.pi * step / arguments.steps))
        for group in optimizer.param_groups:
            group["lr"] = LAST_RATE + (FIRST_RATE - LAST_RATE) * fall
        mels, waveforms = segments(utterances, weights, shuffler)
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
        average.update(generator, step)
        losses.append([float(of_mel.detach()), float(of_magnitude.detach())])
        if step % 50 == 0:
            mel, magnitude = torch.tensor(losses).mean(0).tolist()
            pace = (time.monotonic() - started) / len(losses)
            print(f"{step} mel {mel:.4f} stft {magnitude:.4f} {pace:.2f} s", flush=True)
            started, losses = time.monotonic(), []
        if step % SAVE_EVERY == 0 or step == arguments.steps:
            torch.save(
                {
                    "model": generator.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "average": average.weights,
                    "step": step,
                },
                checkpoint.with_suffix(".part"),
            )
            checkpoint.with_suffix(".part").replace(checkpoint)


if __name__ == "__main__":
    main()
