"""Write ``voice.toml``, the card of a voice of our own, and read it back. `voices.intake.card` says what it holds.

The cards of strangers are read by the child that converts their voices (`voices.library.converted`).
"""

import importlib.metadata
from pathlib import Path

import msgspec

from voices.intake.card import TrainedModel, VoiceCard, parse_card
from voices.intake.model_paths import CARD
from voices.intake.refusal import Refused
from voices.library.hashes import sha256_of
from voices.synth.errors import GLOW_TTS, checkpoint_error

TRAINED_WITH = ("coqui-tts", "torch", "faster-whisper")


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
    """Read the card in the folder of an acoustic model of our own; ``None`` if there is none.

    Raises :class:`CheckpointError` if it is malformed.
    """
    path = folder / CARD
    if not path.is_file():
        return None
    try:
        return parse_card(path.read_bytes())
    except Refused as refused:
        raise checkpoint_error(refused, GLOW_TTS, CARD) from refused


def write_card(card: VoiceCard, folder: Path) -> None:
    """Write ``voice.toml`` into the folder of an acoustic model, over an earlier one."""
    (folder / CARD).write_bytes(msgspec.toml.encode(card))
