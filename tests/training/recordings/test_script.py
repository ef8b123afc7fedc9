"""Long recordings are read with their scripts, and what can't be used is reported."""

from pathlib import Path

import pytest
from django.utils import translation

from testing.recordings import speech, write
from training.recordings.metadata import RecordingsError
from training.recordings.script import read_scripts


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def test_a_script_belongs_to_the_wav_of_its_name_and_script_txt_to_all_others(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        write(tmp_path / f"{name}.wav", speech(2))
    (tmp_path / "b.txt").write_text("\ufeff첫째  문장.\n\n둘째|문장.\n", encoding="utf-8")
    (tmp_path / "script.txt").write_bytes("셋째 문장.\r\n".encode("cp949"))
    (alone, others), problems = read_scripts(tmp_path)
    assert problems == []
    assert ([wav.name for wav in alone.wavs], [wav.name for wav in others.wavs]) == (["b.wav"], ["a.wav", "c.wav"])
    assert [(line.text, line.where) for line in alone.lines] == [
        ("첫째 문장.", "b.txt, line 1"),
        ("둘째 문장.", "b.txt, line 3"),
    ]
    assert [line.text for line in others.lines] == ["셋째 문장."]
    assert [source.text for source in alone.sources] == ["첫째 문장.\n둘째 문장."]


def test_what_cannot_be_used_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", speech(2))
    write(tmp_path / "low.wav", speech(2), 8_000)
    write(tmp_path / "silent-partner.wav", speech(2))
    write(tmp_path / "two\nlines.wav", speech(2))
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    (tmp_path / "a.txt").write_text("hello\n" + "가" * 301 + "\n안녕하세요.\n", encoding="utf-8")
    (reading,), problems = read_scripts(tmp_path)
    assert [line.text for line in reading.lines] == ["안녕하세요."]
    assert all(problem.left_out for problem in problems)
    assert {problem.file: problem.message.split(";")[0] for problem in problems} == {
        "broken.wav": "is no WAV that can be read",
        "low.wav": "sample rate 8000 Hz",
        "a.txt, line 1": "its line has no Korean text",
        "a.txt, line 2": "its text is longer than 300 characters",
        "silent-partner.wav": "has no script beside it",
    }


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "outside.wav", speech(2))
    (tmp_path / "outside.txt").write_text("비밀 문장.\n", encoding="utf-8")
    folder = tmp_path / "folder"
    write(folder / "a.wav", speech(2))
    (folder / "a.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "b.wav").symlink_to(tmp_path / "outside.wav")
    (folder / "b.txt").write_text("안녕하세요.\n", encoding="utf-8")
    with pytest.raises(RecordingsError, match=r"no WAV with a script \(script\.txt\)"):
        read_scripts(folder)


def test_recordings_of_many_hours_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.recordings.script.MAX_HOURS", 0.0001)
    write(tmp_path / "a.wav", speech(5))
    (tmp_path / "script.txt").write_text("안녕하세요.\n", encoding="utf-8")
    with pytest.raises(RecordingsError, match="longer than"):
        read_scripts(tmp_path)
