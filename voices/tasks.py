"""What the queue runs: a request is claimed, spoken, stored, and told to be done."""

import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django_q.tasks import async_task

from voices.dictionary import lexicon_for
from voices.models import Voice, VoiceRequest
from voices.synth import Spoken, SynthError, encode, synthesize
from voices.worker.loaded_voices import loaded_voices

logger = logging.getLogger(__name__)


class AttemptLost(Exception):
    """The request was cancelled, deleted or taken over: this attempt must stop and change nothing."""


class NoVoiceError(SynthError):
    """The member has no active voice."""

    code = "no_voice"


def enqueue_synthesis(request: VoiceRequest) -> None:
    """Put the request in the queue, within the caller's transaction."""
    async_task("voices.tasks.synthesize_request", str(request.pk), task_name=str(request.pk))


def synthesize_request(request_id: str) -> None:
    """Speak one request. Whatever happens is written to its row; the queue is told nothing."""
    request = VoiceRequest.objects.claim(request_id)
    if request is None:
        return
    try:
        speak(request)
    except AttemptLost:
        logger.info("request %s: attempt %s was overtaken", request.pk, request.attempt)
    except SynthError as error:
        logger.warning("request %s failed: %s", request.pk, error)
        request.fail(error.code, str(error))
    except Exception:
        logger.exception("request %s failed", request.pk)
        request.fail("internal_error", "")


def speak(request: VoiceRequest) -> None:
    """Turn the request's text into stored audio, and finish it."""
    voice = Voice.objects.filter(member=request.member_id, active=True).first()
    if voice is None:
        raise NoVoiceError(f"{request.member} has no active voice.")

    def report(spoken: Spoken, sentences_done: int) -> None:
        if sentences_done:
            held = request.report_progress(sentences_done)
        else:
            dropped = [part.as_json() for part in spoken.dropped]
            held = request.begin_speaking(spoken.text, dropped, len(spoken.sentences))
        if not held:
            raise AttemptLost

    speech = synthesize(
        loaded_voices.get(voice),
        request.text,
        speed=request.speed,
        seed=request.seed,
        lexicon=lexicon_for(request.member_id),
        on_progress=report,
    )
    audio = encode(speech.samples, speech.sample_rate, request.format)
    stored_name = default_storage.save(request.attempt_audio_name, ContentFile(audio))
    try:
        with transaction.atomic():
            if not request.succeed(audio_name=stored_name, duration_seconds=speech.duration_seconds):
                raise AttemptLost
            # The row is locked until the commit, so no later attempt's audio is overwritten.
            if request.public_audio_name:
                default_storage.save(request.public_audio_name, ContentFile(audio))
    except DatabaseError:
        raise  # perhaps it was committed: then the row names this audio
    except Exception:
        default_storage.delete(stored_name)
        raise
