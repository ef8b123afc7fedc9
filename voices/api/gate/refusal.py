"""Answering in front of Django, before it has begun anything: the API's errors, in their shape and language."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

if TYPE_CHECKING:
    from rest_framework.exceptions import APIException

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


async def refuse(scope: Scope, send: Send, refusal: "type[APIException]", *headers: tuple[bytes, bytes]) -> None:
    """Send the whole answer; ``Retry-After`` where the refusal has a ``wait`` (seconds)."""
    from voices.api.errors import error_response_body  # Django has no models yet when this file is imported

    asked = dict(scope["headers"])
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = asked.get(b"accept-language", b"").decode("latin-1")
    with translation.override(translation.get_language_from_request(request)):
        body = json.dumps(error_response_body(refusal()), ensure_ascii=False).encode()
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
    """Without them a page on another origin could not tell this answer from no answer."""
    if not origin or not (settings.CORS_ALLOW_ALL_ORIGINS or origin in settings.CORS_ALLOWED_ORIGINS):
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", ", ".join(settings.CORS_EXPOSE_HEADERS).encode()),
        (b"vary", b"origin"),
    ]
