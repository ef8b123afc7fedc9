"""Reading a request's body."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

# A character of text is at most 12 bytes of JSON (a surrogate pair, escaped).
_MAX_BODY_BYTES = 16 * 1024 + 12 * settings.MAX_TEXT_CHARACTERS


class RequestTooLarge(APIException):
    # Here and not beside the others: DRF imports its parsers before them.
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "request_too_large"
    default_detail = gettext_lazy("The request is too large.")


class BoundedJSONParser(JSONParser):
    """JSON whatever the content type says, as many a ``curl -d`` forgets to say it."""

    media_type = "*/*"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The parsed body. Raises ``ParseError``, or ``RequestTooLarge`` before reading any more."""
        body = stream.read(_MAX_BODY_BYTES + 1)
        if len(body) > _MAX_BODY_BYTES:
            raise RequestTooLarge
        try:
            return _loads(body)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error


def _loads(body: bytes) -> Any:
    return json.loads(body.decode(), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
