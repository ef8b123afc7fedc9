"""Bound the length of request bodies. Django writes a whole body to disk before any view can refuse it."""

from voices.api.errors import RequestTooLarge
from voices.api.gate.refusal import Application, Message, Receive, Scope, Send, refuse

UPLOADS = ("/api/voices/", "/admin/")  # addresses that take files


class BodyBound:
    """ASGI middleware: 413 for a body of more bytes than its address allows."""

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
                    await _refuse(scope, send)
                    return {"type": "http.disconnect"}
            return message

        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > bound:
            await _refuse(scope, send)
            return
        await self._application(scope, receive_or_refuse, send)


async def _refuse(scope: Scope, send: Send) -> None:
    # The rest of the body is not read, so the connection can't be used again.
    await refuse(scope, send, RequestTooLarge, (b"connection", b"close"))
