"""The task that speaks: claim the request whose turn it is, speak it, store the audio, and finish it.

A queue row only says that there is work; the table of requests says which. So a queue row that is lost, repeated or
written by an older version does no harm: the sweeper adds missing rows, and a task that finds no request just ends.
"""

import errno
import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django_q.exceptions import TimeoutException

from voices.audio_objects import (
    AudioNotStored,
    attempt_audio_name,
    discard_audio,
    public_audio_name,
    publish,
    store_audio,
)
from voices.choices import Priority
from voices.database import DATABASE_AWAY
from voices.dictionary import lexicon_for
from voices.library.check import find_warnings
from voices.library.explain import recorded
from voices.models import Consent, ObjectToDelete, Origin, StoredSentence, VoiceRequest
from voices.origins import origin_of
from voices.provenance import mark_of
from voices.same_again import speech_key
from voices.stored_sentences import as_pcm
from voices.synth import Markup, Spoken, SynthError, encode, speech
from voices.synth.audio import pcm16
from voices.synth.captions import caption_of
from voices.synth.errors import ImplausibleSpeechError
from voices.synth.speech import SpokenSentence
from voices.telemetry import metrics, traces
from voices.telemetry.request_id import working_on
from voices.worker.cluster_id import CLUSTER_ID
from voices.worker.engines import requests_at_once
from voices.worker.lease import renewed_lease
from voices.worker.loaded_voices import loaded_voices
from voices.worker.outage import through_outage

if TYPE_CHECKING:
    from voices.synth.voice import Voice

logger = logging.getLogger(__name__)

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class AttemptLost(Exception):
    """The request was cancelled, deleted or claimed again: this attempt must stop and change nothing."""


class GaveWay(Exception):
    """A sample of the service's own stopped between two sentences, since somebody's request waits."""


class NoVoiceError(SynthError):
    """The member has no active voice."""

    code = "no_voice"


class NoConsentError(SynthError):
    """No consent on record allows the member's voice to speak this."""

    code = "no_consent"


def synthesize_next() -> None:
    """Speak the request whose turn it is; on a GPU, several at once.

    The result, an error too, is written to the row of each; nothing is raised.
    """
    requests: list[VoiceRequest] = []
    while len(requests) < requests_at_once() and (request := _claim()):
        requests.append(request)
    others = [threading.Thread(target=_attempt_beside, args=(request,)) for request in requests[1:]]
    for other in others:
        other.start()
    if requests:
        _attempt_claimed(requests[0])
    for other in others:
        other.join()


def _claim() -> VoiceRequest | None:
    try:
        return VoiceRequest.objects.claim_next(CLUSTER_ID)
    except DATABASE_AWAY:
        logger.exception("the database is away")
    except Exception:
        # django-q2 would store the message, which may quote the row. The sweeper queues the request again.
        logger.exception("a request can't be claimed")
    return None


def _attempt_claimed(request: VoiceRequest) -> None:
    try:
        with (
            working_on(request.request_id),
            traces.span("attempt", request.traceparent, request_id=request.request_id, attempt=request.attempt) as span,
        ):
            span["outcome"] = attempt(request)
    except DATABASE_AWAY:
        # The lease expires, and the sweeper queues the request again.
        logger.exception("the database is away")
    except Exception:
        logger.exception("an attempt can't be ended")


def _attempt_beside(request: VoiceRequest) -> None:
    try:
        _attempt_claimed(request)
    finally:
        connection.close()  # the thread's own


def attempt(request: VoiceRequest) -> str:
    """Speak one request that this process has claimed. Return how the attempt ended, in one word."""
    logger.info("request %s: attempt %s begins", request.pk, request.attempt)
    if request.attempt == 1:
        metrics.WAITING_SECONDS.labels(_priority(request)).observe(_waited_seconds(request))
    outcome = "failed"
    try:
        with renewed_lease(request):
            speak(request)
        outcome = "succeeded"
        logger.info("request %s: attempt %s succeeded", request.pk, request.attempt)
    except AttemptLost:
        outcome = "overtaken"
        logger.info("request %s: attempt %s was overtaken", request.pk, request.attempt)
    except GaveWay:
        outcome = "gave_way"
        through_outage(request.give_back)
    except SynthError as error:
        outcome = error.code
        logger.warning("request %s failed: %s", request.pk, error)
        message = recorded(error)  # the name `error` is deleted at the end of this block, before a repeated call
        code = error.code
        through_outage(lambda: request.fail(code, message))
    except DATABASE_AWAY:
        # The lease expires, and the sweeper queues the request again.
        logger.exception("request %s: the database is away", request.pk)
    except BaseException as error:  # SystemExit and django-q2's timeout are no `Exception`
        logger.exception("request %s: attempt %s failed", request.pk, request.attempt)
        outcome = code = _failure_code(error)
        pause = _pause_seconds(request, error)
        through_outage(lambda: request.put_back(pause) or request.fail(code, ""))
    finally:
        metrics.ATTEMPTS.labels(outcome).inc()
    return outcome


