"""Load code and voices before a worker's first task, so that the first request does not wait for them."""

import logging
from typing import Any

from django.db import Error, connections
from django_q.signals import post_spawn

from voices.models import Voice, VoiceRequest
from voices.synth import read, synthesize
from voices.worker.engines import import_engine
from voices.worker.loaded_voices import loaded_voices

logger = logging.getLogger(__name__)


def connect() -> None:
    """Let each worker process warm up when django-q2 has started it."""
    post_spawn.connect(warm_up)


def import_for_workers() -> None:
    """Import the engine and the reader in the process that workers are forked from, which saves each one seconds."""
    import_engine()
    read("안녕하세요.")


def warm_up(**kwargs: Any) -> None:
    """In a worker: load the active voices and speak a word with each, until somebody's request is waiting.

    Exceptions are only logged, because django-q2 would restart the worker for ever: the requests of a broken voice
    report the error themselves.
    """
    connections.close_all()
    try:
        for voice in Voice.objects.filter(active=True).select_related("member"):
            if VoiceRequest.objects.waiting().for_people().exists():
                break  # the other voices are loaded on first use
            _try(voice)
    except Error:
        logger.exception("no more voices are loaded beforehand")
    logger.info("worker ready")


def _try(voice: Voice) -> None:
    try:
        synthesize(loaded_voices.get(voice), "안녕하세요.")
    except Exception as error:
        logger.warning("%s can't be used: %s", voice, error)
