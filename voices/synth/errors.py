"""What can go wrong in the studio, each kind with a code that never changes.

The Django layer turns a code into a sentence in the user's language; the message here is for logs and the admin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voices.synth.plausibility import Flaw


class SynthError(Exception):
    """Any failure of reading or speaking that the caller can explain to a user."""

    code = "synthesis_failed"


class CheckpointError(SynthError):
    """A voice's files are missing, damaged, unsafe or do not fit each other."""

    code = "voice_unusable"

    def __init__(self, file_name: str, reason: str) -> None:
        """Name the file (its last part, never where the server keeps it) and say what is wrong with it."""
        super().__init__(f"{file_name}: {reason}.")
        self.file_name = file_name
        self.reason = reason


class NothingToSayError(SynthError):
    """The text holds nothing that can be spoken."""

    code = "nothing_to_say"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The text holds nothing that can be spoken.")


class RunawaySpeechError(SynthError):
    """The acoustic model asks for far more audio than any sentence needs."""

    code = "voice_runaway"

    def __init__(self, limit_seconds: float) -> None:
        """Name the limit that one sentence's audio may not pass."""
        super().__init__(f"The voice wants over {limit_seconds:g} seconds for one sentence; its weights are suspect.")


class ImplausibleSpeechError(SynthError):
    """What the voice made of a sentence can't be speech: noise, silence, a rush, or a drawl."""

    code = "voice_implausible"

    def __init__(self, flaw: Flaw) -> None:
        """Name the flaw that was left after the second try."""
        super().__init__(f"The voice made {flaw.reason} of a sentence ({flaw.value:.3g}, bound {flaw.bound:.3g}).")
        self.flaw = flaw


class AudioFormatError(SynthError):
    """An audio format that is not in `voices.synth.audio.FORMATS`."""

    code = "unknown_audio_format"

    def __init__(self, audio_format: str, known: tuple[str, ...]) -> None:
        """Name the format asked for and those there are."""
        super().__init__(f"Unknown audio format {audio_format!r}; there are {', '.join(known)}.")
