"""Keeping hold of a request while it is spoken."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, connection

from voices.models import VoiceRequest

logger = logging.getLogger(__name__)


@contextmanager
def renewed_lease(request: VoiceRequest) -> Iterator[None]:
    """Renew the lease every third of its length. A short request is over before the first time."""
    over = threading.Event()
    threading.Thread(target=_renew, args=(request, over), daemon=True).start()
    try:
        yield
    finally:
        # Not waited for: a renewal that comes too late finds the row in other hands, and changes nothing.
        over.set()


def _renew(request: VoiceRequest, over: threading.Event) -> None:
    try:
        while not over.wait(settings.LEASE_SECONDS / 3):
            try:
                if not request.renew_lease():
                    return  # the attempt learns of it when it next reports
            except Error as error:
                logger.warning("request %s: the lease can't be renewed now: %s", request.pk, error)
                connection.close()
    finally:
        connection.close()
