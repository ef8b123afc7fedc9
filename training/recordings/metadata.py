"""Read the list of recordings, `metadata.csv`, in the format of LJSpeech.

A line is `name|text` or `name|text|text with its numbers written out`; the WAVs are beside the list or in `wavs/`. The
list is not trusted: names that lead out of the folder are refused.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from voices.synth.text.hangul import count_syllables

METADATA = "metadata.csv"
MAX_BYTES = 4 * 1024 * 1024
MAX_LINES = 20_000
MAX_TEXT = 300  # characters; a sentence of a hundred syllables takes twenty seconds
ENCODINGS = ("utf-8-sig", "cp949")  # the second is that of Korean spreadsheets
FILE_NAME = re.compile(r"(?!.*\.\.)[^/\\:\x00-\x1f]{1,200}")


class RecordingsError(Exception):
    """The folder of recordings can't be used; the message tells the user why and what to do."""


@dataclass(frozen=True)
class Recording:
    """One WAV and the text that is read in it."""

    path: Path
    text: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file, or with a line of the list."""

    file: str
    message: str
    left_out: bool  # False: it is used in spite of the problem


def read_metadata(folder: Path) -> tuple[list[Recording], list[Problem]]:
    """Return the recordings in the list's order, and the problems of lines that can't be used.

    Raises RecordingsError if the list is missing or can't be read.
    """
    recordings: dict[Path, Recording] = {}
    problems: list[Problem] = []
    for number, line in enumerate(read_lines(folder / METADATA), 1):
        if not line.strip():
            continue
        name, *texts = (part.strip() for part in line.split("|"))
        where = _("line %(number)d") % {"number": number}
        # The text is the last column with Hangul: some tools write a duration into the third column.
        text = next((text for text in reversed(texts) if count_syllables(text)), "")
        path = _wav(folder, name)
        if path is None:
            problems.append(Problem(where, _("names no WAV in this folder"), True))
        elif not text:
            problems.append(Problem(path.name, _("its line has no Korean text"), True))
        elif len(text) > MAX_TEXT:
            problems.append(
                Problem(path.name, _("its text is longer than %(max)d characters") % {"max": MAX_TEXT}, True)
            )
        elif path in recordings:
            problems.append(Problem(path.name, _("is listed twice; the first line counts"), False))
        else:
            recordings[path] = Recording(path, text)
    return list(recordings.values()), problems


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file. Raises RecordingsError if it is missing, too large, or not text."""
    if not path.is_file():
        raise RecordingsError(_("There is no %(name)s in the folder.") % {"name": path.name})
    if path.stat().st_size > MAX_BYTES:
        raise RecordingsError(_("%(name)s is larger than %(max)d MB.") % {"name": path.name, "max": MAX_BYTES >> 20})
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            lines = content.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
        if len(lines) > MAX_LINES:
            raise RecordingsError(_("%(name)s has over %(max)d lines.") % {"name": path.name, "max": MAX_LINES})
        return lines
    raise RecordingsError(_("%(name)s is not text in UTF-8. Save it as UTF-8.") % {"name": path.name})


def _wav(folder: Path, name: str) -> Path | None:
    """Return the WAV that a line names, with or without `.wav`; None if it is not a file inside the folder."""
    if not FILE_NAME.fullmatch(name):
        return None
    file_name = name if name.lower().endswith(".wav") else f"{name}.wav"
    for path in (folder / file_name, folder / "wavs" / file_name):
        if lies_in(path, folder):
            return path
    return None


def lies_in(path: Path, folder: Path) -> bool:
    """Return whether `path` is a file, and inside the folder after links are resolved."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())
