"""Errors of reading and speaking. Each class has a stable code, which the API's clients may rely on.

The Django layer translates a code into a sentence for the user; the messages here are for logs and the admin.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voices.synth.plausibility import Flaw


class SynthError(Exception):
    """Base class: a failure of reading or speaking that can be explained to a user."""

    code = "synthesis_failed"


class CheckpointError(SynthError):
    """The files of a voice are missing, damaged, unsafe or do not fit each other."""

    code = "voice_unusable"

    def __init__(self, file_name: str, reason: str) -> None:
        """Take the name of the file (never its folder on the server) and what is wrong with it."""
        super().__init__(f"{file_name}: {reason}.")
        self.file_name = file_name
        self.reason = reason


GLOW_TTS, HIFIGAN = "Glow-TTS", "HiFi-GAN"


def with_model(model: str, file_name: str) -> str:
    """Return a file's name with its model before it, where files of both models are called so."""
    return file_name if re.match(r"\d*[gh]_", file_name) else f"{model} {file_name}"


@contextmanager
def naming_model(model: str) -> Iterator[None]:
    """Let the CheckpointErrors of a block say which model the file belongs to."""
    try:
        yield
    except CheckpointError as error:
        raise CheckpointError(with_model(model, error.file_name), error.reason) from error


class NothingToSayError(SynthError):
    """The text contains nothing that can be spoken."""

    code = "nothing_to_say"

    def __init__(self) -> None:
        """Set the message."""
        super().__init__("The text holds nothing that can be spoken.")


class RunawaySpeechError(SynthError):
    """The acoustic model predicts far more audio than any sentence needs."""

    code = "voice_runaway"

    def __init__(self, limit_seconds: float) -> None:
        """Take the longest duration that is allowed for one sentence."""
        super().__init__(f"The voice wants over {limit_seconds:g} seconds for one sentence; its weights are suspect.")


class ImplausibleSpeechError(SynthError):
    """The audio of a sentence cannot be speech: it is noise, silence, or far too fast or slow."""

    code = "voice_implausible"

    def __init__(self, flaw: Flaw) -> None:
        """Take the flaw that was found after the second try."""
        super().__init__(f"The voice made {flaw.reason} of a sentence ({flaw.value:.3g}, bound {flaw.bound:.3g}).")
        self.flaw = flaw


class AudioFormatError(SynthError):
    """The audio format is not in `voices.synth.audio.FORMATS`."""

    code = "unknown_audio_format"

    def __init__(self, audio_format: str, known: tuple[str, ...]) -> None:
        """Take the format that was asked for and the known formats."""
        super().__init__(f"Unknown audio format {audio_format!r}; there are {', '.join(known)}.")
