"""``voice.toml``, beside the weights of the acoustic model: what a voice was made of, and how well it is understood.

Written by the recipes in ``training/`` and by ``manage.py train_voice``; shown in the admin and the API.
A voice from elsewhere may have none.
"""

import datetime
from typing import Annotated, Literal

import msgspec

from voices.intake.refusal import Refused

MAX_BYTES = 64 * 1024
# A parser of TOML takes a recursion for each bracket, and memory that grows with the square of a key's dots.
MAX_BRACKETS, MAX_DOTS = 200, 100

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


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure of the voice or of what it is compared with: the mean over sentences, and its 95 % interval."""

    name: str  # such as "PESQ" or "syllables/s"
    of: str  # "recordings" or "teacher" (what it learnt from), "before" (the voice that it began with) or "after"
    mean: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
    low: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
    high: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
    count: Count  # of sentences


class VoiceCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What ``voice.toml`` says."""

    name: str
    mode: Literal["spelled", "pronounced"]
    licence: str  # of the weights
    made_on: datetime.date
    fine_tuned_from: str = ""  # name of the voice whose weights it began with
    data: Data
    acoustic_model: TrainedModel
    vocoder: TrainedModel
    versions: dict[str, str]  # of what trained it, by package name
    hearings: list[Hearing] = []
    measures: list[Measured] = []


def parse_card(content: bytes) -> VoiceCard:
    """Return the card that a file holds. Raises Refused if it is malformed or longer than MAX_BYTES."""
    if len(content) > MAX_BYTES:
        raise Refused("card", "too_large", max=MAX_BYTES)
    if content.count(b"[") > MAX_BRACKETS or any(line.count(b".") > MAX_DOTS for line in content.splitlines()):
        raise Refused("card", "card_nested")
    try:
        return msgspec.toml.decode(content, type=VoiceCard)
    except RecursionError as error:
        raise Refused("card", "card_nested") from error
    except (msgspec.DecodeError, ValueError) as error:  # Python's errors of decoding are ValueErrors
        raise Refused("card", "card_invalid", error=error) from error
