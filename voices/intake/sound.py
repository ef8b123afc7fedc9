"""A sound file from a stranger, decoded by a child process without privileges."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from voices.intake.sandbox import run_child

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_BYTES = 20 * 1024**2
LONGEST_SECONDS = 20 * 60  # of sound; longer than anything that the service speaks
SECONDS_HEARD = 60  # of which the samples are kept
MAX_CHANNELS, MIN_RATE, MAX_RATE = 8, 8000, 192_000  # Hz
CODES = frozenset({"not_sound", "sound_too_large", "sound_too_long"})  # why a file is refused
_MAX_ANSWER_BYTES = 64 * 1024


class Heard(msgspec.Struct, frozen=True, tag="heard"):
    """What the child says of a sound."""

    sample_rate: int  # Hz
    samples_sha256: str  # of all samples in 16 bits, little-endian, as they are interleaved
    comment: str  # of its metadata, shortened


class NoSound(msgspec.Struct, frozen=True, tag="refused"):
    """The child's refusal, by one of CODES."""

    code: str


class SoundRefused(Exception):
    """The file is not decoded; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class DecodedSound:
    """The first `SECONDS_HEARD` of a sound, and what is known of all of it."""

    samples: NDArray[np.int16]  # [n_samples], its channels mixed
    heard: Heard


def decode_sound(path: Path) -> DecodedSound:
    """Let a child decode a file.

    Raises:
        SoundRefused: it is no sound that libsndfile reads, or larger or longer than the bounds.
        OSError: the file can't be read, or no child can be started.
    """
    with path.open("rb") as sound, tempfile.TemporaryFile() as samples, tempfile.TemporaryFile() as answer:
        numbers = {"sound": sound.fileno(), "samples_out": samples.fileno(), "answer_out": answer.fileno()}
        run_child("voices.intake.sound_child", numbers, list(numbers.values()))
        answer.seek(0)
        content = answer.read(_MAX_ANSWER_BYTES)
        if not content:
            raise OSError("the process that reads sound files could not start, or not give up its privileges")
        try:
            found = msgspec.json.decode(content, type=Heard | NoSound)
        except msgspec.DecodeError:  # killed by a bound, or taken over
            found = NoSound("not_sound")
        if isinstance(found, NoSound):
            raise SoundRefused(found.code if found.code in CODES else "not_sound")
        samples.seek(0)
        pcm = samples.read(2 * MAX_RATE * SECONDS_HEARD)
        return DecodedSound(np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.int16), found)
