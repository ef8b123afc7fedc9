"""What a view raises, turned into an error of `errors.py`."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from psycopg_pool import PoolTimeout
from rest_framework.exceptions import APIException, NotFound, Throttled
from rest_framework.exceptions import PermissionDenied as ApiPermissionDenied
from rest_framework.response import Response
from rest_framework.views import set_rollback

from voices.api.errors import (
    DatabaseUnavailable,
    InternalError,
    NameIsTaken,
    NotConsented,
    TooManyOfYours,
    TooManyProposed,
    TooManyWaiting,
    TooOften,
    TransferIsOver,
    error_response_body,
)
from voices.consents import NoConsent
from voices.database import DATABASE_AWAY
from voices.proposals import TooManyProposals
from voices.queue import NameTaken, QueueFull, TooManyOfOne
from voices.transfers import TransferOver

logger = logging.getLogger(__name__)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception of a view with an error body, as DRF's EXCEPTION_HANDLER. A bug is logged and not shown."""
    exception = _as_api_exception(error)
    set_rollback()
    headers: dict[str, str] = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(exception, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    return Response(error_response_body(exception), status=exception.status_code, headers=headers or None)


def _as_api_exception(error: Exception) -> APIException:
    match error:
        case Throttled():
            return TooOften(getattr(error, "wait", None) or 0.0)
        case APIException():
            return error
        case Http404():
            return NotFound()
        case TooManyOfOne():
            return TooManyOfYours(error.wait_seconds)
        case QueueFull():
            return TooManyWaiting(error.wait_seconds)
        case NameTaken():
            return NameIsTaken()
        case NoConsent():
            return NotConsented()
        case TransferOver():
            return TransferIsOver()
        case TooManyProposals():
            return TooManyProposed()
        case PermissionDenied():
            return ApiPermissionDenied()
        case _ if isinstance(error, (*DATABASE_AWAY, PoolTimeout)):
            logger.error("database: %s", error)
            return DatabaseUnavailable()
        case _:
            logger.error("unhandled error in a view", exc_info=error)
            return InternalError()