def speak(request: VoiceRequest) -> None:
    """Turn the request's text into stored audio, and finish it."""
    voice = request.voice
    if voice is None:
        raise NoVoiceError(f"{request.member} has no active voice.")
    if not through_outage(lambda: Consent.objects.allow(request)):
        raise NoConsentError(f"{request.member} has no consent on record that allows this.")

    begun = time.monotonic()
    request.speech_key = through_outage(lambda: speech_key(request))
    if through_outage(lambda: _finish_like_before(request)):
        return
    speaker = loaded_voices.get(voice)
    lexicon = through_outage(lambda: lexicon_for(request.member_id, request.readings))
    spoken = speech.reading_for(speaker, request.text, lexicon, _markup(request))
    sentences = _spoken_sentences(request, speaker, spoken, begun)
    samples = np.concatenate([sentence.samples for sentence in sentences])
    if request.purpose == VoiceRequest.Purpose.CHECK:
        warnings = find_warnings(voice.glow_tts_dir, voice.glow_tts_sha256, voice.mode, samples)
        through_outage(lambda: voice.record_warnings(warnings))
    mark = mark_of(request)
    audio = encode(samples, speaker.sample_rate, request.format, mark)
    origin = origin_of(mark, request.started_at, audio)
    try:
        store_audio(attempt_audio_name(request), audio)
        if not through_outage(lambda: _finish(request, audio, sentences, origin)):
            raise AttemptLost
    except (AttemptLost, AudioNotStored):
        # After any other exception the row may name this audio already; the sweeper decides then.
        discard_audio(attempt_audio_name(request))
        raise


def _markup(request: VoiceRequest) -> Markup:
    return "ssml" if request.markup == "ssml" else "none"


def _finish_like_before(request: VoiceRequest) -> bool:
    """Give the request the audio of one that sounds the same. False: there is none."""
    made = VoiceRequest.objects.made_before(request)
    if made is None:
        return False
    with transaction.atomic():
        finished = request.succeed_like(made)
        if finished:
            publish(VoiceRequest.objects.get(pk=request.pk))
    # If the connection broke during an earlier commit, the row may name this audio already.
    return finished or VoiceRequest.objects.filter(pk=request.pk, audio_name=made.audio_name).exists()


def _spoken_sentences(request: VoiceRequest, speaker: "Voice", spoken: Spoken, begun: float) -> list[StoredSentence]:
    """Return all sentences of the text. Each is stored as soon as it is spoken, to be heard at once.

    Those that an earlier attempt has stored are not spoken again. ``begun``: ``time.monotonic()`` of this attempt.
    """
    said = [sentence.pronunciation for sentence in spoken.sentences]
    sentences = through_outage(lambda: StoredSentence.objects.continued_by(request, said))
    dropped = [part.as_json() for part in spoken.dropped]
    if not through_outage(lambda: request.begin_speaking(spoken.text, dropped, len(said), len(sentences))):
        raise AttemptLost
    remaining = speech.speak(
        speaker,
        spoken,
        speed=request.speed,
        seed=request.seed,
        plausible_only=True,
        first=len(sentences),
        sample_count=sum(sentence.sample_count for sentence in sentences),
    )
    for number, sentence in enumerate(_measured(remaining, speaker.sample_rate), len(sentences)):
        new = StoredSentence(
            request=request,
            voice=request.voice,
            number=number,
            attempt=request.attempt,
            said=said[number],
            sample_rate=speaker.sample_rate,
            pcm=as_pcm(pcm16(sentence.samples)),
            caption=caption_of(sentence),
        )
        if not through_outage(partial(request.store_sentence, new)):
            raise AttemptLost
        if number == 0 and request.attempt == 1:
            metrics.FIRST_SOUND_SECONDS.labels(_priority(request)).observe(
                _waited_seconds(request) + time.monotonic() - begun
            )
        sentences.append(new)
        if number + 1 < len(said) and _gives_way(request):
            raise GaveWay
    return sentences


