"""SHA-256 of files. The hashes of a voice's weights tell whether they are still the ones that were imported."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from voices.synth.models import find_model


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

    Raises :class:`voices.synth.errors.CheckpointError` if a file is missing.
    """
    glow_tts, hifigan = find_model(glow_tts_dir, "glow_tts"), find_model(hifigan_dir, "hifigan")
    return VoiceHashes(sha256_of(glow_tts.weights), sha256_of(hifigan.weights))
