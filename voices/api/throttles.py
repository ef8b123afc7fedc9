"""How much one owner and one address may ask for: calls a minute, and event streams at once.

Each web process counts for itself, in its memory. What these bounds protect is the process: its threads, its time and
its connections. What all processes share is the queue, and its bounds are counted in the database (voices/queue.py).
A count in the database for each call would cost more than most of the calls do.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from voices.api.authentication import asker_of
from voices.owners import Asker

Kind = Literal["posts", "previews", "lists", "verifications"]


class _Rate(SimpleRateThrottle, ABC):
    """So many calls of one kind a minute."""

    rate = "1/minute"  # the number is another for each owner
    duration = 60  # seconds

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def allow_request(self, request: Request, view: Any) -> bool:
        self.num_requests, name = self.bound(asker_of(request))
        self.name = name and f"{self.kind}-{name}"
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return self.name

    @abstractmethod
    def bound(self, asker: Asker) -> tuple[int, str | None]:
        """Return how many calls are allowed, and by which name they are counted: ``None`` if they are not."""


class OwnerRate(_Rate):
    def bound(self, asker: Asker) -> tuple[int, str | None]:
        allowed = settings.CALLS_PER_MINUTE[self.kind]
        if asker.owner is None:
            return allowed, None
        return asker.owner.calls_per_minute if asker.owner.is_api_key else allowed, f"owner-{asker.owner.pk}"


class AddressRate(_Rate):
    def bound(self, asker: Asker) -> tuple[int, str | None]:
        allowed = settings.CALLS_PER_MINUTE[self.kind] * settings.FANS_PER_ADDRESS
        return allowed, f"address-{asker.address}" if asker.address else None


def rates(kind: Kind) -> list[BaseThrottle]:
    """Return the throttles of a view's ``get_throttles``."""
    return [OwnerRate(kind), AddressRate(kind)]


class OpenStreams:
    """The event streams that this process has open."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def has_room(self, asker: Asker) -> bool:
        return all(self._open[name] < limit for name, limit in _streams_of(asker))

    @contextmanager
    def opened(self, asker: Asker) -> Iterator[None]:
        """Count a stream as long as it is open."""
        names = [name for name, _ in _streams_of(asker)]
        self._open.update(names)
        try:
            yield
        finally:
            self._open.subtract(names)
            for name in names:
                if not self._open[name]:
                    del self._open[name]


def _streams_of(asker: Asker) -> list[tuple[str, int]]:
    """Return by which names a stream is counted, and how many of each may be open."""
    names = []
    if asker.owner:
        own = asker.owner.max_waiting if asker.owner.is_api_key else settings.STREAMS_PER_FAN
        names.append((f"owner-{asker.owner.pk}", own))
    if asker.address:
        names.append((f"address-{asker.address}", settings.STREAMS_PER_FAN * settings.FANS_PER_ADDRESS))
    return names


open_streams = OpenStreams()
