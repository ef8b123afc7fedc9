"""``voice.toml``, beside the weights of the acoustic model: what a voice was made of, and how well it is understood.

Written by the recipes in ``training/`` and by ``manage.py train_voice``; shown in the admin and the API.
A voice from elsewhere may have none.
"""

import datetime
import importlib.metadata
from pathlib import Path
from typing import Annotated

import msgspec

from voices.library.hashes import sha256_of
from voices.synth import Mode
from voices.synth.errors import CheckpointError

FILE_NAME = "voice.toml"
MAX_BYTES = 64 * 1024
# A parser of TOML takes a recursion for each bracket, and memory that grows with the square of a key's dots.
MAX_BRACKETS, MAX_DOTS = 200, 100
TRAINED_WITH = ("coqui-tts", "torch", "faster-whisper")


# What a database column and JSON can hold.
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recordings that a voice was trained on."""

    source: str  # who spoke, and how that came here
    licence: str  # SPDX, or a sentence
    utterances: Count
    minutes: Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class TrainedModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of a voice's two models."""

    file: str  # the weights' file name
    sha256: str  # of that file, hexadecimal
    steps: Count  # in all, with those of the voice it began with
    seed: Count


class Hearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How well a recognizer understands the voice."""

    judge: str  # such as "Whisper base"
    sentences: str  # which list was read to it
    count: Count
    cer: Annotated[float, msgspec.Meta(ge=0, le=100)]  # character error rate, mean over the sentences


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


def describe_model(weights: Path, seed: int) -> TrainedModel:
    """Describe a model by its weights file, ``…_checkpoint_{steps}.pth.tar`` or ``checkpoint_{steps}.pth.tar``."""
    return TrainedModel(weights.name, sha256_of(weights), steps_of(weights), seed)


def steps_of(weights: Path) -> int:
    """Return the number of steps in the name of a weights file; 0 if it names none."""
    steps = weights.name.partition("checkpoint_")[2].partition(".")[0]
    return int(steps) if steps.isdecimal() else 0


def installed_versions() -> dict[str, str]:
    """Return the versions of the packages that train and judge, by name. Needs requirements/training.txt."""
    return {name: importlib.metadata.version(name) for name in TRAINED_WITH}


def read_card(folder: Path) -> VoiceCard | None:
    """Read the card in the folder of an acoustic model; ``None`` if there is none.

    Raises :class:`CheckpointError` if it is malformed or longer than ``MAX_BYTES``.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    if path.stat().st_size > MAX_BYTES:
        raise CheckpointError(FILE_NAME, f"longer than {MAX_BYTES} bytes")
    content = path.read_bytes()
    if content.count(b"[") > MAX_BRACKETS or any(line.count(b".") > MAX_DOTS for line in content.splitlines()):
        raise CheckpointError(FILE_NAME, "nested too deeply")
    try:
        return msgspec.toml.decode(content, type=VoiceCard)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise CheckpointError(FILE_NAME, str(error)) from error


def write_card(card: VoiceCard, folder: Path) -> None:
    """Write ``voice.toml`` into the folder of an acoustic model, over an earlier one."""
    (folder / FILE_NAME).write_bytes(msgspec.toml.encode(card))
