"""What a worker process does before its first task, so that the first fan doesn't wait for it."""

import logging
from typing import Any

from django.conf import settings
from django.db import connections
from django_q.signals import post_spawn

from voices.models import Voice

logger = logging.getLogger(__name__)


def connect() -> None:
    post_spawn.connect(warm_up)


def warm_up(**kwargs: Any) -> None:
    """Import torch, load the active voices that fit, and speak a word with each.

    An exception here would make django-q respawn the worker for ever, so a broken voice is only logged;
    its own requests will say what is wrong with it.
    """
    import torch

    from voices.synth import synthesize
    from voices.worker.loaded_voices import loaded_voices

    torch.set_num_threads(settings.TORCH_THREADS)
    connections.close_all()
    for voice in Voice.objects.filter(active=True):
        try:
            synthesize(loaded_voices.get(voice), "안녕하세요.")
        except Exception as error:
            logger.warning("%s can't be used: %s", voice, error)
    logger.info("worker ready")
