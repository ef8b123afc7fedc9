"""django-q2's ORM broker, woken by Postgres instead of polling.

A request is begun milliseconds after it is enqueued, not a polling interval; `docs/operations.md` has the figures.
"""

import logging
import time
from typing import Any

import psycopg
from django.db import Error, connections, transaction
from django.db.models.functions import Now
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ

from voices.database import listener_parameters

logger = logging.getLogger(__name__)

QUEUE_CHANNEL = "voice_queue"
_DATABASE_ERRORS = (psycopg.Error, Error)  # of the listening connection, and of Django's
_OUTAGE_PAUSE_SECONDS = 1.0

# One round trip; Django's select_for_update and update would take four.
_TAKE = f"""
    UPDATE {OrmQ._meta.db_table} SET lock = now() + make_interval(secs => %s)
    WHERE id IN (
        SELECT id FROM {OrmQ._meta.db_table} WHERE key = %s AND lock <= now()
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING id, payload
"""


class NotifyingBroker(ORM):
    """Takes queue rows by one UPDATE that skips locked ones, and waits by LISTEN."""

    _listener: psycopg.Connection[Any] | None = None

    def enqueue(self, task: str) -> int:
        """Write the queue row and NOTIFY; both take effect when the transaction commits. Return the row's id."""
        with transaction.atomic(using=Conf.ORM, savepoint=False):
            # By the database's clock: the clock of this machine may be wrong.
            row: OrmQ = self.get_connection().create(key=self.list_key, payload=task, lock=Now())
            with connections[Conf.ORM].cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, '')", [QUEUE_CHANNEL])
        return int(row.pk)

    def dequeue(self) -> list[tuple[int, str]]:
        """Return up to ``Conf.BULK`` rows as ``(id, payload)``, or none after at most ``Conf.POLL`` seconds.

        Raises nothing: after an exception, django-q2's pusher would pause for ten seconds.
        """
        try:
            # LISTEN before the query: a row that is added between the two is notified, not missed.
            listener = self._listening()
            if rows := self._take():
                return rows
            for _ in listener.notifies(timeout=Conf.POLL, stop_after=1):
                return self._take()
        except _DATABASE_ERRORS as error:
            logger.warning("the database is away: %s", error)
            connections[Conf.ORM].close()
            if self._listener is not None:
                self._listener.close()
            time.sleep(_OUTAGE_PAUSE_SECONDS)
        return []

    def delete(self, task_id: int) -> None:
        """Delete a queue row; django-q2 acknowledges by this, too. If it fails, the row is only taken once more."""
        try:
            super().delete(task_id)
        except _DATABASE_ERRORS as error:
            logger.warning("queue row %s stays: %s", task_id, error)
            connections[Conf.ORM].close()

    def _take(self) -> list[tuple[int, str]]:
        with connections[Conf.ORM].cursor() as cursor:
            cursor.execute(_TAKE, [Conf.RETRY, self.list_key, Conf.BULK])
            return sorted(cursor.fetchall())

    def _listening(self) -> psycopg.Connection[Any]:
        """Return the pusher's own connection, which LISTENs; Django closes its own between tasks."""
        if self._listener is None or self._listener.closed:
            self._listener = psycopg.connect(**listener_parameters(Conf.ORM))
            self._listener.execute(f"LISTEN {QUEUE_CHANNEL}")
        return self._listener
