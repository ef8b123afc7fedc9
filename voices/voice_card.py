"""``voice.toml``, beside the acoustic model's weights: what a voice was made of, and how well it is understood.

Written by the recipes in ``voice_model/training/`` and by ``manage.py train_voice``; shown in the admin and the API.
A voice from elsewhere may have none.
"""

import datetime
from pathlib import Path

import msgspec

from voices.synth import Mode
from voices.synth.errors import CheckpointError

FILE_NAME = "voice.toml"
MAX_BYTES = 64 * 1024


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recordings that a voice was trained on."""

    source: str  # who spoke, and how that came here
    licence: str  # SPDX, or a sentence
    utterances: int
    minutes: float


class TrainedModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of a voice's two models."""

    file: str  # the weights' file name
    sha256: str  # of that file, hexadecimal
    steps: int
    seed: int


class Hearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How well a recognizer understands the voice."""

    judge: str  # such as "Whisper base"
    sentences: str  # which list was read to it
    count: int
    cer: float  # character error rate, mean over the sentences


class VoiceCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What ``voice.toml`` says."""

    name: str
    mode: Mode
    licence: str  # of the weights
    made_on: datetime.date
    fine_tuned_from: str = ""  # name of the voice whose weights it began with
    data: Data
    acoustic_model: TrainedModel
    vocoder: TrainedModel
    versions: dict[str, str]  # of what trained it, by package name
    hearings: list[Hearing] = []


def read_card(folder: Path) -> VoiceCard | None:
    """The card in an acoustic model's folder, or ``None`` where there is none.

    Raises :class:`CheckpointError` for one that is malformed or absurdly long.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    if path.stat().st_size > MAX_BYTES:
        raise CheckpointError(FILE_NAME, f"longer than {MAX_BYTES} bytes")
    try:
        return msgspec.toml.decode(path.read_bytes(), type=VoiceCard)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CheckpointError(FILE_NAME, str(error)) from error


def write_card(card: VoiceCard, folder: Path) -> None:
    """Write ``voice.toml`` into an acoustic model's folder, in place of the one before."""
    (folder / FILE_NAME).write_bytes(msgspec.toml.encode(card))
