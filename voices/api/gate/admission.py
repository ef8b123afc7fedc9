"""How many POSTs a web process works on at once: a few, each answered soon. Who comes beyond is told to come again.

Two hundred that come at one moment would all wait for each other. Here most of them are refused within milliseconds,
before Django and its threads have begun anything, and are let in when they come again: see ``bench/load.py``.
"""

from django.http import HttpRequest

from voices.api.gate.refusal import Application, Message, Receive, Scope, Send, refuse

_LEAVE = "voices.api.gate.admission.leave"


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
                    from voices.api.errors import Busy  # as in voices.api.gate.refusal

                    await refuse(scope, send, Busy)
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
