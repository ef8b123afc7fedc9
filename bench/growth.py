"""How the cost of speech grows: with the length of the text, and with the number of voices that are asked for in turn.

    python -m bench.growth [--speakings 5]

The demo voices, as a worker loads them, on one thread. Processor time throughout, so that other work on the machine
does not count; on one thread of a quiet machine it is the time that passes.
"""

import argparse
import itertools
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bench.own_database import own_database
from bench.report import spread

if TYPE_CHECKING:
    from voices.synth.voice import Voice

VOICE_MODEL = Path(__file__).parents[1] / "voice_model"
SENTENCE = "오늘도 와 줘서 정말 고마워요, 내일 또 만나요. "
CHARACTERS: tuple[int, ...] = (10, 30, 100, 300, 1000)
N_VOICES = 3
LONGEST_SECONDS = 8.0  # of one row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speakings", type=int, default=5, help="at most, of each text by each voice")
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    lengths, speakings = (CHARACTERS[:1], 1) if arguments.quick else (CHARACTERS, arguments.speakings)
    n_voices = 1 if arguments.quick else N_VOICES
    os.environ["FORV_TORCH_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        own_database(Path(folder), None if arguments.quick else VOICE_MODEL)
        voices = [load(0)]
        print("seconds to speak, by the characters of the text; its real-time factor; the memory that is left in use")
        for length in lengths:
            row = speak(voices, (SENTENCE * 50)[:length], speakings)
            print(f"{length:6}   {spread(row.seconds)}; {spread(row.factors)}; {resident():.0f} MB", flush=True)
        print("the same for 30 characters, by the voices that speak in turn")
        for number in range(1, n_voices):
            voices.append(load(number))
            row = speak(voices, SENTENCE[:30], speakings)
            print(f"{number + 1:6}   {spread(row.seconds)}; {spread(row.factors)}; {resident():.0f} MB", flush=True)


def load(number: int) -> "Voice":
    """Load the voice of the member with this number in the list, for the first time and again."""
    from voices.models import Voice
    from voices.synth import synthesize
    from voices.worker.loaded_voices import LoadedVoices

    row = Voice.objects.order_by("member_id")[number]
    seconds = []
    before = resident()
    for _ in range(2):
        started = time.process_time()
        voice = LoadedVoices(2**40).get(row)
        synthesize(voice, SENTENCE)  # what is done once is done
        seconds.append(time.process_time() - started)
    first, again = seconds
    print(
        f"voice {number + 1}: {first:.1f} s to its first sentence, {again:.2f} s once it was converted and exported; "
        f"{resident() - before:+.0f} MB",
        flush=True,
    )
    return voice


@dataclass
class Row:
    seconds: list[float]
    factors: list[float]  # real-time factors


def speak(voices: list["Voice"], text: str, speakings: int) -> Row:
    """Let each voice speak in its turn, so many times each, but no longer than ``LONGEST_SECONDS``."""
    from voices.synth import synthesize

    row = Row([], [])
    give_up_at = time.monotonic() + LONGEST_SECONDS
    for voice in itertools.chain.from_iterable(itertools.repeat(voices, speakings)):
        started = time.process_time()
        speech = synthesize(voice, text, seed=len(row.seconds))
        row.seconds.append(time.process_time() - started)
        row.factors.append(row.seconds[-1] / speech.duration_seconds)
        if time.monotonic() > give_up_at:
            break
    return row


def resident() -> float:
    """Return the memory that this process uses, in MB."""
    return float(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    main()
