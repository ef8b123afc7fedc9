"""SHA-256 of files. The hashes of a voice's weights tell whether they are still the ones that were imported."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from voices.synth.checkpoint import read_voice_settings


class VoiceHashes(NamedTuple):
    """SHA-256 of both weights files, in hexadecimal."""

    glow_tts: str
    hifigan: str


def sha256_of(path: Path) -> str:
    """Hash a file; returns 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_voice_files(glow_tts_dir: Path, hifigan_dir: Path) -> VoiceHashes:
    """Hash the weights that would be loaded from the two folders.

    Raises :class:`voices.synth.errors.CheckpointError` if a file is missing or the two models don't fit each other.
    """
    files = read_voice_settings(glow_tts_dir, hifigan_dir)
    return VoiceHashes(sha256_of(files.acoustic_model.weights), sha256_of(files.vocoder.weights))
