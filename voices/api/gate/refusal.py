"""Answer a request with an error of the API before Django sees it, in the usual shape and the client's language."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from rest_framework.exceptions import APIException

from voices.api.openai_errors import error_body_for

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

CLOSE = (b"connection", b"close")  # for who reads no more of the body: the connection can't be used again


async def refuse(scope: Scope, send: Send, refusal: type[APIException], *headers: tuple[bytes, bytes]) -> None:
    """Send the whole answer, with ``Retry-After`` if the refusal has a ``wait`` (seconds)."""
    asked = dict(scope["headers"])
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = asked.get(b"accept-language", b"").decode("latin-1")
    with translation.override(translation.get_language_from_request(request)):
        body = json.dumps(error_body_for(scope["path"], refusal()), ensure_ascii=False).encode()
    wait = getattr(refusal, "wait", None)
    answer: Headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        *([] if wait is None else [(b"retry-after", b"%d" % wait)]),
        *_cors_headers(asked.get(b"origin", b"").decode("latin-1")),
        *headers,
    ]
    await send({"type": "http.response.start", "status": refusal.status_code, "headers": answer})
    await send({"type": "http.response.body", "body": body})


def _cors_headers(origin: str) -> Headers:
    """Return the headers without which a page on another origin can't read this answer."""
    if not origin or not (settings.CORS_ALLOW_ALL_ORIGINS or origin in settings.CORS_ALLOWED_ORIGINS):
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", ", ".join(settings.CORS_EXPOSE_HEADERS).encode()),
        (b"vary", b"origin"),
    ]
