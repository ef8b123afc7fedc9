"""``GET /api/voice-requests/{id}/events/``: the changes of a request as server-sent events."""

import functools
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.authentication import asker_of
from voices.api.changes import changes, wait
from voices.api.errors import TooManyStreams
from voices.api.renderers import EventStreamRenderer
from voices.api.serializers import ErrorSerializer, VoiceRequestSerializer
from voices.api.stream_response import StreamResponse
from voices.api.throttles import open_streams
from voices.database import DATABASE_AWAY
from voices.models import VoiceRequest
from voices.owners import Asker

# Proxies close a silent connection, commonly after a minute.
KEEP_ALIVE_SECONDS = 15
LOOK_AGAIN_SECONDS = 5
RENEW_SECONDS = 2  # after which the estimates are made anew
RETRY_AFTER_SECONDS = 5

_EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["status"]},
        "data": {"type": "string", "description": "The request as JSON, as `GET /api/voice-requests/{id}/` shows it."},
    },
    "required": ["event", "data"],
}


Snapshot = Callable[[], tuple[Any, bool] | None]  # what is shown now, and whether it is the last; None: it is deleted


class EventsView(GenericAPIView[VoiceRequest]):
    """Lets a client in that wants a stream of events."""

    queryset = VoiceRequest.objects.all()
    serializer_class = VoiceRequestSerializer
    renderer_classes = [JSONRenderer, EventStreamRenderer]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not open_streams.has_room(asker_of(request)):
            raise TooManyStreams(RETRY_AFTER_SECONDS)

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        response.content_type = JSONRenderer.media_type  # also for a client that asked for a stream
        return response


class VoiceRequestEvents(RetrieveModelMixin, EventsView):
    """Stream each change of a request as an event ``status`` with the request as its data."""

    @extend_schema(
        responses={
            (200, "text/event-stream"): OpenApiResponse(
                _EVENT, "Also renews the estimates while the request waits. Ends with it."
            ),
            401: ErrorSerializer,
            404: ErrorSerializer,
            429: ErrorSerializer,
        }
    )
    def get(self, request: Request, *args: str, **kwargs: str) -> Response:
        return self.retrieve(request, *args, **kwargs)


_retrieve = VoiceRequestEvents.as_view()


@functools.wraps(_retrieve)
async def voice_request_events(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Answer with the stream after the DRF view has found the request."""
    response: Any = await sync_to_async(_retrieve)(request, pk=pk)
    return streamed(request, response, [str(pk)], functools.partial(_shown, pk))


def streamed(request: HttpRequest, response: Any, request_ids: list[str], snapshot: Snapshot) -> HttpResponseBase:
    """Answer with a stream of what `snapshot` shows, anew after each change of the requests.

    If the answer of the :class:`EventsView`, `response`, is no permission to do so, it is the answer.
    """
    if response.status_code != 200 or request.method != "GET":
        return cast(Response, response)
    asker = asker_of(response.renderer_context["request"])
    event = functools.partial(_event, snapshot, translation.get_language())
    return StreamResponse(_stream(request_ids, event, asker), content_type="text/event-stream")


async def _stream(
    request_ids: list[str], event_now: Callable[[], tuple[bytes, bool] | None], asker: Asker
) -> AsyncGenerator[bytes]:
    # Many may have been let in at one moment: those that come to this last get an empty stream.
    if not open_streams.has_room(asker):
        return
    with open_streams.opened(asker):
        async with changes().of(*request_ids) as changed:
            told, told_at = b"", time.monotonic()
            while True:
                changed.clear()
                try:
                    now = await sync_to_async(event_now)()
                except DATABASE_AWAY:
                    # The listener sets `changed` when the database is back.
                    await wait(changed, LOOK_AGAIN_SECONDS)
                    yield b": the database is away\n\n"
                    continue
                if now is None:
                    return
                event, is_last = now
                if event != told:
                    told, told_at = event, time.monotonic()
                    yield event
                elif time.monotonic() - told_at >= KEEP_ALIVE_SECONDS:
                    told_at = time.monotonic()
                    yield b": still here\n\n"
                if is_last:
                    return
                # Meanwhile the estimates change, and the last worker may go away.
                await wait(changed, min(RENEW_SECONDS, KEEP_ALIVE_SECONDS))


def _event(snapshot: Snapshot, language: str) -> tuple[bytes, bool] | None:
    """Return what is shown now as an event, and whether it is the last one."""
    try:
        with translation.override(language):
            now = snapshot()
            if now is None:
                return None
            shown, is_last = now
            return b"event: status\ndata: " + JSONRenderer().render(shown) + b"\n\n", is_last
    finally:
        # A stream can last long; it must not hold a connection.
        connection.close()


def _shown(pk: str) -> tuple[Any, bool] | None:
    voice_request = VoiceRequest.objects.filter(pk=pk).first()
    return None if voice_request is None else (VoiceRequestSerializer(voice_request).data, voice_request.is_settled)
