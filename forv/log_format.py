"""Lines of the log without what fans wrote: an exception's message may quote a text, a key, or a whole row."""

import copy
import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import psycopg
from django.db import Error as DjangoDatabaseError

from voices.telemetry import request_id

DATABASE_ERRORS = (psycopg.Error, DjangoDatabaseError)

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ReticentFormatter(logging.Formatter):
    """Writes tracebacks with the exceptions' types in place of their messages, and database errors by their codes."""

    def format(self, record: logging.LogRecord) -> str:
        # Another handler formats the same record.
        record = copy.copy(record)
        record.exc_text = None
        record.request_id = request_id.current() or "-"
        if isinstance(record.args, tuple):
            record.args = tuple(_reticent(argument) for argument in record.args)
        return super().format(record)

    def formatException(self, ei: _ExcInfo) -> str:
        """Return the frames of the exception and of those that led to it, each with its type."""
        parts = []
        error = ei[1]
        while error is not None:
            parts.append("".join(traceback.format_tb(error.__traceback__)) + describe(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nthen:\n".join(reversed(parts))


class JsonFormatter(ReticentFormatter):
    """Writes each record as an object of JSON on one line, with the same reticence."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": request_id.current() or None,
            "process": record.process,
            "message": super().format(record),
        }
        return json.dumps(line, ensure_ascii=False)


def describe(error: BaseException) -> str:
    """Return the error's type, and what of it can't hold anybody's words."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    cause = error.__cause__ if isinstance(error, DjangoDatabaseError) else error
    if isinstance(cause, psycopg.Error):
        known = {"sqlstate": cause.sqlstate, "table": cause.diag.table_name, "constraint": cause.diag.constraint_name}
        details = ", ".join(f"{what} {value}" for what, value in known.items() if value)
    else:
        details = str(error.strerror or "") if isinstance(error, OSError) else ""
    return f"{name}: {details}" if details else name


def _reticent(argument: Any) -> Any:
    return describe(argument) if isinstance(argument, DATABASE_ERRORS) else argument
