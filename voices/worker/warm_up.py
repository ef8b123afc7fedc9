"""What is done before a worker's first task, so that no fan waits for it."""

import logging
from typing import Any

from django.conf import settings
from django.db import Error, connections
from django_q.signals import post_spawn

from voices.models import Voice, VoiceRequest

logger = logging.getLogger(__name__)


def connect() -> None:
    post_spawn.connect(warm_up)


def import_for_workers() -> None:
    """In the process that workers are forked from: a worker that replaces a dead one need not import for seconds."""
    from voices.synth import coqui, read

    coqui.import_models()
    read("안녕하세요.")


def warm_up(**kwargs: Any) -> None:
    """In a worker: load the active voices, and speak a word with each, until somebody waits for it.

    An exception here would make django-q respawn the worker for ever, so it is only logged: a broken voice's
    own requests will say what is wrong with it, and a database that is away comes back.
    """
    import torch

    torch.set_num_threads(settings.TORCH_THREADS)
    connections.close_all()
    try:
        for voice in Voice.objects.filter(active=True).select_related("member"):
            if VoiceRequest.objects.waiting().exists():
                break  # its voice is loaded now, the others when they are asked for
            _try(voice)
    except Error:
        logger.exception("no more voices are loaded beforehand")
    logger.info("worker ready")


def _try(voice: Voice) -> None:
    from voices.synth import synthesize
    from voices.worker.loaded_voices import loaded_voices

    try:
        synthesize(loaded_voices.get(voice), "안녕하세요.")
    except Exception as error:
        logger.warning("%s can't be used: %s", voice, error)
