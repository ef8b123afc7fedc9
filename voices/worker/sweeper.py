"""Brings back what a dead worker, a lost queue row or a silent storage left behind."""

import logging

from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django_q.conf import Conf
from django_q.models import OrmQ

from voices.audio_objects import stray_audio_names
from voices.models import VoiceRequest
from voices.queue import enqueue_synthesis

logger = logging.getLogger(__name__)

_AT_ONCE = 100  # rows or objects that one sweep looks after


def sweep() -> None:
    """Take requests back from the dead, and see that what waits has its queue rows."""
    if recovered := VoiceRequest.objects.recover_abandoned():
        logger.warning("%s requests were left by workers that died", recovered)
    enqueue_missing()


def enqueue_missing() -> None:
    """Write as many queue rows as requests wait for in vain.

    Rows that are being worked on don't count: their worker may be dead. One too many does no harm.
    """
    waiting = VoiceRequest.objects.waiting().count()
    in_queue = OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__lte=Now()).count()
    for _ in range(min(waiting - in_queue, _AT_ONCE)):
        enqueue_synthesis()


def delete_stray_audio() -> None:
    """Delete the audio of attempts that lost or died. What the storage refuses is tried again next time."""
    for request in VoiceRequest.objects.with_stray_audio()[:_AT_ONCE]:
        for name in stray_audio_names(request):
            default_storage.delete(name)
        request.forget_stray_audio()
