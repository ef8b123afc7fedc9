"""A long reading by the demo voice becomes a recording for each line of its script."""

import importlib.util
import random
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from django.utils import translation

from testing.processes import REPOSITORY
from testing.recordings import write
from voices.synth import load_voice, synthesize

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is None, reason="needs requirements/training.txt"
)

READ = ["오늘은 날씨가 참 좋네요.", "이건 대본에 없는 말이에요.", "우리 다음 주에 만날까요?"]
SCRIPT = ["오늘은 날씨가 참 좋네요.", "아무도 읽지 않은 문장입니다.", "우리 다음 주에 만날까요?"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    voice_model = REPOSITORY / "voice_model"
    voice = load_voice(voice_model / "glow-tts" / "1", voice_model / "hifigan-v2" / "1", mode="pronounced")
    noise, chance = np.random.default_rng(0), random.Random(0)
    pieces: list[npt.NDArray[np.floating[Any]]] = []
    for sentence in READ:
        pieces += [synthesize(voice, sentence).samples, np.zeros(round(chance.uniform(0.6, 0.9) * voice.sample_rate))]
    samples = np.concatenate(pieces)
    samples += noise.normal(0, 3e-4, len(samples))
    write(tmp_path / "reading.wav", samples.astype(np.float32), voice.sample_rate)
    (tmp_path / "reading.txt").write_text("\n".join(SCRIPT), encoding="utf-8")
    return tmp_path


def test_lines_are_found_and_what_is_not_matched_is_reported(folder: Path) -> None:
    from training.measures.heard import HeardFile
    from training.measures.judge import Judge
    from training.recordings.checking import check_recordings
    from training.recordings.cutting import cut_readings
    from training.recordings.script import read_scripts

    readings, _ = read_scripts(folder)
    judge, said = Judge(), list[str]()
    with translation.override("en"):
        cut = cut_readings(readings, folder / "lines", judge, HeardFile(folder / "heard.tsv"), said.append)
        again = cut_readings(readings, folder / "lines", judge, HeardFile(folder / "heard.tsv"), said.append)
        usable = check_recordings(cut[0], judge, HeardFile(folder / "heard.tsv"), said.append)
    recordings, problems = cut
    assert again == cut
    assert [recording.text for recording in recordings] == [SCRIPT[0], SCRIPT[2]]
    assert usable == recordings
    unread, unscripted = problems
    assert unread.file == "reading.txt, line 2" and "was not found" in unread.message and unread.left_out
    assert unscripted.file.startswith("reading.wav 0:0") and "says no line" in unscripted.message
    assert said[0].startswith("reading.txt: 2 of 3 lines found, in 0.1 of 0.1 minutes")
