"""How the cost of speech grows: with the length of the text, and with the number of voices that are asked for in turn.

    python -m bench.growth [--speakings 5]

With the demo voices, on one thread, in this process.
"""

import argparse
import itertools
import time
from dataclasses import dataclass

import psutil
import torch

from bench.quality_gate import VOICE_MODEL, demo_voice
from bench.report import spread
from voices.library.manifest import read_manifest
from voices.synth import synthesize
from voices.synth.voice import Voice

SENTENCE = "오늘도 와 줘서 정말 고마워요, 내일 또 만나요. "
CHARACTERS = (10, 30, 100, 300, 1000)
LONGEST_SECONDS = 10.0  # of one row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speakings", type=int, default=5, help="at most, of each text by each voice")
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    lengths, speakings = (CHARACTERS[:1], 1) if arguments.quick else (CHARACTERS, arguments.speakings)
    torch.set_num_threads(1)
    numbers = [member.id for member in read_manifest(VOICE_MODEL)][: 2 if arguments.quick else None]
    started, before = time.perf_counter(), resident()
    voices = [demo_voice(numbers[0])]
    print(f"loading the first voice: {time.perf_counter() - started:.2f} s, {resident() - before:.0f} MB")
    synthesize(voices[0], SENTENCE)  # what is done once is done
    print("seconds to speak, by the characters of the text; its real-time factor; the memory that is left in use")
    for length in lengths:
        row = speak([voices[0]], (SENTENCE * 50)[:length], speakings)
        print(f"{length:6}   {spread(row.seconds)}; {spread(row.factors)}; {resident():.0f} MB", flush=True)
    print("the same for 30 characters, by the voices that speak in turn")
    for number in numbers[1:]:
        before = resident()
        voices.append(demo_voice(number))
        added = resident() - before
        row = speak(voices, SENTENCE[:30], speakings)
        print(f"{len(voices):6}   {spread(row.seconds)}; {spread(row.factors)}; {added:+.0f} MB", flush=True)


@dataclass
class Row:
    seconds: list[float]
    factors: list[float]  # real-time factors


def speak(voices: list[Voice], text: str, speakings: int) -> Row:
    """Let each voice speak in its turn, so many times each, but no longer than ``LONGEST_SECONDS``."""
    row = Row([], [])
    give_up_at = time.monotonic() + LONGEST_SECONDS
    for voice in itertools.chain.from_iterable(itertools.repeat(voices, speakings)):
        started = time.perf_counter()
        speech = synthesize(voice, text, seed=len(row.seconds))
        row.seconds.append(time.perf_counter() - started)
        row.factors.append(row.seconds[-1] / speech.duration_seconds)
        if time.monotonic() > give_up_at:
            break
    return row


def resident() -> float:
    """Return the memory that this process uses, in MB."""
    return float(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    main()
