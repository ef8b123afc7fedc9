"""Hear a request sentence by sentence, while it is spoken and after."""

import io
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr
from asgiref.sync import sync_to_async
from django.db import connection
from django.db.models.functions import Length
from numpy.typing import NDArray

from voices.api.changes import changes, wait
from voices.audio_objects import read_audio
from voices.database import DATABASE_AWAY
from voices.models import StoredSentence, VoiceRequest
from voices.synth.audio import FULL_SCALE, clipped16

# Changes are notified at once; this finds the ones that were missed while the listener reconnected.
LOOK_AGAIN_SECONDS = 5.0


class NotSpoken(Exception):
    """The request has ended without all of its audio, or is withheld; ``code`` is its ``why_unheard``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sound:
    """Samples that follow those before: 16 bits, [n_samples], of a rate that never changes within a request."""

    samples: NDArray[np.int16]
    sample_rate: int  # Hz


@dataclass
class _Heard:
    """How far a listener has heard a request."""

    sentences: int = 0
    samples: int = 0
    sample_rate: int = 0
    last: tuple[str, int] | None = None  # what the last sentence says, and its bytes


async def sounds_of(request_id: str) -> AsyncGenerator[Sound]:
    """Yield each sentence of a request as soon as it is spoken; wait for the first one while the request is queued.

    No database connection is held while it waits. Raises :class:`NotSpoken` once the request has failed, was cancelled
    or deleted, or if a later attempt speaks other sentences than those that were yielded.
    """
    heard = _Heard()
    async with changes().of(request_id) as changed:
        while True:
            changed.clear()
            try:
                sound, is_over = await sync_to_async(_next_sound)(request_id, heard)
            except DATABASE_AWAY:
                sound, is_over = None, False
            if sound is not None:
                yield sound
            elif is_over:
                return
            else:
                await wait(changed, LOOK_AGAIN_SECONDS)


def _next_sound(request_id: str, heard: _Heard) -> tuple[Sound | None, bool]:
    """Return what follows in a request, ``None`` if there is nothing yet, and whether there will be nothing more."""
    try:
        request = VoiceRequest.objects.filter(pk=request_id).first()
        if request is None:
            raise NotSpoken("not_found")
        if not request.may_be_given_out:
            raise NotSpoken(request.why_unheard)
        is_complete = request.status == VoiceRequest.Status.SUCCEEDED
        sentence = _sentence(request, heard)
        if sentence is not None:
            heard.sentences += 1
            heard.last = sentence.said, len(sentence.pcm)
            sound = Sound(sentence.samples, sentence.sample_rate)
        elif is_complete and heard.sentences < (request.sentences_total or 1):
            # Its sentences are deleted already.
            heard.sentences = request.sentences_total or 1
            sound = _rest_of_audio(request.audio_name, heard)
        else:
            return None, is_complete
    finally:
        # The wait is long; it must not hold a connection.
        connection.close()
    heard.samples += len(sound.samples)
    heard.sample_rate = sound.sample_rate
    return sound, False


def _sentence(request: VoiceRequest, heard: _Heard) -> StoredSentence | None:
    """Return the sentence that follows, of the request or of one that sounds the same; ``None``: not there yet.

    Raises :class:`NotSpoken` if the request's own sentences are others than those that were heard.
    """
    stored = StoredSentence.objects.heard_in(request)
    for sentence in stored.filter(number=heard.sentences):
        if heard.last == _before(sentence):
            return sentence
        if sentence.request_id == request.pk:
            raise NotSpoken("internal_error")
    return None


def _before(sentence: StoredSentence) -> tuple[str, int] | None:
    before = StoredSentence.objects.filter(request=sentence.request_id, number=sentence.number - 1)
    return before.values_list("said", Length("pcm")).first()


def _rest_of_audio(name: str, heard: _Heard) -> Sound:
    samples, rate = soundfile.read(io.BytesIO(read_audio(name)), dtype="int16")
    if heard.sample_rate not in (0, rate):
        resampled = soxr.resample(samples.astype(np.float32) / FULL_SCALE, rate, heard.sample_rate)
        samples, rate = clipped16(resampled), heard.sample_rate
    return Sound(samples[heard.samples :], rate)


def cancel_unheard(request_id: str) -> None:
    """Cancel a request whose only listener has gone; nothing is changed if it is finished, or deleted."""
    try:
        request = VoiceRequest.objects.filter(pk=request_id).first()
        if request is not None and not request.is_terminal:
            request.cancel()
    finally:
        connection.close()
