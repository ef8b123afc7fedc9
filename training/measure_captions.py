"""Measure how true the times of words are: against pauses in the audio, and against a recognizer's own alignment.

    python -m training.measure_captions VOICE_MODEL_FOLDER [--voices 1 2]

A word begins where the sound begins after a pause, and ends where it ends before one; where words flow into each
other, only a recognizer can say where one begins. Vosk, which never heard of our durations, aligns what it hears; a
word counts where it heard the syllables on both sides of the border right. Each cell is the median and the 90th
percentile of the absolute difference in milliseconds, and the number of borders.
"""

import argparse
import difflib
import pathlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch

from training.measures import vosk_judge
from training.measures.vosk_judge import HeardWord, VoskJudge
from training.sentences import held_out_sentences
from voices.library.manifest import read_manifest
from voices.synth import Speech, SpokenWord, load_voice, synthesize
from voices.synth.audio import frame_levels
from voices.synth.text.hangul import only_syllables

FRAME_SECONDS = 0.005
QUIET_DB = 40.0  # below the loudest frame
PAUSE_SECONDS = 0.15  # the closure of a tense consonant is quiet, too, but shorter
NEAR_SECONDS = 0.1  # between a pause and the border that it belongs to

Deviations = dict[str, list[float]]  # seconds, by what was compared; above 0: our time is later


def pauses_in(speech: Speech) -> list[tuple[float, float]]:
    """Return start and end, in seconds, of each pause between sounds."""
    levels = frame_levels(speech.samples, round(FRAME_SECONDS * speech.sample_rate))
    loud = np.flatnonzero(levels > levels.max(initial=-100.0) - QUIET_DB)
    return [
        ((before + 1) * FRAME_SECONDS, after * FRAME_SECONDS)
        for before, after in pairwise(loud.tolist())
        if (after - before - 1) * FRAME_SECONDS >= PAUSE_SECONDS
    ]


def against_pauses(words: Sequence[SpokenWord], pauses: Sequence[tuple[float, float]]) -> Deviations:
    """Compare the ends of words before pauses, and the starts of those after."""
    found: Deviations = defaultdict(list)
    for before, after in pairwise(words):
        for start, end in pauses:
            if end > before.end_seconds - NEAR_SECONDS and start < after.start_seconds + NEAR_SECONDS:
                found["start, by energy"].append(after.start_seconds - end)
                found["end, by energy"].append(before.end_seconds - start)
    return found


def against_heard(words: Sequence[SpokenWord], heard: Sequence[HeardWord]) -> Deviations:
    """Compare starts and ends with those of the heard words, where both sides of the border were heard right."""
    found: Deviations = defaultdict(list)
    said = [(*syllable, word) for word in words for syllable in _syllables(word.text)]
    recognized = [(*syllable, word) for word in heard for syllable in _syllables(word.text)]
    texts = ["".join(syllable for syllable, *_ in syllables) for syllables in (said, recognized)]
    for match in difflib.SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_matching_blocks():
        for offset in range(match.size):
            _, begins, ends, ours = said[match.a + offset]
            _, begins_too, ends_too, theirs = recognized[match.b + offset]
            if begins and begins_too and (offset or match.a == 0):
                found["start, by Vosk"].append(ours.start_seconds - theirs.start_seconds)
            if ends and ends_too and (offset < match.size - 1 or match.a + match.size == len(said)):
                found["end, by Vosk"].append(ours.end_seconds - theirs.end_seconds)
    return found


def _syllables(text: str) -> list[tuple[str, bool, bool]]:
    """Return each syllable, and whether it is the first and the last one."""
    syllables = only_syllables(text)
    return [(syllable, index == 0, index == len(syllables) - 1) for index, syllable in enumerate(syllables)]


def table(rows: dict[str, Deviations]) -> str:
    """Return a Markdown table with a row for each voice."""
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    everything = {name: [value for row in rows.values() for value in row.get(name, ())] for name in names}
    lines = [f"| ms | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    for title, row in {**rows, "all": everything}.items():
        lines.append(f"| {title} | {' | '.join(_cell(row.get(name, [])) for name in names)} |")
    return "\n".join(lines)


def _cell(deviations: Sequence[float]) -> str:
    if not deviations:
        return ""
    median, p90 = np.percentile(np.abs(deviations), [50, 90]) * 1000
    return f"{median:.0f}, {p90:.0f} (of {len(deviations)})"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how true the times of words are.")
    parser.add_argument("voice_model", type=pathlib.Path)
    parser.add_argument("--voices", nargs="+", type=int, help="numbers of members; all, if left out")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    judge = VoskJudge() if vosk_judge.is_installed() else None
    if judge is None:
        print("Without Vosk (see training/measures/vosk_judge.py), words are compared with pauses only.")
    rows: dict[str, Deviations] = {}
    for member in read_manifest(arguments.voice_model):
        if arguments.voices and member.id not in arguments.voices:
            continue
        folders = (arguments.voice_model / member.glow_tts_dir, arguments.voice_model / member.hifigan_dir)
        voice = load_voice(*folders, mode=member.mode)
        row: Deviations = defaultdict(list)
        for sentence in held_out_sentences():
            speech = synthesize(voice, sentence)
            words = [word for spoken in speech.sentences for word in spoken.words]
            compared = [against_pauses(words, pauses_in(speech))]
            if judge is not None:
                compared.append(against_heard(words, judge.hear_words(speech.samples, speech.sample_rate)))
            for name, values in (item for part in compared for item in part.items()):
                row[name] += values
        rows[member.name] = row
    print(table(rows))


if __name__ == "__main__":
    main()
