"""Waiting for a request's row to change, without asking again and again.

One connection per web process LISTENs; any number of event streams and held-back answers wait on it.
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
    """Wakes those who wait for a request, as Postgres notifies of it."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def of(self, request_id: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the request's row has changed; clear it before looking."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        changed = asyncio.Event()
        self._waiting[request_id].add(changed)
        try:
            yield changed
        finally:
            self._waiting[request_id].discard(changed)
            if not self._waiting[request_id]:
                del self._waiting[request_id]

    async def _listen(self) -> None:
        try:
            while True:
                await self._listen_until_lost()
                await asyncio.sleep(_RECONNECT_SECONDS)
        finally:
            # A task holds its loop, which else would never be forgotten below.
            self._listening = None

    async def _listen_until_lost(self) -> None:
        try:
            parameters = await sync_to_async(listener_parameters)()
            async with await psycopg.AsyncConnection.connect(**parameters) as listener:
                await listener.execute(f"LISTEN {CHANGED_CHANNEL}")
                # What changed before LISTEN took effect was not heard: let everybody look.
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
