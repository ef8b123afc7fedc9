"""Bound the length of request bodies, and the time that they take to arrive.

Django writes a whole body to disk before any view can refuse it, and a client that sends a byte a second would hold a
thread for hours.
"""

import asyncio
import time

from voices.api.errors import RequestTooLarge, RequestTooSlow
from voices.api.gate.refusal import CLOSE, Application, Message, Receive, Scope, Send, refuse
from voices.api.gate.staff_only import LOGIN

UPLOADS = ("/api/voices/", "/admin/")  # addresses that take files, from staff (staff_only.py)
SOUNDS = ("/api/verifications/", "/verify")  # addresses that take a sound file, from everybody


class BodyBound:
    """ASGI middleware: 413 for a body of more bytes than its address allows, 408 for one that arrives too slowly.

    A body may take ``patience_seconds``, and a second more for each ``least_bytes_per_second`` that have arrived.
    """

    def __init__(
        self,
        application: Application,
        max_bytes: int,
        max_upload_bytes: int,
        max_sound_bytes: int,
        patience_seconds: float = 10.0,
        least_bytes_per_second: int = 16 * 1024,
    ) -> None:
        self._application = application
        self._max_bytes = max_bytes
        self._max_upload_bytes = max_upload_bytes
        self._max_sound_bytes = max_sound_bytes
        self._patience_seconds = patience_seconds
        self._least_bytes_per_second = least_bytes_per_second

    def _bound(self, path: str) -> int:
        if path.startswith(UPLOADS) and path != LOGIN:
            return self._max_upload_bytes
        return self._max_sound_bytes if path.startswith(SOUNDS) else self._max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        bound = self._bound(scope["path"])
        started = time.monotonic()
        received = 0
        complete = False

        async def receive_or_refuse() -> Message:
            nonlocal received, complete
            if complete:  # what comes now is the client's disconnect, which may take as long as it likes
                return await receive()
            allowed = self._patience_seconds + received / self._least_bytes_per_second
            try:
                message = await asyncio.wait_for(receive(), started + allowed - time.monotonic())
            except TimeoutError:
                complete = True
                await refuse(scope, send, RequestTooSlow, CLOSE)
                return {"type": "http.disconnect"}
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                complete = received > bound or not message.get("more_body", False)
                if received > bound:
                    await refuse(scope, send, RequestTooLarge, CLOSE)
                    return {"type": "http.disconnect"}
            return message

        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > bound:
            await refuse(scope, send, RequestTooLarge, CLOSE)
            return
        await self._application(scope, receive_or_refuse, send)
