"""Repeat a change of the database while that is away."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from voices.database import DATABASE_AWAY

logger = logging.getLogger(__name__)

LONGEST_OUTAGE_SECONDS = 60.0
_PAUSE_SECONDS = 1.0

T = TypeVar("T")


def through_outage(change: Callable[[], T]) -> T:
    """Call ``change`` until the database answers, with a new connection each time, for ``LONGEST_OUTAGE_SECONDS``.

    ``change`` must be harmless to repeat: the connection may have broken after the commit. Raises the database's
    exception at the end of that time, and at once within a transaction.
    """
    give_up_at = time.monotonic() + LONGEST_OUTAGE_SECONDS
    while True:
        try:
            return change()
        except DATABASE_AWAY as error:
            if connection.in_atomic_block or time.monotonic() > give_up_at:
                raise
            logger.warning("the database is away: %s", error)
            connection.close()
            time.sleep(_PAUSE_SECONDS)
