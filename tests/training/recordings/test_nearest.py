"""Training starts from the demo voice that sounds most like the speaker."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from testing.processes import REPOSITORY
from testing.recordings import write
from training.recordings.metadata import Recording
from training.recordings.nearest import nearest_demo_voice
from voices.synth import load_voice, synthesize

TEXT = "어제 본 영화가 아직도 생각나요."
LOWER = 16_000  # Hz: the demo voice's speech, played at this rate, is five semitones lower


def edit(config: Path, **values: object) -> None:
    config.write_text(json.dumps({**json.loads(config.read_text(encoding="utf-8")), **values}), encoding="utf-8")


@pytest.fixture
def voice_model(tmp_path: Path) -> Path:
    """The first demo voice, the same voice at a lower rate, and a voice of mode spelled, which is never chosen."""
    folder = tmp_path / "voice_model"
    for kind, letter in (("glow-tts", "g"), ("hifigan-v2", "h")):
        for number in (1, 2, 3):
            shutil.copytree(REPOSITORY / "voice_model" / kind / "1", folder / kind / str(number))
            # The refinement is tied to the rate that the mels were trained at.
            edit(folder / kind / str(number) / f"1{letter}_config.json", refinement_rounds=0)
        config = folder / kind / "2" / f"1{letter}_config.json"
        edit(config, audio={**json.loads(config.read_text(encoding="utf-8"))["audio"], "sample_rate": LOWER})
    members = [f'[[member]]\nid = {n}\nslug = "m{n}"\nname = "{n}"\n' for n in (3, 2, 1)]
    modes = ["spelled", "pronounced", "pronounced"]
    toml = "".join(f'{member}mode = "{mode}"\n' for member, mode in zip(members, modes, strict=True))
    (folder / "voices.toml").write_text(toml, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("sample_rate", "nearest"), [(22_050, 1), (LOWER, 2)])
def test_the_nearest_of_two_voices_is_found(voice_model: Path, tmp_path: Path, sample_rate: int, nearest: int) -> None:
    voice = load_voice(voice_model / "glow-tts" / "1", voice_model / "hifigan-v2" / "1", mode="pronounced")
    samples = synthesize(voice, TEXT).samples.astype(np.float32)
    recording = Recording(write(tmp_path / "a.wav", samples, sample_rate), TEXT)
    found = nearest_demo_voice([recording], voice_model)
    assert found is not None and found.id == nearest


def test_without_demo_voices_there_is_none(tmp_path: Path) -> None:
    recording = Recording(write(tmp_path / "a.wav", np.ones(30_000, dtype=np.float32)), TEXT)
    assert nearest_demo_voice([recording], tmp_path) is None
