"""Train Glow-TTS on the corpus: pronounced jamo -> mel.

    python -m voice_model.training.train_acoustic CORPUS_FOLDER RUN_FOLDER --steps 5000

One thread by design: a run of this and one of `train_vocoder.py` share two cores without harm.
Resumes from RUN_FOLDER/acoustic.pth, whose "average" is what `export.py` takes.
"""

import argparse
import pathlib
import random
import time
from collections.abc import Iterator

import torch
from TTS.tts.models.glow_tts import GlowTTS

from voice_model.training.model_configs import acoustic_config
from voice_model.training.pronunciation import PUNCTUATION
from voice_model.training.speech_corpus import Utterance, load_utterances
from voice_model.training.weight_average import WeightAverage

PEAK_RATE = 2e-3
WARMUP = 800  # steps; the rate falls with 1/sqrt(step) after them (Noam)
FRAMES_PER_BATCH = 4800  # padding included
SAVE_EVERY = 100  # steps
PERIOD_DROPOUT = 0.1
"""Share of sentences whose closing period is hidden: people also type sentences without one."""

Batch = dict[str, torch.Tensor | None]


def batches(utterances: list[Utterance], seed: int) -> Iterator[Batch]:
    """Endless batches of utterances of similar length, so that little of a batch is padding."""
    period = 1 + len(acoustic_config().characters.characters) + PUNCTUATION.index(".")
    shuffler = random.Random(seed)
    while True:
        by_length = sorted(utterances, key=lambda u: len(u.mel) * shuffler.uniform(0.85, 1.15))
        groups: list[list[Utterance]] = [[]]
        longest = 0
        for utterance in by_length:
            longest = max(longest, len(utterance.mel))
            if longest * (len(groups[-1]) + 1) > FRAMES_PER_BATCH:
                groups.append([])
                longest = len(utterance.mel)
            groups[-1].append(utterance)
        shuffler.shuffle(groups)
        for group in groups:
            ids = [
                u.symbol_ids[:-1] if u.symbol_ids[-1] == period and shuffler.random() < PERIOD_DROPOUT else u.symbol_ids
                for u in group
            ]
            yield collate(ids, [u.mel for u in group])


def collate(ids: list[torch.Tensor], mels: list[torch.Tensor]) -> Batch:
    """What `GlowTTS.train_step` reads: ids [B, T_text], mels [B, T_frames, n_mels], lengths [B]."""
    pad = torch.nn.utils.rnn.pad_sequence
    return {
        "text_input": pad(ids, batch_first=True),
        "text_lengths": torch.tensor([len(i) for i in ids]),
        "mel_input": pad(mels, batch_first=True),
        "mel_lengths": torch.tensor([len(m) for m in mels]),
        "d_vectors": None,
        "speaker_ids": None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Train Glow-TTS on the corpus.")
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--steps", type=int, required=True, help="stop after this many in all")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    arguments.run.mkdir(parents=True, exist_ok=True)
    checkpoint = arguments.run / "acoustic.pth"

    utterances = load_utterances(arguments.corpus)
    minutes = sum(len(u.mel) for u in utterances) * 256 / 22_050 / 60
    print(f"{len(utterances)} utterances, {minutes:.1f} minutes", flush=True)
    model = GlowTTS(acoustic_config())
    model.train()
    criterion = model.get_criterion()
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), weight_decay=1e-6)
    average = WeightAverage(model)
    step = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average.weights = saved["average"]
        step = saved["step"]
    feed = batches(utterances, seed=step)
    model.run_data_dep_init = step == 0
    if model.run_data_dep_init:  # the activation norms take their scale from a first batch
        model.train_step(next(feed), criterion)
        model.run_data_dep_init = False
        average = WeightAverage(model)

    started, losses = time.monotonic(), []
    while step < arguments.steps:
        step += 1
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * min(step / WARMUP, (WARMUP / step) ** 0.5)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            _, loss = model.train_step(next(feed), criterion)
        optimizer.zero_grad()
        loss["loss"].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        average.update(model, step)
        losses.append([float(loss["log_mle"].detach()), float(loss["loss_dur"].detach())])
        if step % 50 == 0:
            mle, duration = torch.tensor(losses).mean(0).tolist()
            pace = (time.monotonic() - started) / len(losses)
            print(f"{step} likelihood {mle:.4f} duration {duration:.4f} {pace:.2f} s", flush=True)
            started, losses = time.monotonic(), []
        if step % SAVE_EVERY == 0 or step == arguments.steps:
            torch.save(
                {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "average": average.weights,
                    "step": step,
                },
                checkpoint.with_suffix(".part"),
            )
            checkpoint.with_suffix(".part").replace(checkpoint)


if __name__ == "__main__":
    main()
