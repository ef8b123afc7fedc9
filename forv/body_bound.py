"""How long a request's body may be. Django keeps a whole body on disk before any view can refuse it."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.utils import translation

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOADS = ("/api/voices/", "/admin/")  # where files come in


class BodyBound:
    """An ASGI application around another: 413 for a body of more bytes than its address allows."""

    def __init__(self, application: Application, max_bytes: int, max_upload_bytes: int) -> None:
        self._application = application
        self._max_bytes = max_bytes
        self._max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        bound = self._max_upload_bytes if scope["path"].startswith(UPLOADS) else self._max_bytes
        received = 0

        async def receive_or_refuse() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request" and received <= bound:
                received += len(message.get("body", b""))
                if received > bound:
                    await _refuse(send)
                    return {"type": "http.disconnect"}
            return message

        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > bound:
            await _refuse(send)
            return
        await self._application(scope, receive_or_refuse, send)


async def _refuse(send: Send) -> None:
    from voices.api.errors import error_response_body  # Django has no models yet when this file is imported
    from voices.api.parsers import RequestTooLarge

    with translation.override(None):
        body = json.dumps(error_response_body(RequestTooLarge()), ensure_ascii=False).encode()
    # What is left of the body is not read: the connection can't be used again.
    headers = [
        (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), (b"connection", b"close"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": RequestTooLarge.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
