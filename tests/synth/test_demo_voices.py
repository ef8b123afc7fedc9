"""The voices that come with the project, as a listener meets them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voices.manifest import read_manifest
from voices.synth import load_voice, synthesize
from voices.synth.voice import Voice

VOICE_MODEL = Path(__file__).parents[2] / "voice_model"


@pytest.fixture(scope="module", params=read_manifest(VOICE_MODEL), ids=lambda member: member.slug)
def demo_voice(request: pytest.FixtureRequest) -> Voice:
    demo = request.param
    return load_voice(VOICE_MODEL / demo.glow_tts_dir, VOICE_MODEL / demo.hifigan_dir, mode=demo.mode)


def loudness(samples: np.ndarray) -> float:
    """Root mean square in dB below full scale."""
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples))) + 1e-9))


@pytest.mark.parametrize("text", ["네.", "응?", "ㅋㅋ", "1", "왜?", "아!", "안녕", "10"])
def test_a_word_of_a_syllable_or_two_is_spoken_cleanly(demo_voice: Voice, text: str) -> None:
    sentence = synthesize(demo_voice, "오늘 아침에 친구랑 같이 학교에 갔어요.")
    word = synthesize(demo_voice, text)
    edge = word.sample_rate // 200
    assert 0.12 < word.duration_seconds < 1.2
    assert np.abs(word.samples).max() < 0.99
    assert abs(loudness(word.samples) - loudness(sentence.samples)) < 8
    # Neither begun nor ended in the middle of a sound: that is heard as a click.
    assert loudness(word.samples[:edge]) < loudness(word.samples) - 12
    assert loudness(word.samples[-edge:]) < loudness(word.samples) - 12


def test_a_sentence_takes_as_long_as_people_take(demo_voice: Voice) -> None:
    text = "다음 주 토요일에 바닷가에서 만나기로 했어요."
    syllables = sum("가" <= character <= "힣" for character in text)
    assert 3.5 < syllables / synthesize(demo_voice, text).duration_seconds < 8
