"""Renew the lease of a request while it is spoken."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

from django.conf import settings
from django.db import Error, connection

from voices.models import VoiceRequest

logger = logging.getLogger(__name__)


@contextmanager
def renewed_lease(request: VoiceRequest) -> Iterator[None]:
    """Renew the lease every third of ``LEASE_SECONDS``; a short request needs no renewal."""
    over = threading.Event()
    # With the context of the attempt: what the thread logs has its request id.
    threading.Thread(target=copy_context().run, args=(_renew, request, over), daemon=True).start()
    try:
        yield
    finally:
        # The thread is not joined: a renewal after the end of the attempt changes nothing.
        over.set()


def _renew(request: VoiceRequest, over: threading.Event) -> None:
    try:
        while not over.wait(settings.LEASE_SECONDS / 3):
            try:
                if not request.renew_lease():
                    return  # the attempt finds out at its next progress report
            except Error as error:
                logger.warning("request %s: the lease can't be renewed now: %s", request.pk, error)
                connection.close()
    finally:
        connection.close()
