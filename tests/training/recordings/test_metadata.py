"""The list of recordings is read in the formats of common tools, and cannot name files outside its folder."""

import unicodedata
from pathlib import Path

import pytest
from django.utils import translation

from testing.recordings import speech, write
from training.recordings.metadata import Recording, RecordingsError, find_list, read_metadata


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
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
        ("j.aiff", "j"),
        ("k.ogg", "k.ogg"),
        ("l.wav", "l.mp3"),
        ("m.flac", "m.WAV"),
        ("wavs/n.wav", "/content/drive/MyDrive/dataset/wavs/n.wav"),
        ("wavs/o.wav", "D:\\voice\\wavs\\o.wav"),
        ("p.wav", "//server/share/p"),
        ("녹음 4.wav", '"녹음 4.wav"'),
        ("녹음 5.wav", "\ufeff녹음\u00a05.wav "),
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
        ("a;네, 안녕하세요.", "네, 안녕하세요."),
        ("a.wav 네, 안녕하세요.", "네, 안녕하세요."),
        ("a|0|안녕하세요.", "안녕하세요."),
        ("하늘|a|안녕하세요.", "안녕하세요."),
        ("텍스트,파일명\n안녕하세요.,a.wav", "안녕하세요."),
        ("client_id\tpath\tsentence\n7\ta.wav\t안녕하세요.", "안녕하세요."),
        ("audio_file|text|normalized_text\na|3시|세 시", "세 시"),
        ("audio_file|text|normalized_text\na|세 시|", "세 시"),
        ('a|"안녕""하세요""."', '안녕"하세요".'),
        ('a,"안녕\n하세요."', "안녕 하세요."),
        ("a.wav, 안녕하세요. ,1.75", "안녕하세요."),
        ("  a.wav  |  안녕하세요.  ", "안녕하세요."),
        ("a|안녕\u2028하세요.", "안녕\u2028하세요."),
    ],
    ids=[
        "titles and a speaker",
        "commas and quotes",
        "commas",
        "tabs",
        "KSS",
        "a speaker",
        "a Mac's text",
        "semicolons",
        "a space",
        "a speaker's number",
        "a speaker first",
        "Korean titles",
        "Common Voice",
        "two forms",
        "an empty second form",
        "quotes of pandas",
        "a text of two lines",
        "spaces after commas",
        "spaces around bars",
        "a line separator",
    ],
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


def test_a_column_of_speakers_is_no_text(folder: Path) -> None:
    for number in range(12):
        write(folder / f"{number}.wav", speech(2))
    lines = [f"{number}|{'하늘과 바다와 별' if number % 2 else '별'}|네, {number}번이요." for number in range(12)]
    recordings, problems = read_metadata(listed(folder, "\n".join(lines)))
    assert ([recording.text for recording in recordings], problems) == ([f"네, {n}번이요." for n in range(12)], [])


@pytest.mark.parametrize(
    ("files", "line", "message"),
    [
        (["x/c.wav", "y/c.wav"], "c|안녕.", "names no WAV in this folder; is this meant: x/c.wav, y/c.wav?"),
        (["x/c.wav", "y/c.wav"], "/data/c.wav|안녕.", "names no WAV in this folder; is this meant: x/c.wav, y/c.wav?"),
        (["rec_001.wav"], "rec-1|안녕.", "names no WAV in this folder; is this meant: rec_001.wav?"),
        (["c.m4a"], "c|안녕.", "is M4A, which can't be read; save it as WAV or FLAC"),
        (["wavs/c.AMR"], "c.amr|안녕.", "is AMR, which can't be read; save it as WAV or FLAC"),
        (["._c.wav", "__MACOSX/c.wav"], "c|안녕.", "names no WAV in this folder"),
        ([], "c 안녕.", "has no sign such as | between name and text"),
    ],
)
def test_a_line_whose_file_is_not_found_says_what_to_do(
    files: list[str], line: str, message: str, folder: Path
) -> None:
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"any")
    (recording,), (problem,) = read_metadata(listed(folder, f"a|하나.\n{line}"))
    assert (recording.path.name, problem.file, problem.message, problem.left_out) == ("a.wav", "line 2", message, True)


def test_hidden_files_of_a_mac_are_not_taken_for_recordings(folder: Path) -> None:
    (folder / "._a.wav").write_bytes(b"no sound")
    (folder / ".DS_Store").write_bytes(b"no list")
    (recording,), problems = read_metadata(listed(folder, "a|안녕하세요."))
    assert (recording.path.name, problems) == ("a.wav", [])


@pytest.mark.parametrize(
    "name", ["metadata.csv", "Metadata.CSV", "metadata.txt", "metadata.tsv", "transcript.v.1.4.txt"]
)
def test_the_list_is_found_by_the_names_that_it_has(name: str, folder: Path) -> None:
    (folder / name).write_text("a|안녕하세요.", encoding="utf-8")
    assert find_list(folder) == folder / name
    assert len(read_metadata(folder)[0]) == 1


def test_a_folder_may_have_no_list(folder: Path) -> None:
    (folder / "script.txt").touch()
    assert find_list(folder) is None
    assert find_list(folder / "nowhere") is None
