"""The child process that decodes a sound file from a stranger, without privileges (see `voices.intake.child`)."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import sys
from typing import BinaryIO

import msgspec
import numpy as np
import soundfile

from voices.intake.child import READY, give_up_privileges
from voices.intake.sound import (
    LONGEST_SECONDS,
    MAX_BYTES,
    MAX_CHANNELS,
    MAX_RATE,
    MIN_RATE,
    SECONDS_HEARD,
    Heard,
    NoSound,
)

MAX_TAG = 4096  # characters of a comment that are read
_UNKNOWN_LENGTH = b"\xff\xff\xff\xff"


def main() -> None:
    """Read the descriptors' numbers from the first argument, as JSON; write the samples and the answer to them."""
    given = json.loads(sys.argv[1])
    sound = os.fdopen(given["sound"], "rb")
    samples, answer = (os.fdopen(given[name], "wb") for name in ("samples_out", "answer_out"))
    give_up_privileges()
    answer.write(READY)
    answer.flush()
    found = decode(sound.read(MAX_BYTES + 1), samples)
    answer.write(msgspec.json.encode(found))
    answer.close()


def decode(content: bytes, samples_out: BinaryIO) -> Heard | NoSound:
    """Write the beginning of a sound as one channel of 16 bits, little-endian, and return what it is, or why not."""
    if len(content) > MAX_BYTES:
        return NoSound("sound_too_large")
    try:
        with soundfile.SoundFile(io.BytesIO(_with_lengths(content))) as file:
            if not MIN_RATE <= file.samplerate <= MAX_RATE or file.channels > MAX_CHANNELS:
                return NoSound("not_sound")
            return _decoded(file, samples_out)
    except MemoryError:
        return NoSound("sound_too_large")
    except Exception:  # a damaged file can raise anything
        return NoSound("not_sound")


def _decoded(file: soundfile.SoundFile, samples_out: BinaryIO) -> Heard | NoSound:
    longest = LONGEST_SECONDS * file.samplerate
    # As `soundfile.read` does, by which the service reads its own audio: without it, libsndfile rounds some samples
    # of an MP3 the other way.
    file.seek(0)
    samples = file.read(min(file.frames, longest + 1), dtype="int16", always_2d=True)
    if not len(samples):
        return NoSound("not_sound")
    if len(samples) > longest:
        return NoSound("sound_too_long")
    beginning = samples[: SECONDS_HEARD * file.samplerate]
    samples_out.write(beginning.mean(axis=1).astype("<i2").tobytes())
    samples_out.flush()
    digest = hashlib.sha256(samples.astype("<i2", copy=False))
    return Heard(file.samplerate, digest.hexdigest(), str(file.comment)[:MAX_TAG])


def _with_lengths(content: bytes) -> bytes:
    """Return a WAV file that was saved from a stream with its lengths, which libsndfile needs; other content as it is.

    The lengths of our own streams are unknown when they begin (voices/synth/streaming.py).
    """
    if content[:4] != b"RIFF" or content[4:8] != _UNKNOWN_LENGTH:
        return content
    at = content.find(b"data" + _UNKNOWN_LENGTH, 12, 64 * 1024)
    if at < 0:
        return content
    head = bytearray(content[: at + 8])
    struct.pack_into("<I", head, 4, len(content) - 8)
    struct.pack_into("<I", head, at + 4, len(content) - at - 8)
    return bytes(head) + content[at + 8 :]


# libsndfile's codecs make their tables when they are first used, and Python imports when it first reads.
np.zeros((1, 1), np.int16).mean(axis=1)

if __name__ == "__main__":
    main()
