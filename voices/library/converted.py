"""Converted voices: safetensors and settings of every voice that was loaded, below ``IMPORTED_VOICES_DIR/converted``.

``converted/{folder of the model}/{digest of its files}/``. A worker converts a model when it first needs it; other
files in the same folder have another digest, and are converted anew. What is deleted here is made again.
"""

import hashlib
import shutil
from pathlib import Path

import msgspec
from django.conf import settings

from voices.intake import sandbox
from voices.intake.card import VoiceCard
from voices.intake.model_paths import ModelPaths
from voices.intake.settings import VERSION
from voices.library.hashes import sha256_of
from voices.synth.models import ConvertedModel, convert_model


def converted_folder(name: str) -> Path:
    """Return the folder for the conversions of the model in the folder ``name``; there may be none yet."""
    return Path(settings.IMPORTED_VOICES_DIR) / "converted" / name


def converted_model(name: str, paths: ModelPaths, hashes: dict[str, str]) -> ConvertedModel:
    """Return the conversion of a model, made now if there is none of these files.

    Args:
        name: of the model's folder, as the voice's row has it.
        paths: of the model's files.
        hashes: SHA-256 of each of them, from `hashes_of`.

    Raises:
        CheckpointError: a file is refused.
        OSError: the conversion can't be written or read.
    """
    described = "".join(f"{part} {sha256}\n" for part, sha256 in sorted(hashes.items()))
    parent = converted_folder(name)
    folder = parent / hashlib.sha256(f"{VERSION}\n{described}".encode()).hexdigest()[:16]
    try:
        return ConvertedModel(sandbox.read_settings(folder), folder, paths)
    except (FileNotFoundError, msgspec.DecodeError):
        shutil.rmtree(folder, ignore_errors=True)
    parent.mkdir(parents=True, exist_ok=True)
    made = convert_model(paths, parent)
    try:
        made.folder.rename(folder)
    except OSError:
        shutil.rmtree(made.folder)
        if not folder.is_dir():  # otherwise another process converted the same files at the same moment
            raise
    for other in parent.iterdir():
        if other != folder and not other.name.startswith("incomplete-"):
            shutil.rmtree(other, ignore_errors=True)
    return ConvertedModel(made.converted, folder, paths)


def hashes_of(paths: ModelPaths) -> dict[str, str]:
    """Return the SHA-256 of each of a model's files, by its part."""
    return {part: sha256_of(path) for part, path in paths}


def card_of(name: str) -> VoiceCard | None:
    """Return the card of the model in the folder ``name``; ``None`` if there is none, or it was not converted yet."""
    for folder in converted_folder(name).glob("[0-9a-f]*"):
        try:
            return sandbox.read_settings(folder).card
        except (OSError, msgspec.DecodeError):
            continue
    return None
