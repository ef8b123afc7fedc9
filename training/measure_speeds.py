"""Measure how speech holds out at other speeds and with pauses: errors, pace, and how long the pauses really are.

    python -m training.measure_speeds VOICE_MODEL_FOLDER [--voices 1 2] [--sentences 40]

The first table has, for each voice and speed, the share of the syllables that Whisper base misses, and the pace beside
that at speed 1; the second, for each pause that a text asks for, how long the silence is in seconds.
"""

import argparse
import pathlib
from collections import defaultdict
from collections.abc import Sequence

import torch

from training.measure_captions import pauses_in
from training.measures.intervals import table
from training.measures.judge import Judge, error_rate
from training.measures.pace import speech_seconds
from training.sentences import held_out_sentences
from voices.library.manifest import read_manifest
from voices.synth import load_voice, synthesize
from voices.synth.voice import Voice

SPEEDS = (0.5, 1.0, 2.0)
BEFORE, AFTER = "오늘은 정말 즐거웠어요.", "다음에 또 만나요."
PAUSES = {"none": " ", "line": "\n", "empty line": "\n\n"} | {
    f"{seconds} s": f" [{seconds}초] " for seconds in (0.5, 1, 2)
}


def measure_speeds(voice: Voice, sentences: Sequence[str], judge: Judge) -> dict[str, dict[str, list[float]]]:
    """Return the measures of each speed, sentence by sentence."""
    rows: dict[str, dict[str, list[float]]] = {}
    usual = [speech_seconds(synthesize(voice, sentence).samples) for sentence in sentences]
    for speed in SPEEDS:
        row: dict[str, list[float]] = defaultdict(list)
        for sentence, seconds in zip(sentences, usual, strict=True):
            speech = synthesize(voice, sentence, speed=speed)
            row["CER, Whisper base"].append(error_rate(sentence, judge.hear(speech.samples, speech.sample_rate)))
            row["times as fast"].append(seconds / speech_seconds(speech.samples))
        rows[f"speed {speed:g}"] = row
    return rows


def measure_pauses(voice: Voice) -> dict[str, list[float]]:
    """Return how long the pause between two sentences is in seconds, for each way of asking for it."""
    found: dict[str, list[float]] = {}
    for name, between in PAUSES.items():
        pauses = pauses_in(synthesize(voice, BEFORE + between + AFTER))
        found[name] = [max((end - start for start, end in pauses), default=0.0)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure voices at other speeds, and their pauses.")
    parser.add_argument("voice_model", type=pathlib.Path)
    parser.add_argument("--voices", nargs="+", type=int, help="numbers of members; all, if left out")
    parser.add_argument("--sentences", type=int, default=40)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    judge = Judge()
    speeds: dict[str, dict[str, list[float]]] = {}
    pauses: dict[str, dict[str, list[float]]] = {}
    for member in read_manifest(arguments.voice_model):
        if arguments.voices and member.id not in arguments.voices:
            continue
        folders = (arguments.voice_model / member.glow_tts_dir, arguments.voice_model / member.hifigan_dir)
        voice = load_voice(*folders, mode=member.mode)
        pauses[member.name] = measure_pauses(voice)
        measured = measure_speeds(voice, held_out_sentences()[: arguments.sentences], judge)
        speeds.update({f"{member.name}, {speed}": row for speed, row in measured.items()})
        print(table({name: row for name, row in speeds.items() if member.name in name}, with_all=False), flush=True)
    for speed in SPEEDS:
        rows = [row for name, row in speeds.items() if name.endswith(f"speed {speed:g}")]
        speeds[f"all, speed {speed:g}"] = {name: [value for row in rows for value in row[name]] for name in rows[0]}
    print(table(speeds, with_all=False), table(pauses), sep="\n\n")


if __name__ == "__main__":
    main()
