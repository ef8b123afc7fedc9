"""``GET /api/batches/{id}/events/``: how far a batch is, as server-sent events."""

import functools
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.batches import lines_of, shown_batch
from voices.api.events import EventsView, streamed
from voices.api.serializers import ErrorSerializer

_EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["status"]},
        "data": {"type": "string", "description": "The batch as JSON, as `GET /api/batches/{id}/` shows it."},
    },
    "required": ["event", "data"],
}


class BatchEvents(EventsView):
    """Stream each change of a batch as an event ``status`` with the batch as its data."""

    @extend_schema(
        responses={
            (200, "text/event-stream"): OpenApiResponse(_EVENT, "Ends when all lines have ended."),
            401: ErrorSerializer,
            404: ErrorSerializer,
            429: ErrorSerializer,
        }
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return Response([str(line.pk) for line in lines_of(pk)])


_find = BatchEvents.as_view()


@functools.wraps(_find)
async def batch_events(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Answer with the stream after the DRF view has found the lines."""
    response: Any = await sync_to_async(_find)(request, pk=pk)
    return streamed(request, response, response.data, functools.partial(_shown, pk))


def _shown(pk: UUID) -> tuple[Any, bool] | None:
    try:
        shown = shown_batch(pk)
    except Http404:
        return None
    return shown, shown["done"] == shown["total"]
