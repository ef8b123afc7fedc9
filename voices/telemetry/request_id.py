"""One id from the HTTP request that asks for speech to the last line that a worker logs of it."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Request-ID"
MAX_LENGTH = 64
_ACCEPTED = re.compile(rf"[A-Za-z0-9._-]{{1,{MAX_LENGTH}}}", re.ASCII)
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Return the id of what this thread or task works on; "" for none."""
    return _current.get()


def accepted(given: str) -> str:
    """Return the id that a client or a proxy gave, or a new one if it could not stand in a line of the log."""
    return given if _ACCEPTED.fullmatch(given) else new()


def new() -> str:
    """Return an id of 32 hexadecimal digits."""
    return secrets.token_hex(16)


@contextmanager
def working_on(request_id: str) -> Iterator[None]:
    """Let everything that is logged, counted or submitted within belong to this id."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)
