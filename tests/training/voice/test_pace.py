"""A voice speaks as fast as it is told to."""

import shutil
from pathlib import Path

import pytest

from testing.processes import REPOSITORY
from training.voice import pace

SENTENCES = ["오늘 하루도 정말 수고 많으셨어요.", "내일 아침에 다시 만나기로 했어요."]


@pytest.mark.parametrize("wanted", [4.4, 6.2])
def test_the_pace_of_a_voice_is_set(tmp_path: Path, wanted: float) -> None:
    glow_tts, vocoder = tmp_path / "glow", REPOSITORY / "voice_model" / "hifigan-v2" / "1"
    shutil.copytree(REPOSITORY / "voice_model" / "glow-tts" / "1", glow_tts)
    before = pace.set_pace(glow_tts, vocoder, SENTENCES, wanted)
    assert abs(before / wanted - 1) > 0.05
    assert pace.pace(glow_tts, vocoder, SENTENCES) == pytest.approx(wanted, rel=0.04)
    assert list(glow_tts.glob("*.part")) == []
