"""Errors of reading and speaking. Each class has a stable code, which the API's clients may rely on.

The Django layer translates a code into a sentence for the user; the messages here are for logs and the admin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voices.intake.refusal import FileProblem, Parameter, Refused

if TYPE_CHECKING:
    from voices.intake.settings import ModelKind
    from voices.synth.plausibility import Flaw


class SynthError(Exception):
    """Base class: a failure of reading or speaking that can be explained to a user."""

    code = "synthesis_failed"


class CheckpointError(SynthError):
    """The files of a voice are missing, damaged, unsafe or do not fit each other."""

    code = "voice_unusable"

    def __init__(self, model: str, file_name: str, reason: str, **parameters: Parameter) -> None:
        """Take what is wrong with which file.

        Args:
            model: GLOW_TTS, HIFIGAN, or "" where a file belongs to neither.
            file_name: as the user knows it; never its folder on the server.
            reason: a code of `voices.intake.refusal.REASONS`.
            parameters: what the sentences of that code name.
        """
        self.problem = FileProblem(model, file_name, reason, parameters)
        super().__init__(str(self.problem))


GLOW_TTS, HIFIGAN = "Glow-TTS", "HiFi-GAN"
MODELS: dict[ModelKind, str] = {"glow_tts": GLOW_TTS, "hifigan": HIFIGAN}


def checkpoint_error(refused: Refused, model: str, file_name: str) -> CheckpointError:
    """Return the error for a file that was refused."""
    refusal = refused.refusal
    return CheckpointError(model, file_name, refusal.code, **refusal.parameters)


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
