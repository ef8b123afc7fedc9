"""Which weights a voice was imported with, so that other ones are noticed."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from voices.synth.checkpoint import read_voice_settings


class VoiceHashes(NamedTuple):
    """SHA-256 of both weights files, in hexadecimal."""

    glow_tts: str
    hifigan: str


def hash_voice_files(glow_tts_dir: Path, hifigan_dir: Path) -> VoiceHashes:
    """Hash the weights that would be loaded from the two folders.

    Raises :class:`voices.synth.errors.CheckpointError` if a file is missing or the two don't fit.
    """
    files = read_voice_settings(glow_tts_dir, hifigan_dir)
    return VoiceHashes(_sha256(files.acoustic_model.weights), _sha256(files.vocoder.weights))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
