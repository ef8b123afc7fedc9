"""The list of recordings, `metadata.csv`, as recording tools for LJSpeech-style corpora write it.

A line is ``name|text`` or ``name|text|text with its numbers written out``; the WAVs lie beside the list or in `wavs/`.
Folders come from strangers: names that would leave the folder are not followed.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

METADATA = "metadata.csv"
MAX_BYTES = 4 * 1024 * 1024
MAX_LINES = 20_000
MAX_TEXT = 300  # characters; a sentence of a hundred syllables takes twenty seconds
ENCODINGS = ("utf-8-sig", "cp949")  # the second is what Korean spreadsheets write
HANGUL = re.compile("[가-힣]")
FILE_NAME = re.compile(r"(?!.*\.\.)[^/\\:\x00-\x1f]{1,200}")


class RecordingsError(Exception):
    """The recordings can't be used at all; the message says why and what to do."""


@dataclass(frozen=True)
class Recording:
    """One WAV and what is read in it."""

    path: Path
    text: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file, or with the line of the list that names it."""

    file: str
    message: str
    left_out: bool  # else it is used all the same


def read_metadata(folder: Path) -> tuple[list[Recording], list[Problem]]:
    """The recordings that are there, in the list's order, and what is wrong with other lines.

    Raises ``RecordingsError`` where there is no list that can be read.
    """
    recordings: dict[Path, Recording] = {}
    problems: list[Problem] = []
    for number, line in enumerate(read_lines(folder / METADATA), 1):
        if not line.strip():
            continue
        name, *texts = (part.strip() for part in line.split("|"))
        where = _("line %(number)d") % {"number": number}
        # The last column that holds Hangul: some tools write a length into the third.
        text = next((text for text in reversed(texts) if HANGUL.search(text)), "")
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
    """The lines of a text file. Raises ``RecordingsError`` for one that is missing, too large, or no text."""
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
    """The WAV of a line, named with or without its ending; ``None`` if there is none inside the folder."""
    if not FILE_NAME.fullmatch(name):
        return None
    file_name = name if name.lower().endswith(".wav") else f"{name}.wav"
    for path in (folder / file_name, folder / "wavs" / file_name):
        if lies_in(path, folder):
            return path
    return None


def lies_in(path: Path, folder: Path) -> bool:
    """Whether it is a file, and in the folder once links are followed."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())
