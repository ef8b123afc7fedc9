"""Events for Sentry that hold nothing but what is listed here: types and places of exceptions, our own words, an id.

Messages of exceptions, local variables, requests and breadcrumbs may quote what fans write. So an event is not cleaned
of them: it is written anew.
"""

import logging
from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from voices.telemetry import request_id

_KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "server_name", "sdk")
_KEPT_OF_FRAME = ("filename", "function", "module", "lineno", "in_app")
_OURS = ("forv", "voices")  # loggers whose templates are constants


def start() -> None:
    """Report whatever is logged as an error; other integrations would read requests and queries."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        include_local_variables=False,
        include_source_context=False,
        send_default_pii=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=only_what_is_ours,
    )


def only_what_is_ours(event: Event, hint: Hint) -> Event:
    """Return a new event with what may be told of this one."""
    given: dict[str, Any] = dict(event)
    told: dict[str, Any] = {name: given[name] for name in _KEPT if name in given}
    told["tags"] = {"request_id": request_id.current() or "none"}
    record = hint.get("log_record")
    if isinstance(record, logging.LogRecord):
        ours = record.name.partition(".")[0] in _OURS
        told["message"] = str(record.msg) if ours else f"logged by {record.name}"
    if exceptions := given.get("exception", {}).get("values"):
        told["exception"] = {"values": [_told_of(exception) for exception in exceptions]}
    new: Event = told  # type: ignore[assignment]
    return new


def _told_of(exception: dict[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    return {
        "type": exception.get("type"),
        "module": exception.get("module"),
        "stacktrace": {"frames": [{name: frame.get(name) for name in _KEPT_OF_FRAME} for frame in frames]},
    }
