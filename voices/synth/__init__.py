"""Turn Korean text into speech with Glow-TTS and HiFi-GAN, without Django.

Importing this package loads neither torch nor coqui-tts; the first `load_voice` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voices.synth.audio import FORMATS, encode
from voices.synth.errors import (
    AudioFormatError,
    CheckpointError,
    NothingToSayError,
    RunawaySpeechError,
    SynthError,
)
from voices.synth.speech import Speech, SpokenSentence, SpokenWord, estimated_seconds, speak, synthesize
from voices.synth.text import Dropped, Lexicon, Markup, Mode, Sentence, Spoken, Token, read

if TYPE_CHECKING:
    from pathlib import Path

    from voices.synth.engine.reference import Device
    from voices.synth.models import ConvertedModel
    from voices.synth.voice import Voice

__all__ = [
    "FORMATS",
    "AudioFormatError",
    "CheckpointError",
    "Dropped",
    "Lexicon",
    "Markup",
    "Mode",
    "NothingToSayError",
    "RunawaySpeechError",
    "Sentence",
    "Speech",
    "Spoken",
    "SpokenSentence",
    "SpokenWord",
    "SynthError",
    "Token",
    "encode",
    "estimated_seconds",
    "load_voice",
    "read",
    "speak",
    "synthesize",
    "voice_of",
]


def load_voice(
    glow_tts_dir: str | Path, hifigan_dir: str | Path, device: Device = "cpu", mode: Mode = "spelled"
) -> Voice:
    """Load a voice; see `voices.synth.voice.load_voice`, which this calls and which loads torch."""
    from voices.synth import voice

    return voice.load_voice(glow_tts_dir, hifigan_dir, device, mode)


def voice_of(
    glow_tts: ConvertedModel, hifigan: ConvertedModel, device: Device = "cpu", mode: Mode = "spelled"
) -> Voice:
    """Load a voice of converted models with the reference engine, which loads torch.

    Raises CheckpointError if they don't fit each other.
    """
    from voices.synth import voice
    from voices.synth.engine.reference import ReferenceEngine

    return voice.Voice(glow_tts, hifigan, mode, ReferenceEngine(device))
