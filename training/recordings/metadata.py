"""Read the list of recordings, `metadata.csv`, as tools for LJSpeech, KSS and coqui-tts write it.

A line is `name|text` or `name|text|text with its numbers written out`, perhaps with more columns, or the same with tabs
or commas; a first line may name the columns. The WAVs are beside the list or in folders below it. The list is not
trusted: names that lead out of the folder find nothing.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from voices.synth.text.hangul import count_syllables

METADATA = "metadata.csv"
MAX_BYTES = 4 * 1024 * 1024
MAX_LINES = 20_000
MAX_TEXT = 300  # characters; a sentence of a hundred syllables takes twenty seconds
ENCODINGS = ("utf-8-sig", "cp949")  # the second is that of Korean spreadsheets
SOUNDS = (".wav", ".flac", ".mp3")
SOUND_FOLDERS = ("wavs", "wav")  # lists leave them out
# Titles of columns, as coqui-tts, Piper and spreadsheets have them.
NAME_TITLES = ("audio_file", "audio", "file", "file_name", "filename", "wav", "path", "name", "id")
TEXT_TITLES = ("normalized_text", "text", "transcript", "transcription", "sentence")
SHORTEST_FORM = 0.6  # of the text's length; a shorter column behind it is a speaker's name
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
    sounds = SoundFiles(folder)
    for number, row in _rows(read_lines(folder / METADATA)):
        where = _("line %(number)d") % {"number": number}
        path, text = sounds.find(row.name), row.text
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


class Row(NamedTuple):
    """A line of the list."""

    name: str  # of the sound file, as it is written
    text: str  # with its numbers written out, if the line has that; empty without Korean


def _rows(lines: list[str]) -> Iterator[tuple[int, Row]]:
    """Yield the rows with the numbers of their lines; a first line of column titles tells which column is the text."""
    delimiter = "|" if any("|" in line for line in lines) else "\t" if any("\t" in line for line in lines) else ","
    text_column: int | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        columns = [unicodedata.normalize("NFC", column.strip()) for column in _columns(line, delimiter)]
        if number == 1 and (titles := [column.casefold() for column in columns])[0] in NAME_TITLES:
            text_column = next((index for index, title in enumerate(titles) if title in TEXT_TITLES), None)
            continue
        known = text_column is not None and text_column < len(columns)
        text = columns[text_column or 0] if known else _text(columns[1:])
        yield number, Row(columns[0], text if count_syllables(text) else "")


def _columns(line: str, delimiter: str) -> list[str]:
    if delimiter == "|":
        return line.split("|")  # as LJSpeech has it: quotes belong to the text
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:  # a field of more than 128 KiB
        return [line]


def _text(columns: list[str]) -> str:
    """Return the last column that is a form of the text: tools add durations, translations and speakers behind it."""
    texts = [column for column in columns if count_syllables(column)]
    if not texts:
        return ""
    return next(text for text in reversed(texts) if len(text) >= SHORTEST_FORM * len(texts[0]))


class SoundFiles:
    """The sound files of a folder, also in folders below it, by the names that lists use for them.

    Names are compared without case and in composed form: Macs write Hangul decomposed, and recorders write `.WAV`.
    """

    def __init__(self, folder: Path) -> None:
        """Look through `folder`; links that lead out of it are left out."""
        self._paths: dict[str, Path] = {}
        found = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SOUNDS and lies_in(path, folder)]
        # A WAV comes before an MP3 of the same name.
        found.sort(key=lambda path: SOUNDS.index(path.suffix.lower()))
        for path in found:
            whole = path.relative_to(folder)
            shorter = whole.relative_to(whole.parts[0]) if whole.parts[0].lower() in SOUND_FOLDERS else whole
            for name in (whole, whole.with_suffix(""), shorter, shorter.with_suffix("")):
                self._paths.setdefault(_key(name.as_posix()), path)

    def find(self, name: str) -> Path | None:
        """Return the file that a list names, with or without its ending; None if there is none in the folder."""
        return self._paths.get(_key(name.replace("\\", "/").removeprefix("./")))


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


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


def lies_in(path: Path, folder: Path) -> bool:
    """Return whether `path` is a file, and inside the folder after links are resolved."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())
