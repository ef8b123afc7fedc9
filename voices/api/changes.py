"""Wait until a request's row changes, without polling.

Each web process has one connection that LISTENs, for any number of event streams and waiting answers.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from weakref import WeakKeyDictionary

import psycopg
from asgiref.sync import sync_to_async

from voices.database import listener_parameters
from voices.models import CHANGED_CHANNEL

logger = logging.getLogger(__name__)

_RECONNECT_SECONDS = 1.0


class Changes:
    """Sets the events of all who wait for a request when Postgres notifies of its change."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def of(self, *request_ids: str) -> AsyncIterator[asyncio.Event]:
        """Give an event that is set when the row of a request has changed. Clear it before reading the rows."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        changed = asyncio.Event()
        for request_id in request_ids:
            self._waiting[request_id].add(changed)
        try:
            yield changed
        finally:
            for request_id in request_ids:
                self._waiting[request_id].discard(changed)
                if not self._waiting[request_id]:
                    del self._waiting[request_id]

    async def _listen(self) -> None:
        try:
            while True:
                await self._listen_until_lost()
                await asyncio.sleep(_RECONNECT_SECONDS)
        finally:
            # A task refers to its loop, which would keep the loop in the dictionary below for ever.
            self._listening = None

    async def _listen_until_lost(self) -> None:
        try:
            parameters = await sync_to_async(listener_parameters)()
            async with await psycopg.AsyncConnection.connect(**parameters) as listener:
                await listener.execute(f"LISTEN {CHANGED_CHANNEL}")
                # Changes before the LISTEN were missed: let everybody read their rows.
                self._wake(*self._waiting)
                async for notification in listener.notifies():
                    self._wake(notification.payload)
        except psycopg.OperationalError as error:
            logger.warning("lost the database while listening: %s", error)

    def _wake(self, *request_ids: str) -> None:
        for request_id in request_ids:
            for changed in self._waiting.get(request_id, ()):
                changed.set()


_per_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Changes] = WeakKeyDictionary()


def changes() -> Changes:
    """This process's listener."""
    return _per_loop.setdefault(asyncio.get_running_loop(), Changes())


async def wait(changed: asyncio.Event, seconds: float) -> bool:
    """Wait for a change. False: none came in ``seconds``."""
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return False
    return True
