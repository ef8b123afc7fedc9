"""Give each HTTP request its id, count and time it, and answer `/metrics`, which is not for the public."""

import logging
import time

from asgiref.sync import sync_to_async
from django.conf import settings
from django.urls import Resolver404, resolve

from voices import exposition
from voices.api.gate.refusal import Application, Message, Receive, Scope, Send
from voices.telemetry import metrics, request_id, traces

logger = logging.getLogger(__name__)

_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"))
_ONLY_READ = frozenset(("GET", "HEAD", "OPTIONS"))
_REQUEST_ID, _TRACEPARENT = request_id.HEADER.lower().encode(), b"traceparent"
_OF_CALLER = (_REQUEST_ID, _TRACEPARENT)


class Watch:
    """ASGI middleware, the outermost one: it sees what the others refuse, too."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
        elif scope["path"] == exposition.PATH and settings.METRICS_TOKEN:
            # Before Django: whoever scrapes comes by an address that is none of ALLOWED_HOSTS.
            await _answer_metrics(scope, send)
        else:
            given = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _OF_CALLER}
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = route_of(scope["path"])
            with (
                request_id.working_on(request_id.accepted(given.get(_REQUEST_ID, ""))),
                traces.span(f"{method} {route}", given.get(_TRACEPARENT, ""), request_id=request_id.current()) as span,
            ):
                await self._watched(scope, receive, send, method, route, span)

    async def _watched(
        self, scope: Scope, receive: Receive, send: Send, method: str, route: str, span: traces.Attributes
    ) -> None:
        own_id = request_id.current().encode()
        begun = time.perf_counter()

        async def send_watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), (_REQUEST_ID, own_id)]}
                span["http.response.status_code"] = message["status"]
                _record(method, route, message["status"], time.perf_counter() - begun)
            await send(message)

        await self._application(scope, receive, send_watched)


def _record(method: str, route: str, status: int, seconds: float) -> None:
    metrics.HTTP_REQUESTS.labels(method, route, str(status)).inc()
    metrics.HTTP_SECONDS.labels(method, route).observe(seconds)
    level = logging.DEBUG if method in _ONLY_READ else logging.INFO
    logger.log(level, "%s %s: %s after %.3f s", method, route, status, seconds)


def route_of(path: str) -> str:
    """Return the pattern of the address that the path belongs to; "page" for the root, "other" for what is none."""
    try:
        match = resolve(path)
    except Resolver404:
        return "other"
    return match.route or ("page" if path == "/" else "other")


async def _answer_metrics(scope: Scope, send: Send) -> None:
    authorization = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    if exposition.is_authorized(authorization):
        status, content = 200, await sync_to_async(exposition.exposition, thread_sensitive=False)()
    else:
        status, content = 401, b""
    headers = [
        (b"content-type", exposition.CONTENT_TYPE.encode()),
        (b"content-length", b"%d" % len(content)),
        *([(b"www-authenticate", b"Bearer")] if status == 401 else []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
