"""Repair what killed workers, lost queue rows and failing storages leave behind."""

import logging

from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django_q.conf import Conf
from django_q.models import OrmQ

from voices.audio_objects import stray_audio_names
from voices.models import ObjectToDelete, Owner, StoredSentence, Transfer, VoiceRequest
from voices.queue import enqueue_synthesis
from voices.telemetry import metrics

logger = logging.getLogger(__name__)

_AT_ONCE = 100  # queue rows, requests or objects per sweep


def sweep() -> None:
    """Queue the requests of dead workers again, and add missing queue rows."""
    if recovered := VoiceRequest.objects.recover_abandoned():
        metrics.ABANDONED.inc(recovered)
        logger.warning("%s requests were left by workers that died", recovered)
    enqueue_missing()


def enqueue_missing() -> None:
    """Add queue rows until there are as many as waiting requests.

    Rows that a worker has taken don't count: it may be dead. One row too many does no harm.
    """
    waiting = VoiceRequest.objects.waiting().count()
    in_queue = OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__lte=Now()).count()
    for _ in range(min(waiting - in_queue, _AT_ONCE)):
        enqueue_synthesis()


def delete_stray_audio() -> None:
    """Delete the audio of attempts that did not succeed. If the storage fails, the next sweep tries again."""
    for request in VoiceRequest.objects.with_stray_audio()[:_AT_ONCE]:
        for name in stray_audio_names(request):
            with metrics.timed_storage("delete"):
                default_storage.delete(name)
        request.forget_stray_audio()


def delete_objects() -> None:
    """Delete the objects of deleted rows, some of many."""
    ObjectToDelete.objects.delete_objects(_AT_ONCE)


def delete_trials() -> None:
    """Delete the words that fans tried out a while ago, some of many."""
    for trial in VoiceRequest.objects.tried_out()[:_AT_ONCE]:
        trial.delete()


def delete_old_sentences() -> None:
    """Delete the sentences of requests that were finished minutes ago."""
    StoredSentence.objects.delete_old()


def forget_old_speech() -> None:
    """Answer who asks for the same again from the latest requests only."""
    VoiceRequest.objects.forget_old_speech()


def delete_old_transfers() -> None:
    """Delete the codes that nobody used."""
    Transfer.objects.delete_old()


def forget_unused_listeners() -> None:
    """Delete the listeners who asked for a token and for nothing else."""
    Owner.objects.delete_unused_listeners()
