"""The quality gate refuses what can't be speech, with the reason, and accepts speech."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.quality_gate import demo_voice, sabotaged, verdict
from voices.synth import synthesize
from voices.synth.errors import ImplausibleSpeechError
from voices.synth.plausibility import find_flaw
from voices.synth.voice import Utterance, Voice

RATE = 22_050
N_SYLLABLES = 12
TEXT = "오늘 아침에 친구랑 같이 학교에 갔어요."


def syllables(seconds: float = 2.4, loudness: float = 0.3) -> np.ndarray:
    """A hum of 150 Hz whose level rises and falls five times a second, as in speech."""
    time = np.arange(round(seconds * RATE)) / RATE
    swell = np.clip(np.sin(2 * np.pi * 2.5 * time) ** 2 * 1.2 - 0.2, 1e-3, 1)
    hum = np.sin(2 * np.pi * 150 * time)
    return (loudness * swell * hum).astype(np.float32)


def test_a_sound_whose_level_changes_as_in_speech_passes() -> None:
    assert find_flaw(syllables(), RATE, N_SYLLABLES) is None


@pytest.mark.parametrize(
    ("reason", "samples"),
    [
        ("not_finite", np.where(np.arange(50_000) == 9, np.nan, 0.1).astype(np.float32)),
        ("silent", np.zeros(50_000, np.float32)),
        ("silent", np.zeros(0, np.float32)),
        ("silent", syllables(loudness=1e-4)),
        ("clipped", np.clip(syllables(loudness=3.0), -1, 1)),
        ("too_fast", syllables(0.5)),
        ("too_slow", syllables(12.0)),
        ("gap", np.concatenate([syllables(1.0), np.zeros(2 * RATE, np.float32), syllables(1.0)])),
        ("steady_noise", (0.2 * np.sin(np.arange(50_000) / 30)).astype(np.float32)),
        ("noise", syllables() * np.random.default_rng(0).normal(0, 1, len(syllables())).astype(np.float32)),
    ],
)
def test_each_flaw_has_its_reason(reason: str, samples: np.ndarray) -> None:
    flaw = find_flaw(samples, RATE, N_SYLLABLES)
    assert flaw is not None
    assert flaw.reason == reason


def test_bounds_depend_on_the_speed() -> None:
    assert find_flaw(syllables(1.2), RATE, N_SYLLABLES, speed=2.0) is None
    assert find_flaw(syllables(12.0), RATE, N_SYLLABLES, speed=0.5) is None


@pytest.mark.parametrize("text", ["네.", "ㅋㅋ", "1", TEXT, "2026년 11월 24일 오후 3시 30분에 만나요!"])
@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_a_sound_voice_passes(text: str, speed: float) -> None:
    assert verdict(demo_voice(1), text, speed) == "passed"


@pytest.mark.parametrize(
    "sabotage", ["durations x 0.2", "vocoder, noise 3", "vocoder's last layer x 0.0001", "vocoder not a number"]
)
def test_sabotaged_weights_are_refused(sabotage: str) -> None:
    assert verdict(sabotaged(sabotage), TEXT) != "passed"


def test_a_sentence_that_failed_once_is_synthesized_with_another_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = demo_voice(1)
    whole, noise_scales = Voice.waveform, []

    def utterance(self: Voice, ids: list[int], noise_scale: float, **options: Any) -> Utterance:
        noise_scales.append(noise_scale)
        return whole_utterance(self, ids, noise_scale, **options)

    def waveform(self: Voice, mel: np.ndarray) -> np.ndarray:
        samples = whole(self, mel)
        return samples if len(noise_scales) == 2 else np.full_like(samples, 0.5)

    whole_utterance = Voice.utterance
    monkeypatch.setattr(Voice, "utterance", utterance)
    monkeypatch.setattr(Voice, "waveform", waveform)
    speech = synthesize(voice, TEXT, plausible_only=True)
    assert noise_scales == [voice.noise_scale, 0.333]
    assert find_flaw(speech.samples, speech.sample_rate, N_SYLLABLES) is None

    noise_scales.clear()
    monkeypatch.setattr(Voice, "waveform", lambda self, mel: np.full(50_000, 0.5, np.float32))
    with pytest.raises(ImplausibleSpeechError, match="steady_noise"):
        synthesize(voice, TEXT, plausible_only=True)
    assert len(noise_scales) == 2
