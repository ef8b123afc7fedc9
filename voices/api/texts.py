"""``POST /api/texts``: the endpoint of the Flask server, which answers once the audio is there."""

import functools

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from voices.api.authentication import asker_of
from voices.api.gate.admission import release_slot
from voices.api.permissions import MayAsk
from voices.api.serializers import ErrorSerializer, SpokenTextsSerializer, TextsSerializer, VoiceRequestSerializer
from voices.api.throttles import rates
from voices.api.voice_requests import REFUSALS, accepted
from voices.api.waiting import failure, wait_until_finished
from voices.models import VoiceRequest


class TextsView(APIView):
    """Speak a text; the audio is stored as ``wav_files/{member_id}/{uuid}_{created_at}_voice.wav``.

    Answers 200 once the audio is stored, or 202 with the request's address if that takes too long.
    """

    permission_classes = [MayAsk]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts")

    @extend_schema(
        request=TextsSerializer,
        responses={
            200: SpokenTextsSerializer,
            202: VoiceRequestSerializer,
            400: ErrorSerializer,
            409: ErrorSerializer,
            500: ErrorSerializer,
            **REFUSALS,
        },
    )
    def post(self, request: Request) -> Response:
        serializer = TextsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return accepted(VoiceRequest.objects.submit(asker_of(request), **serializer.validated_data))


_submit = TextsView.as_view()


@functools.wraps(_submit)
async def texts(request: HttpRequest) -> HttpResponseBase:
    """Submit through the DRF view, then hold the answer back until the request is finished."""
    response = await sync_to_async(_submit)(request)
    release_slot(request)
    if response.status_code != 202:
        return response
    voice_request = await wait_until_finished(response.data["id"], settings.MAX_WAIT_SECONDS)
    if voice_request is None or voice_request.is_under_review:
        return response
    if not voice_request.is_audible:
        return failure(voice_request)
    return JsonResponse(
        {
            "uuid": voice_request.client_uuid,
            "member_id": voice_request.member_id,
            "created_at": voice_request.client_created_at,
        }
    )
