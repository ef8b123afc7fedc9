"""``/api/me/``: what the service keeps of who sends a token or an API key: take it along, or have it forgotten."""

import functools
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from voices.api.authentication import asker_of
from voices.api.errors import TokenRequired, TooManyStreams
from voices.api.events import RETRY_AFTER_SECONDS
from voices.api.permissions import MayAsk, MayUse
from voices.api.renderers import JsonForAll
from voices.api.serializers import ErrorSerializer
from voices.api.stream_response import StreamResponse
from voices.api.throttles import open_streams, rates
from voices.api.voice_requests import REFUSALS
from voices.export import export_pieces
from voices.forgetting import forget
from voices.owners import Asker, Owner

_ANSWERED_WITHIN_SECONDS = 10.0
_BYTES = OpenApiResponse({"type": "string", "format": "binary"}, "Rows as JSON, and the audio.")


class MeView(APIView):
    """Have all forgotten that was asked for with this token or API key, on all devices."""

    permission_classes = [MayAsk]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts")

    @extend_schema(
        responses={
            204: OpenApiResponse(description="Everything is gone, and the token with it."),
            202: OpenApiResponse(description="The token is gone; the rest, which is much, is being deleted."),
            **REFUSALS,
        }
    )
    def delete(self, request: Request) -> Response:
        """Delete one's requests with their audio, shares and proposals, and the token. This can't be undone."""
        is_gone = forget(_owner_of(request), _ANSWERED_WITHIN_SECONDS)
        return Response(status=status.HTTP_204_NO_CONTENT if is_gone else status.HTTP_202_ACCEPTED)


class ExportView(APIView):
    """Take along all that the service keeps of this token or API key."""

    renderer_classes = [JSONRenderer]
    content_negotiation_class = JsonForAll

    def get_permissions(self) -> list[BasePermission]:
        return [MayUse()]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts")

    @extend_schema(responses={(200, "application/zip"): _BYTES, 429: ErrorSerializer, **REFUSALS})
    def get(self, request: Request) -> Response:
        """Get a zip of one's requests and proposals as JSON, and of the audio. Counts as an open stream."""
        owner = _owner_of(request)
        if not open_streams.has_room(asker_of(request)):
            raise TooManyStreams(RETRY_AFTER_SECONDS)
        return Response({"owner": owner.pk})


_find = ExportView.as_view()


@functools.wraps(_find)
async def export(request: HttpRequest) -> HttpResponseBase:
    """Answer with the zip after the DRF view has found the owner."""
    response: Any = await sync_to_async(_find)(request)
    if response.status_code != 200 or request.method != "GET":
        return cast(HttpResponseBase, response)
    asker = asker_of(response.renderer_context["request"])
    return export_response(cast(Owner, asker.owner), asker)


def export_response(owner: Owner, asker: Asker) -> StreamResponse:
    """Send what is kept of an owner; the stream is counted as the asker's."""
    response = StreamResponse(_sent(export_pieces(owner), asker), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="voices.zip"'
    return response


async def _sent(pieces: Generator[bytes], asker: Asker) -> AsyncGenerator[bytes]:
    with open_streams.opened(asker), closing(pieces):
        while (piece := await sync_to_async(_next)(pieces)) is not None:
            if piece:
                yield piece


def _next(pieces: Generator[bytes]) -> bytes | None:
    try:
        return next(pieces, None)
    finally:
        # The client may be slow; its stream must not hold a connection.
        connection.close()


def _owner_of(request: Request) -> Owner:
    owner = asker_of(request).owner
    if owner is None:
        raise TokenRequired
    return owner
