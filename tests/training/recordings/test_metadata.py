"""The list of recordings is read in the formats of common tools, and cannot name files outside its folder."""

import unicodedata
from pathlib import Path

import pytest
from django.utils import translation

from testing.recordings import speech, write
from training.recordings.metadata import Recording, RecordingsError, read_metadata


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a.wav beside the list and b.wav in wavs/, and a WAV outside."""
    write(tmp_path / "outside.wav", speech(2))
    write(tmp_path / "takes" / "a.wav", speech(2))
    write(tmp_path / "takes" / "wavs" / "b.wav", speech(2))
    return tmp_path / "takes"


def listed(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    (folder / "metadata.csv").write_bytes(content.encode(encoding))
    return folder


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_list_is_read(folder: Path, encoding: str) -> None:
    content = "a|3시예요.|세 시예요.\r\nb.wav|안녕하세요.|1.75\r\n\r\n"
    assert read_metadata(listed(folder, content, encoding)) == (
        [Recording(folder / "a.wav", "세 시예요."), Recording(folder / "wavs" / "b.wav", "안녕하세요.")],
        [],
    )


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("1/1_0000.wav", "1/1_0000.wav"),
        ("1/1_0000.wav", "1/1_0000"),
        ("wavs/2/c.wav", "2/c"),
        ("wavs/2/c.wav", "wavs/2/c.wav"),
        ("wav/d.wav", "d"),
        ("ZOOM0001.WAV", "ZOOM0001"),
        ("zoom0002.wav", "ZOOM0002.WAV"),
        ("e.flac", "e.flac"),
        ("f.mp3", "f"),
        ("녹음 1.wav", "녹음 1"),
        (unicodedata.normalize("NFD", "녹음 2.wav"), unicodedata.normalize("NFC", "녹음 2")),
        (unicodedata.normalize("NFC", "녹음 3.wav"), unicodedata.normalize("NFD", "녹음 3")),
        ("g.wav", "./g.wav"),
        ("h/i.wav", "h\\i.wav"),
    ],
)
def test_files_are_found_as_people_name_them(folder: Path, file: str, name: str) -> None:
    (folder / file).parent.mkdir(exist_ok=True, parents=True)
    write(folder / "sound.wav", speech(2)).rename(folder / file)
    recordings, problems = read_metadata(listed(folder, f"{name}|안녕하세요."))
    assert ([recording.path for recording in recordings], problems) == ([folder / file], [])


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("audio_file|text|speaker_name\na.wav|안녕하세요.|하늘", "안녕하세요."),
        ('file,sentence,seconds\na.wav,"네, 안녕하세요.",1.75', "네, 안녕하세요."),
        ("a,안녕하세요.", "안녕하세요."),
        ("a\t안녕하세요.\t1.75", "안녕하세요."),
        ("a|저는 스물세 살이에요.|저는 스물세 살이에요.|1.75|I am 23.", "저는 스물세 살이에요."),
        ("a|3시예요.|세 시예요.|하늘", "세 시예요."),
        ("a|" + unicodedata.normalize("NFD", "안녕하세요."), "안녕하세요."),
    ],
    ids=["titles and a speaker", "commas and quotes", "commas", "tabs", "KSS", "a speaker", "a Mac's text"],
)
def test_the_text_is_found_in_lists_of_many_tools(folder: Path, content: str, text: str) -> None:
    (recording,), problems = read_metadata(listed(folder, content))
    assert (recording.text, problems) == (text, [])


@pytest.mark.parametrize(
    "name", ["../outside", "../outside.wav", "/etc/passwd", "..", "", "missing", "a\x00", "x" * 300, "link"]
)
def test_a_name_outside_the_folder_is_refused(folder: Path, name: str) -> None:
    (folder / "link.wav").symlink_to(folder.parent / "outside.wav")
    recordings, (problem,) = read_metadata(listed(folder, f"{name}|안녕하세요."))
    assert recordings == []
    assert (problem.file, problem.message, problem.left_out) == ("line 1", "names no WAV in this folder", True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [("a", "no Korean text"), ("a|hello", "no Korean text"), ("a|" + "가" * 301, "longer than 300 characters")],
)
def test_a_line_without_a_usable_text_is_reported(folder: Path, line: str, reason: str) -> None:
    recordings, (problem,) = read_metadata(listed(folder, line))
    assert recordings == [] and problem.file == "a.wav" and reason in problem.message


def test_a_line_that_is_too_long_for_a_csv_is_reported(folder: Path) -> None:
    recordings, (problem,) = read_metadata(listed(folder, "a,안녕하세요.\nb," + "가" * 200_000))
    assert [recording.text for recording in recordings] == ["안녕하세요."]
    assert problem.file == "line 2" and problem.left_out


def test_the_first_of_two_lines_for_a_wav_is_used(folder: Path) -> None:
    recordings, (problem,) = read_metadata(listed(folder, "a|하나\na.wav|둘"))
    assert [recording.text for recording in recordings] == ["하나"]
    assert "twice" in problem.message and not problem.left_out


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\xfe\x00", "Save it as UTF-8"), (b"a|\n" * 20_001, "over 20000 lines"), (b"x" * (4 << 20) + b"x", "4 MB")],
)
def test_the_error_says_why_a_list_cannot_be_read(folder: Path, content: bytes, reason: str) -> None:
    (folder / "metadata.csv").write_bytes(content)
    with pytest.raises(RecordingsError, match=reason):
        read_metadata(folder)


def test_a_folder_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingsError, match=r"no metadata\.csv"):
        read_metadata(tmp_path)