def _gives_way(request: VoiceRequest) -> bool:
    """Tell whether the request is a sample, for which nobody waits, while somebody waits for another request."""
    if request.purpose != VoiceRequest.Purpose.SAMPLE:
        return False
    return through_outage(lambda: VoiceRequest.objects.waiting().for_people().exists())


def _measured(sentences: Iterator[SpokenSentence], sample_rate: int) -> Iterator[SpokenSentence]:
    """Yield the sentences; record how long each took to speak, and what the quality gate said of it."""
    while True:
        begun = time.perf_counter()
        try:
            with traces.span("sentence"):
                sentence = next(sentences, None)
        except ImplausibleSpeechError as error:
            metrics.QUALITY_GATE.labels("refused", error.flaw.reason).inc()
            raise
        if sentence is None:
            return
        took, lasts = time.perf_counter() - begun, len(sentence.samples) / sample_rate
        metrics.SPEAKING_SECONDS.inc(took)
        metrics.AUDIO_SECONDS.inc(lasts)
        metrics.REAL_TIME_FACTOR.observe(took / lasts)
        flaw = sentence.flaw_of_first_try
        metrics.QUALITY_GATE.labels("second_try" if flaw else "passed", flaw.reason if flaw else "").inc()
        yield sentence


def _priority(request: VoiceRequest) -> str:
    return Priority(request.priority).name.lower()


def _waited_seconds(request: VoiceRequest) -> float:
    """Return the time from asking to the beginning of this attempt, both by the database's clock."""
    assert request.started_at
    return (request.started_at - request.queued_at).total_seconds()


def _finish(request: VoiceRequest, audio: bytes, sentences: list[StoredSentence], origin: Origin) -> bool:
    """Record the stored audio and its origin. False: this attempt no longer holds the row."""
    with transaction.atomic():
        finished = request.succeed(
            audio_name=attempt_audio_name(request),
            audio_size=len(audio),
            audio_sha256=hashlib.sha256(audio).hexdigest(),
            duration_seconds=sum(sentence.sample_count / sentence.sample_rate for sentence in sentences),
            captions=[sentence.caption for sentence in sentences],
        )
        if finished:
            Origin.objects.record(origin)
        # The row is locked until the commit, so this can't overwrite the audio of a later attempt.
        # What is reviewed gets its public copy when it is approved.
        if finished and (public := public_audio_name(request)) and _is_released(request):
            ObjectToDelete.objects.keep(public)
            store_audio(public, audio)
    # If the connection broke during an earlier commit, the row may name this audio already.
    return finished or VoiceRequest.objects.filter(pk=request.pk, audio_name=attempt_audio_name(request)).exists()


def _is_released(request: VoiceRequest) -> bool:
    return VoiceRequest.objects.released().filter(pk=request.pk).exists()


def _failure_code(error: BaseException) -> str:
    """Return the stable error code of an exception that is not a ``SynthError``."""
    cause = error.__cause__ if isinstance(error, AudioNotStored) else error
    match cause:
        case OSError(errno=number) if number in _DISK_FULL:
            return "disk_full"
        case TimeoutException():
            return "timed_out"
        case _:
            return "storage_unavailable" if isinstance(error, AudioNotStored) else "internal_error"


def _pause_seconds(request: VoiceRequest, error: BaseException) -> float:
    """Return how long to wait before the next attempt: 2 s after the first, then five times as long each time.

    If the storage fails or is too slow, the last attempt waits ``STORAGE_PATIENCE_SECONDS`` for it to recover.
    """
    if isinstance(error, AudioNotStored | TimeoutException) and request.attempts_left == 1:
        return settings.STORAGE_PATIENCE_SECONDS
    return 2.0 * 5.0 ** (request.attempt - request.attempts_cut_short - 1)
