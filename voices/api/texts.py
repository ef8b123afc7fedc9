"""``POST /api/texts``: the seed's endpoint, which answers once the audio is there."""

import functools
import time

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.changes import changes, wait
from voices.api.errors import failure_message
from voices.api.serializers import ErrorSerializer, SpokenTextsSerializer, TextsSerializer, VoiceRequestSerializer
from voices.api.views import accepted
from voices.models import VoiceRequest

# A change is heard at once; this is for one that was missed while the listener reconnected.
_LOOK_AGAIN_SECONDS = 5.0


class TextsView(APIView):
    """Speak a text as a member; the audio lies at ``wav_files/{member_id}/{uuid}_{created_at}_voice.wav``.

    Answers when the audio is there, or after a bounded wait with 202 and the address to ask.
    """

    @extend_schema(
        request=TextsSerializer,
        responses={200: SpokenTextsSerializer, 202: VoiceRequestSerializer, 400: ErrorSerializer, 500: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        serializer = TextsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return accepted(VoiceRequest.objects.submit(**serializer.validated_data))


_submit = TextsView.as_view()


@functools.wraps(_submit)
async def texts(request: HttpRequest) -> HttpResponseBase:
    """Submit through the DRF view, then hold the answer back until the request has ended."""
    response = await sync_to_async(_submit)(request)
    if response.status_code != 202:
        return response
    voice_request = await _ended(response.data["id"], settings.TEXTS_WAIT_SECONDS)
    if voice_request is None:
        return response
    if voice_request.status != VoiceRequest.Status.SUCCEEDED:
        code = voice_request.error_code or voice_request.status
        error = {"code": code, "message": failure_message(code)}
        return JsonResponse({"error": error}, status=500)
    return JsonResponse(
        {"uuid": voice_request.uuid, "member_id": voice_request.member_id, "created_at": voice_request.created_at}
    )


async def _ended(request_id: str, seconds: float) -> VoiceRequest | None:
    """The request once it has ended, or ``None`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    async with changes().of(request_id) as changed:
        while True:
            changed.clear()
            voice_request = await sync_to_async(_fetch)(request_id)
            if voice_request is None or voice_request.is_terminal:
                return voice_request
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return None
            await wait(changed, min(remaining, _LOOK_AGAIN_SECONDS))


def _fetch(request_id: str) -> VoiceRequest | None:
    try:
        return VoiceRequest.objects.filter(pk=request_id).first()
    finally:
        # The wait is long; its connection must not be held through it.
        connection.close()
