"""Take a list of recordings apart: which sign divides its columns, and which of them have the names and the texts."""

import csv
import itertools
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from voices.synth.text.hangul import count_syllables

# In this order, where several would do. A quote belongs to the text in lists with bars, as LJSpeech has them.
DELIMITERS = ("|", "\t", ",", ";", " ")
MAX_NAME_COLUMN = 3
PROBED_ROWS = 200
MAX_LINES_OF_ROW = 20
# Titles of columns, as coqui-tts, Piper, Common Voice and spreadsheets have them; the better ones first.
NAME_TITLES = (
    "audio_file", "audio_path", "audio_filepath", "audio", "file", "file_name", "filename", "file_path", "wav",
    "wav_filename", "wav_path", "path", "name", "clip", "utt_id", "id", "파일", "파일명", "파일 이름", "음성", "녹음",
)  # fmt: skip
TEXT_TITLES = (
    "normalized_text", "normalized_transcription", "text", "transcript", "transcription", "sentence", "raw_text",
    "label", "텍스트", "문장", "대본", "전사", "내용",
)  # fmt: skip
SHORTEST_FORM = 0.6  # of the text's length; a shorter column behind it is a speaker's name
SPEAKERS_SHARE = 0.2  # of the rows; a column with fewer different values names speakers
_INVISIBLE = str.maketrans({"\ufeff": None, "\u200b": None, "\u00a0": " ", "\u3000": " "})


class Row(NamedTuple):
    """A line of the list."""

    number: int  # of the line, from 1
    name: str  # of the sound file, as it is written
    text: str  # with its numbers written out, if the line has that; empty without Korean
    is_whole: bool  # False: the line has no second column


def read_rows(lines: list[str], is_name: Callable[[str], bool]) -> list[Row]:
    """Return the rows of a list without its line of titles; `is_name` tells whether a sound file has a name."""
    delimiter, found = "", -1
    for candidate in DELIMITERS:
        probed = list(itertools.islice(_records(lines, candidate), PROBED_ROWS))
        named = sum(any(map(is_name, columns[:MAX_NAME_COLUMN])) for _, columns in probed)
        # Names that no file has tell nothing; then the sign must at least be there.
        if named > found and (named or any(candidate in line for line in lines) or candidate == ","):
            delimiter, found = candidate, named
    records = list(_records(lines, delimiter))
    titles = [title.casefold() for title in records[0][1]] if records else []
    has_titles = any(title in NAME_TITLES for title in titles) and not any(map(is_name, titles[:MAX_NAME_COLUMN]))
    if has_titles:
        del records[0]
    name_column = _name_column(records, titles if has_titles else [], is_name)
    text_column = _column_of(titles, TEXT_TITLES) if has_titles else None
    speakers = _speaker_columns([columns for _, columns in records], name_column)
    return [
        Row(number, *_name_and_text(columns, name_column, text_column, speakers), len(columns) > 1)
        for number, columns in records
    ]


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the columns of each line that is not empty; a text in quotes may go over several lines."""
    numbered = iter(enumerate(lines, 1))
    for number, line in numbered:
        if not line.strip():
            continue
        if delimiter in (",", ";", "\t"):
            for _ in range(MAX_LINES_OF_ROW):
                if not _is_open(line, delimiter) or number >= len(lines):
                    break
                line = f"{line} {next(numbered, (0, ''))[1]}"
        yield number, [_clean(column) for column in _columns(line, delimiter)]


def _is_open(line: str, delimiter: str) -> bool:
    return line.count('"') % 2 == 1 and (line.startswith('"') or f'{delimiter}"' in line)


def _columns(line: str, delimiter: str) -> list[str]:
    if delimiter == "|":
        return [_unquoted(column) for column in line.split("|")]
    if delimiter == " ":
        return line.split(None, 1)
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:  # a field of more than 128 KiB
        return [line]


def _unquoted(column: str) -> str:
    bare = column.strip()
    whole = len(bare) > 1 and bare.startswith('"') and bare.endswith('"')
    return bare[1:-1].replace('""', '"') if whole else column


def _clean(column: str) -> str:
    return unicodedata.normalize("NFC", column.translate(_INVISIBLE).strip())


def _column_of(titles: list[str], known: tuple[str, ...]) -> int | None:
    return next((titles.index(title) for title in known if title in titles), None)


def _name_column(records: list[tuple[int, list[str]]], titles: list[str], is_name: Callable[[str], bool]) -> int:
    probed = [columns for _, columns in records[:PROBED_ROWS]]
    found = [sum(len(row) > column and is_name(row[column]) for row in probed) for column in range(MAX_NAME_COLUMN)]
    return found.index(max(found)) if any(found) else _column_of(titles, NAME_TITLES) or 0


def _speaker_columns(rows: list[list[str]], name_column: int) -> set[int]:
    """Return the columns that name who speaks: few different values in many rows."""
    width = min(map(len, rows), default=0)
    different = {column: len({row[column] for row in rows}) for column in range(width) if column != name_column}
    return {column for column, count in different.items() if count <= SPEAKERS_SHARE * len(rows)}


def _name_and_text(
    columns: list[str], name_column: int, text_column: int | None, speakers: set[int]
) -> tuple[str, str]:
    name = columns[name_column] if name_column < len(columns) else ""
    if text_column is not None and text_column < len(columns) and count_syllables(columns[text_column]):
        return name, columns[text_column]
    others = {index: column for index, column in enumerate(columns) if index != name_column}
    texts = [column for index, column in others.items() if index not in speakers and count_syllables(column)]
    texts = texts or [column for column in others.values() if count_syllables(column)]
    # The last form of the text is taken: tools add durations, translations and speakers behind it.
    return name, next((text for text in reversed(texts) if len(text) >= SHORTEST_FORM * len(texts[0])), "")
