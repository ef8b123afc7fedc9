"""Read the list of recordings, `metadata.csv`, as tools for LJSpeech, KSS and coqui-tts write it.

A line is `name|text` or `name|text|text with its numbers written out`, perhaps with more columns, or the same with
tabs, commas, semicolons or a space; a first line may name the columns. The WAVs are beside the list or in folders
below it. The list is not trusted: names that lead out of the folder find nothing.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from training.recordings.columns import read_rows
from training.recordings.sound_files import SoundFiles

METADATA = "metadata.csv"
# Names of lists, in any case; the third is that of KSS.
LISTS = (r"metadata\.csv", r"metadata\.(tsv|txt)", r"transcript[\w.-]*\.(txt|csv|tsv)")
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


def find_list(folder: Path) -> Path | None:
    """Return the list of recordings in a folder, METADATA before others; None if there is none."""
    files = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    found = [path for name in LISTS for path in files if re.fullmatch(name, path.name, re.IGNORECASE)]
    return found[0] if found else None


def read_metadata(folder: Path) -> tuple[list[Recording], list[Problem]]:
    """Return the recordings in the list's order, and the problems of lines that can't be used.

    Raises RecordingsError if the list is missing or can't be read.
    """
    recordings: dict[Path, Recording] = {}
    problems: list[Problem] = []
    sounds = SoundFiles(folder)
    for row in read_rows(
        read_lines(find_list(folder) or folder / METADATA), lambda name: sounds.find(name) is not None
    ):
        where = _("line %(number)d") % {"number": row.number}
        path = sounds.find(row.name)
        if path is None:
            message = sounds.why_not(row.name) if row.is_whole else _("has no sign such as | between name and text")
            problems.append(Problem(where, message, True))
        elif not row.text:
            problems.append(Problem(path.name, _("its line has no Korean text"), True))
        elif len(row.text) > MAX_TEXT:
            problems.append(
                Problem(path.name, _("its text is longer than %(max)d characters") % {"max": MAX_TEXT}, True)
            )
        elif path in recordings:
            problems.append(Problem(path.name, _("is listed twice; the first line counts"), False))
        else:
            recordings[path] = Recording(path, row.text)
    return list(recordings.values()), problems


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file. Raises RecordingsError if it is missing, too large, or not text."""
    if not path.is_file():
        raise RecordingsError(_("There is no %(name)s in the folder.") % {"name": path.name})
    if path.stat().st_size > MAX_BYTES:
        raise RecordingsError(_("%(name)s is larger than %(max)d MB.") % {"name": path.name, "max": MAX_BYTES >> 20})
    content = path.read_bytes()
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ENCODINGS:
        try:
            # Not `splitlines`, which also divides at signs that stand within texts.
            lines = re.split(r"\r\n|\r|\n", content.decode(encoding).removesuffix("\n"))
        except UnicodeDecodeError:
            continue
        if len(lines) > MAX_LINES:
            raise RecordingsError(_("%(name)s has over %(max)d lines.") % {"name": path.name, "max": MAX_LINES})
        return lines
    raise RecordingsError(_("%(name)s is not text in UTF-8. Save it as UTF-8.") % {"name": path.name})
