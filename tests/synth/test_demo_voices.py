"""The demo voices speak clearly, at one loudness and without noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from voices.intake.card import VoiceCard
from voices.library.card import describe_model, read_card
from voices.library.manifest import ManifestMember, read_manifest
from voices.synth import load_voice, synthesize
from voices.synth.audio import PEAK
from voices.synth.models import find_model
from voices.synth.text.hangul import count_syllables
from voices.synth.voice import Voice

VOICE_MODEL = Path(__file__).parents[2] / "voice_model"
MEMBERS = read_manifest(VOICE_MODEL)
SENTENCES = ["오늘 아침에 뭐 먹었어요?", "와, 정말 믿을 수가 없어요!", "다음 주 토요일에 바닷가에서 만나기로 했어요."]


@pytest.fixture(scope="module", params=MEMBERS, ids=lambda member: member.slug)
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
    assert np.abs(word.samples).max() <= PEAK + 1e-6
    assert abs(loudness(word.samples) - loudness(sentence.samples)) < 8
    # A word that starts or ends in the middle of a sound is heard as a click.
    assert loudness(word.samples[:edge]) < loudness(word.samples) - 12
    assert loudness(word.samples[-edge:]) < loudness(word.samples) - 12


def test_a_sentence_has_the_pace_of_a_human_speaker(demo_voice: Voice) -> None:
    text = "다음 주 토요일에 바닷가에서 만나기로 했어요."
    syllables = count_syllables(text)
    assert 3.5 < syllables / synthesize(demo_voice, text).duration_seconds < 8


def test_all_are_equally_loud(demo_voice: Voice) -> None:
    # Each seed makes a sentence a little louder or softer.
    spoken = [synthesize(demo_voice, sentence, seed=seed) for sentence in SENTENCES for seed in range(4)]
    speech = np.concatenate([speech.samples for speech in spoken])
    lufs = pyloudnorm.Meter(demo_voice.sample_rate).integrated_loudness(speech.astype(np.float64))
    assert abs(lufs + 18) < 0.5


def test_pauses_are_silent(demo_voice: Voice) -> None:
    """Pauses have no hum."""
    samples = synthesize(demo_voice, "안녕하세요. 반갑습니다. 또 만나요.").samples
    levels = [loudness(frame) for frame in np.array_split(samples, len(samples) // 512)]
    assert min(levels) < -60


def card_of(member: ManifestMember) -> VoiceCard:
    card = read_card(VOICE_MODEL / member.glow_tts_dir)
    assert card is not None
    return card


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.slug)
def test_its_card_is_about_its_weights(member: ManifestMember) -> None:
    card = card_of(member)
    acoustic_model = find_model(VOICE_MODEL / member.glow_tts_dir, "glow_tts")
    vocoder = find_model(VOICE_MODEL / member.hifigan_dir, "hifigan")
    assert (card.name, card.mode) == (member.name, member.mode)
    assert card.acoustic_model == describe_model(acoustic_model.weights, card.acoustic_model.seed)
    assert card.vocoder == describe_model(vocoder.weights, card.vocoder.seed)


def test_there_are_five_and_all_are_understood() -> None:
    rates = [card_of(member).hearings[0].cer for member in MEMBERS]
    assert len(rates) == 5
    assert sum(rates) / 5 <= 0.10
    assert max(rates) <= 0.14


def test_they_fit_into_the_repository() -> None:
    assert sum(path.stat().st_size for path in VOICE_MODEL.rglob("*") if path.is_file()) < 60e6
