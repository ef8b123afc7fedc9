"""What a worker process does before its first task, so that the first fan doesn't wait for it."""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django_q.signals import post_spawn

from voices.models import Voice

logger = logging.getLogger(__name__)


def connect() -> None:
    post_spawn.connect(warm_up)


def warm_up(**kwargs: Any) -> None:
    """Import torch, load the active voices, and speak a word with each.

    An exception here would make django-q respawn the worker for ever, so it is only logged: a broken voice's
    own requests will say what is wrong with it, and a database that is away comes back.
    """
    import torch

    from voices.synth import synthesize
    from voices.worker.loaded_voices import loaded_voices

    torch.set_num_threads(settings.TORCH_THREADS)
    connections.close_all()
    try:
        voices = list(Voice.objects.filter(active=True).select_related("member"))
    except DatabaseError:
        logger.exception("no voice is loaded beforehand")
        return
    for voice in voices:
        try:
            synthesize(loaded_voices.get(voice), "안녕하세요.")
        except Exception as error:
            logger.warning("%s can't be used: %s", voice, error)
    logger.info("worker ready")
