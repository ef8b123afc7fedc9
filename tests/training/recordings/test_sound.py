"""Each fault of a recording is reported, and a good recording has no problems."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from django.utils import translation

from testing.recordings import SAMPLE_RATE, speech, write
from training.recordings.metadata import Recording
from training.recordings.sound import check_sound

TEXT = "오늘은 날씨가 참 좋네요."  # ten syllables
GOOD = speech(10)


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def test_a_good_recording_has_no_problems(tmp_path: Path) -> None:
    assert check_sound(Recording(write(tmp_path / "a.wav", GOOD), TEXT)) == []


def test_stereo_at_another_rate_is_fine(tmp_path: Path) -> None:
    samples = np.repeat(GOOD, 2)  # the same sound at twice the rate
    both = np.stack([samples, samples], axis=1)
    assert check_sound(Recording(write(tmp_path / "a.wav", both, 2 * SAMPLE_RATE), TEXT)) == []


@pytest.mark.parametrize(
    ("samples", "sample_rate", "reason", "left_out"),
    [
        (np.clip(GOOD * 30, -1, 1), SAMPLE_RATE, "clips", True),
        (GOOD * 0.001, SAMPLE_RATE, "is silent", True),
        (GOOD, 8_000, "sample rate 8000", True),
        (speech(10, noise=0.02), SAMPLE_RATE, "noisy", True),
        (speech(10, noise=0.005), SAMPLE_RATE, "noisy", False),
        (speech(1)[:2000], SAMPLE_RATE, "0.1 s long", True),
        (speech(110), SAMPLE_RATE, "22.5 s long", True),
        (speech(3, level=0.1), SAMPLE_RATE, "10 syllables of text, but 0.", True),
        (speech(60), SAMPLE_RATE, "10 syllables of text, but 1", True),
        (GOOD, 48_000, "10 syllables of text, but 0.9", True),  # a wrong sample rate in the header
    ],
)
def test_each_fault_is_reported_with_its_consequence(
    tmp_path: Path, samples: npt.NDArray[np.float32], sample_rate: int, reason: str, left_out: bool
) -> None:
    problems = check_sound(Recording(write(tmp_path / "take.wav", samples, sample_rate), TEXT))
    assert problems, "nothing found"
    assert reason in problems[0].message
    assert (problems[0].file, problems[0].left_out) == ("take.wav", left_out)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all", b"RIFF\xff\xff\xff\xffWAVEfmt "])
def test_a_file_that_is_not_a_wav_is_not_used(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "take.wav"
    path.write_bytes(content)
    (problem,) = check_sound(Recording(path, TEXT))
    assert problem.left_out and "no WAV" in problem.message


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("a.wav", "PCM_U8"), ("a.wav", "PCM_16"), ("a.wav", "PCM_24"), ("a.wav", "PCM_32"), ("a.wav", "FLOAT"),
        ("a.wav", "DOUBLE"), ("a.flac", "PCM_24"), ("a.aiff", "PCM_16"), ("a.ogg", "VORBIS"),
        ("a.mp3", "MPEG_LAYER_III"),
        ("a.w64", "PCM_16"), ("a.caf", "PCM_16"),
    ],
)  # fmt: skip
def test_sounds_of_all_kinds_are_read(name: str, subtype: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / name, np.stack([GOOD, GOOD], axis=1), SAMPLE_RATE, subtype=subtype)
    problems = check_sound(Recording(tmp_path / name, TEXT))
    assert not [problem for problem in problems if problem.left_out]


def test_samples_that_are_no_numbers_are_not_used(tmp_path: Path) -> None:
    samples = GOOD.copy()
    samples[100] = np.nan
    soundfile.write(tmp_path / "a.wav", samples, SAMPLE_RATE, subtype="FLOAT")
    (problem,) = check_sound(Recording(tmp_path / "a.wav", TEXT))
    assert problem.left_out and problem.message == "holds samples that are no numbers; export it again"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no WAV that can be read: it is empty; copy it again"),
        (b"\0\0\0\x1cftypM4A isom", "is M4A, which can't be read; save it as WAV or FLAC"),
        (b"#!AMR\n<\x91", "is AMR, which can't be read; save it as WAV or FLAC"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "is WMA, which can't be read; save it as WAV or FLAC"),
        (b"RIFF", "is no WAV that can be read"),
    ],
)
def test_a_file_that_is_another_kind_says_which(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "take.wav").write_bytes(content)
    (problem,) = check_sound(Recording(tmp_path / "take.wav", TEXT))
    assert (problem.left_out, problem.message) == (True, message)
