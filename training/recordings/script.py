"""Read the scripts of long recordings, one sentence a line.

Each WAV has a text of the same name beside it (`reading.wav`, `reading.txt`), or one `script.txt` is for all WAVs
together, in the order of their names.
"""

from dataclasses import dataclass
from pathlib import Path

import soundfile
from django.utils.translation import gettext as _

from training.recordings.metadata import (
    FILE_NAME,
    MAX_TEXT,
    METADATA,
    Problem,
    Recording,
    RecordingsError,
    read_lines,
)
from training.recordings.sound import MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, sample_rate_message, unreadable_reason
from training.recordings.sound_files import SOUNDS, is_hidden, lies_in
from voices.synth.text.hangul import count_syllables

SCRIPT = "script.txt"
MAX_HOURS = 5.0  # of all WAVs together


@dataclass(frozen=True)
class Line:
    """A sentence of a script."""

    script: str  # file name
    number: int  # from 1
    text: str

    @property
    def where(self) -> str:
        return _("%(name)s, line %(number)d") % {"name": self.script, "number": self.number}


@dataclass(frozen=True)
class Reading:
    """WAVs, and the lines that are read in them, both in order."""

    wavs: list[Path]
    lines: list[Line]

    @property
    def sources(self) -> list[Recording]:
        """Each WAV with the whole script, to identify the reading by."""
        return [Recording(wav, "\n".join(line.text for line in self.lines)) for wav in self.wavs]


def read_scripts(folder: Path) -> tuple[list[Reading], list[Problem]]:
    """Return the readings, and the problems of lines and files that can't be used.

    Raises RecordingsError if there is no WAV with a script, or if the WAVs are too long.
    """
    problems: list[Problem] = []
    wavs = [path for path in sorted(folder.glob("*")) if _is_wav(path) and lies_in(path, folder)]
    hours = 0.0
    for wav in list(wavs):
        try:
            about = soundfile.info(wav)
            hours += about.duration / 3600
            if not MIN_SAMPLE_RATE <= about.samplerate <= MAX_SAMPLE_RATE:
                problems.append(Problem(wav.name, sample_rate_message(about.samplerate), True))
                wavs.remove(wav)
        except soundfile.LibsndfileError:
            problems.append(Problem(wav.name, unreadable_reason(wav), True))
            wavs.remove(wav)
    if hours > MAX_HOURS:
        raise RecordingsError(_("The recordings are longer than %(max).0f hours.") % {"max": MAX_HOURS})
    readings = []
    alone = [wav for wav in wavs if lies_in(wav.with_suffix(".txt"), folder) and wav.stem != Path(SCRIPT).stem]
    for wav in alone:
        readings.append(Reading([wav], _lines_of(wav.with_suffix(".txt"), problems)))
    others = [wav for wav in wavs if wav not in alone]
    if lies_in(folder / SCRIPT, folder) and others:
        readings.append(Reading(others, _lines_of(folder / SCRIPT, problems)))
    else:
        problems += [Problem(wav.name, _("has no script beside it"), True) for wav in others]
    if not readings:
        raise RecordingsError(
            _("There is no %(metadata)s in the folder, and no WAV with a script (%(script)s).")
            % {"metadata": METADATA, "script": SCRIPT}
        )
    return readings, problems


def _is_wav(path: Path) -> bool:
    known = path.suffix.lower() in SOUNDS and not is_hidden(Path(path.name))
    return known and FILE_NAME.fullmatch(path.name) is not None


def _lines_of(path: Path, problems: list[Problem]) -> list[Line]:
    lines = []
    for number, text in enumerate(read_lines(path), 1):
        line = Line(path.name, number, " ".join(text.replace("|", " ").split()))
        if len(line.text) > MAX_TEXT:
            message = _("its text is longer than %(max)d characters") % {"max": MAX_TEXT}
            problems.append(Problem(line.where, message, True))
        elif count_syllables(line.text):
            lines.append(line)
        elif line.text:
            problems.append(Problem(line.where, _("its line has no Korean text"), True))
    return lines
