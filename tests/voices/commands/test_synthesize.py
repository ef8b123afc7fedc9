"""manage.py synthesize: speaks a sentence into a file, without a database."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import soundfile
from django.core.management import CommandError, call_command

from testing.processes import REPOSITORY, free_port

SENTENCE = "안녕하세요. 반갑습니다!"


@pytest.fixture(autouse=True)
def voices(voice_model_dir: Path, settings: Any) -> None:
    settings.VOICE_MODEL_DIR = voice_model_dir


def test_it_speaks_without_a_database(voice_model_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "hello.wav"
    completed = subprocess.run(
        [sys.executable, "manage.py", "synthesize", f"{SENTENCE} ★", "--member", "1", "--out", str(out)],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing",
            "FORV_VOICE_MODEL_DIR": str(voice_model_dir),
        },
        capture_output=True,
        text=True,
    )
    assert completed.returncode == 0, completed.stderr
    samples, rate = soundfile.read(out)
    assert rate == 22050
    assert 2 < len(samples) / rate < 6
    assert f"{len(samples) / rate:.2f} s" in completed.stdout
    assert "★" in completed.stderr


@pytest.mark.parametrize(
    ("extension", "container"), [("wav", "WAV"), ("mp3", "MP3"), ("opus", "OGG"), ("flac", "FLAC")]
)
def test_the_files_name_says_its_format(extension: str, container: str, tmp_path: Path) -> None:
    out = tmp_path / f"hello.{extension}"
    call_command("synthesize", SENTENCE, member=1, out=out)
    assert soundfile.info(out).format == container


def test_a_member_may_use_the_vocoder_of_another(voice_model_dir: Path, tmp_path: Path, settings: Any) -> None:
    settings.VOICE_MODEL_DIR = tmp_path
    for folder in ("glow-tts", "hifigan-v2"):
        shutil.copytree(voice_model_dir / folder / "1", tmp_path / folder / ("3" if folder == "glow-tts" else "1"))
    (tmp_path / "voices.toml").write_text('[[member]]\nid = 3\nslug = "third"\nname = "셋째"\nvocoder = 1\n')
    call_command("synthesize", SENTENCE, member=3, out=tmp_path / "hello.wav")
    assert soundfile.info(tmp_path / "hello.wav").duration > 1


def test_speed_is_honoured(tmp_path: Path) -> None:
    slow, fast = tmp_path / "slow.wav", tmp_path / "fast.wav"
    call_command("synthesize", SENTENCE, member=1, out=slow, speed=0.5)
    call_command("synthesize", SENTENCE, member=1, out=fast, speed=2.0)
    assert soundfile.info(slow).duration > 2 * soundfile.info(fast).duration


@pytest.mark.parametrize(
    ("text", "changed", "reason"),
    [
        (SENTENCE, {"member": 9}, "9: the folder is missing or empty"),
        (SENTENCE, {"member": 2}, "2g_checkpoint_1.pth.tar"),
        (SENTENCE, {"out": "hello.ogg"}, "ogg"),
        (SENTENCE, {"out": "hello"}, "format"),
        (SENTENCE, {"speed": 3.0}, "speed"),
        ("★", {}, "nothing that can be spoken"),
    ],
)
def test_what_it_cannot_speak_is_said_and_no_file_is_left(
    text: str, changed: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    arguments = {"member": 1, "out": "hello.wav", **changed}
    arguments["out"] = tmp_path / arguments["out"]
    with pytest.raises(CommandError, match=reason):
        call_command("synthesize", text, **arguments)
    assert not arguments["out"].exists()
