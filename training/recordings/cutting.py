"""Cut long recordings into one WAV for each line of their script."""

import re
from pathlib import Path

import soundfile
from django.utils.translation import gettext as _

from training.measures.heard import HeardFile
from training.measures.judge import Judge
from training.recordings.alignment import HeardPart, Match, align
from training.recordings.messages import Say
from training.recordings.metadata import Problem, Recording
from training.recordings.pauses import Part, find_parts, read_part
from training.recordings.script import Line, Reading

SHORTEST_HEARD = 0.4  # seconds, with margins; for less, the recognizer's output is random


def cut_readings(
    readings: list[Reading], folder: Path, judge: Judge, heard: HeardFile, say: Say
) -> tuple[list[Recording], list[Problem]]:
    """Write a WAV into `folder` for each line that is found; return these recordings, and what was not matched.

    What the recognizer hears in parts and WAVs is saved in `heard`, so that a stopped run can be resumed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recordings: list[Recording] = []
    problems: list[Problem] = []
    for reading in readings:
        parts = [part for wav in reading.wavs for part in find_parts(wav)]
        heard_parts = [HeardPart(part, text) for part, text in zip(parts, _hear(parts, judge, heard, say), strict=True)]
        matches = align(heard_parts, [line.text for line in reading.lines])
        for match in matches:
            text = " ".join(line.text for line in reading.lines[match.first_line : match.end_line])
            said = heard_parts[match.first_part : match.end_part]
            wav = _write(folder, said[0].part, said[-1].part)
            if wav.name not in heard.texts:
                heard.add(wav.name, " ".join(part.heard for part in said))
            recordings.append(Recording(wav, text))
        problems += _unmatched(heard_parts, reading.lines, matches)
        say(_report(reading, parts, matches))
    return recordings, problems


def _hear(parts: list[Part], judge: Judge, heard: HeardFile, say: Say) -> list[str]:
    texts = []
    for number, part in enumerate(parts, 1):
        name = f"{part.path.name} {part.start:.2f}"
        if name not in heard.texts:
            long_enough = part.seconds >= SHORTEST_HEARD
            heard.add(name, judge.hear(*read_part(part)) if long_enough else "")
        texts.append(heard.texts[name])
        if number % 20 == 0:
            say(_("%(done)d of %(all)d parts between pauses heard") % {"done": number, "all": len(parts)})
    return texts


def _write(folder: Path, first: Part, last: Part) -> Path:
    """Write the samples from the first part to the last as a WAV, named by its times; return its path."""
    safe_stem = re.sub(r"[^\w-]", "_", first.path.stem)[:100]
    path = folder / f"{safe_stem}_{first.start:08.2f}-{last.end:08.2f}.wav"
    samples, sample_rate = read_part(Part(first.path, first.start, last.end))
    soundfile.write(path, samples, sample_rate, subtype="PCM_16")
    return path


def _unmatched(parts: list[HeardPart], lines: list[Line], matches: list[Match]) -> list[Problem]:
    """Return a problem for each line without a part, and for each part with speech but without a line."""
    found = {number for match in matches for number in range(match.first_line, match.end_line)}
    used = {number for match in matches for number in range(match.first_part, match.end_part)}
    problems = [
        Problem(line.where, _("was not found in the recordings: “%(text)s”") % {"text": line.text[:60]}, True)
        for number, line in enumerate(lines)
        if number not in found
    ]
    for number, part in enumerate(parts):
        if number not in used and part.heard:
            message = _("says no line of the script: “%(heard)s”") % {"heard": part.heard[:60]}
            problems.append(Problem(part.part.where, message, True))
    return problems


def _report(reading: Reading, parts: list[Part], matches: list[Match]) -> str:
    used = [part for match in matches for part in parts[match.first_part : match.end_part]]
    return _("%(script)s: %(found)d of %(all)d lines found, in %(used).1f of %(minutes).1f minutes of speech.") % {
        "script": reading.lines[0].script if reading.lines else "",
        "found": sum(match.end_line - match.first_line for match in matches),
        "all": len(reading.lines),
        "used": sum(part.seconds for part in used) / 60,
        "minutes": sum(part.seconds for part in parts) / 60,
    }
