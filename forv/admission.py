"""How many POSTs a web process works on at once: a few, each answered soon. Who comes beyond is told to come again.

Two hundred that come at one moment would all wait for each other. Here most of them are refused within milliseconds,
before Django and its threads have begun anything, and are let in when they come again: see ``bench/load.py``.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_LEAVE = "forv.admission.leave"


class Admission:
    """An ASGI application around another: 429 for a POST to the API while ``at_once`` others are being worked on."""

    def __init__(self, application: Application, at_once: int) -> None:
        self._application = application
        self._at_once = at_once
        self._admitted: set[int] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/api/"):
            await self._application(scope, receive, send)
            return

        async def receive_or_refuse() -> Message:
            message = await receive()
            # Not before the body is there: who sends slowly takes nobody's place.
            if message["type"] == "http.request" and not message.get("more_body", False):
                if len(self._admitted) >= self._at_once:
                    await _refuse(scope, send)
                    return {"type": "http.disconnect"}
                self._admitted.add(id(scope))
            return message

        scope[_LEAVE] = lambda: self._admitted.discard(id(scope))
        try:
            await self._application(scope, receive_or_refuse, send)
        finally:
            scope[_LEAVE]()


def leave(request: HttpRequest) -> None:
    """Let another one in: what is left to do for this request is waiting."""
    if scope := getattr(request, "scope", None):
        scope.get(_LEAVE, lambda: None)()


async def _refuse(scope: Scope, send: Send) -> None:
    from voices.api.errors import Busy, error_response_body  # Django has no models yet when this file is imported

    headers = dict(scope["headers"])
    asked = HttpRequest()
    asked.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin-1")
    with translation.override(translation.get_language_from_request(asked)):
        busy = Busy()
        body = json.dumps(error_response_body(busy), ensure_ascii=False).encode()
    answer = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"retry-after", b"%d" % busy.wait),
        *_cors_headers(headers.get(b"origin")),
    ]
    await send({"type": "http.response.start", "status": busy.status_code, "headers": answer})
    await send({"type": "http.response.body", "body": body})


def _cors_headers(origin: bytes | None) -> list[tuple[bytes, bytes]]:
    """Without them a page on another origin could not tell this answer from no answer."""
    if origin is None or not (
        settings.CORS_ALLOW_ALL_ORIGINS or origin.decode("latin-1") in settings.CORS_ALLOWED_ORIGINS
    ):
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", ", ".join(settings.CORS_EXPOSE_HEADERS).encode()),
        (b"vary", b"origin"),
    ]
