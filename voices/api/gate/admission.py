"""Bound the POSTs that a web process works on at once; the others are refused and sent again by their clients.

Two hundred POSTs at one moment would slow each other down. Most of them are refused within milliseconds, before Django
starts a thread for them, and are accepted when they are sent again: `bench/load.py` measures it.
"""

from django.http import HttpRequest

from voices.api.errors import Busy
from voices.api.gate.refusal import Application, Message, Receive, Scope, Send, refuse

BOUNDED = ("/api/", "/v1/", "/verify", "/admin/login/")  # a password takes as long to check as a sentence to read
_RELEASE = "voices.api.gate.admission.release"


class Admission:
    """ASGI middleware: 429 for a POST to an API, or a login, while ``at_once`` others are being worked on."""

    def __init__(self, application: Application, at_once: int) -> None:
        self._application = application
        self._at_once = at_once
        self._admitted: set[int] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(BOUNDED):
            await self._application(scope, receive, send)
            return

        async def receive_or_refuse() -> Message:
            message = await receive()
            # Only once the body is complete: a slow client takes no slot.
            if message["type"] == "http.request" and not message.get("more_body", False):
                if len(self._admitted) >= self._at_once:
                    await refuse(scope, send, Busy)
                    return {"type": "http.disconnect"}
                self._admitted.add(id(scope))
            return message

        scope[_RELEASE] = lambda: self._admitted.discard(id(scope))
        try:
            await self._application(scope, receive_or_refuse, send)
        finally:
            scope[_RELEASE]()


def release_slot(request: HttpRequest) -> None:
    """Let another POST be worked on: what is left to do for this request is to wait."""
    if scope := getattr(request, "scope", None):
        scope.get(_RELEASE, lambda: None)()
