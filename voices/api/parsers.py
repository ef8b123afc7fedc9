"""Reading a request's body."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from voices.api.errors import RequestTooLarge

# A character of text is at most 12 bytes of JSON (a surrogate pair, escaped).
_MAX_BODY_BYTES = 16 * 1024 + 12 * settings.MAX_TEXT_CHARACTERS


class BoundedJSONParser(JSONParser):
    """Read the body as JSON, with or without a byte order mark, whatever its content type says."""

    media_type = "*/*"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body. Raises ``ParseError``, or ``RequestTooLarge`` without reading the rest."""
        body = stream.read(_MAX_BODY_BYTES + 1)
        if len(body) > _MAX_BODY_BYTES:
            raise RequestTooLarge
        try:
            return _loads(body)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error


def _loads(body: bytes) -> Any:
    return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
