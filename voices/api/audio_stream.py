"""``GET /api/voice-requests/{id}/audio/stream``: the audio, from its first sentence on, while it is spoken."""

import asyncio
import functools
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api import fields
from voices.api.authentication import asker_of
from voices.api.errors import NotInThisState, TooManyStreams, error_response_body, failure_message, not_found_json
from voices.api.events import RETRY_AFTER_SECONDS
from voices.api.listening import NotSpoken, Sound, sounds_of
from voices.api.renderers import JsonForAll
from voices.api.serializers import ErrorSerializer
from voices.api.stream_response import UNBUFFERED, StreamResponse
from voices.api.throttles import open_streams
from voices.audio_objects import read_audio
from voices.models import VoiceRequest
from voices.owners import Asker
from voices.provenance import mark_of_id
from voices.synth.audio import FORMATS
from voices.synth.streaming import STREAM_FORMATS, StreamEncoder, stream_encoder, streamable

_STEP_SECONDS = 2  # of audio that is encoded at once
_BYTES = OpenApiResponse({"type": "string", "format": "binary"}, "The audio. `pcm`: 16 bits, little-endian, mono.")


class BrokenOff(asyncio.CancelledError):
    """Ends the answer without its last piece, so that the client knows that something is missing.

    Django takes a cancelled answer for a client that has gone, and logs nothing.
    """

    def __init__(self, code: str) -> None:
        """``code``: how the request ended, as :class:`NotSpoken` has it."""
        super().__init__(code)
        self.code = code


class StreamSerializer(serializers.Serializer[VoiceRequest]):
    """How the stream is wanted."""

    format = fields.ChoiceField(
        choices=STREAM_FORMATS, required=False, help_text="Default: the request's own format; `wav` if that is `flac`."
    )


class AudioStreamView(GenericAPIView[VoiceRequest]):
    """Stream the audio from its first sentence on, each sentence as soon as it is spoken.

    A request that waits in the queue is waited for. The stream breaks off if the request fails or is cancelled; 409 if
    that happens before the first sentence.
    """

    queryset = VoiceRequest.objects.all()
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JsonForAll

    @extend_schema(
        parameters=[StreamSerializer],
        responses={
            **{(200, kind): _BYTES for kind in ("audio/wav", "audio/mpeg", "audio/ogg", "audio/pcm")},
            400: ErrorSerializer,
            401: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
            429: ErrorSerializer,
        },
    )
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        voice_request = self.get_object()
        wanted = StreamSerializer(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        audio_format = wanted.validated_data.get("format", streamable(voice_request.format))
        if voice_request.is_audible and voice_request.format == audio_format:
            return _whole(voice_request)
        if not open_streams.has_room(asker_of(request)):
            raise TooManyStreams(RETRY_AFTER_SECONDS)
        return Response({"format": audio_format})


_retrieve = AudioStreamView.as_view()


@functools.wraps(_retrieve)
async def audio_stream(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Answer with the audio after the DRF view has found the request, once the first sentence is spoken."""
    response: Any = await sync_to_async(_retrieve)(request, pk=pk)
    if not isinstance(response, Response) or response.status_code != 200 or request.method != "GET":
        return cast(HttpResponseBase, response)
    sounds = counted(sounds_of(str(pk)), asker_of(cast(Any, response).renderer_context["request"]))
    try:
        first = await anext(sounds)
    except NotSpoken as error:
        if error.code == "not_found":
            return JsonResponse(not_found_json(), status=404)
        return _refusal(NotInThisState(failure_message(error.code), error.code))
    except StopAsyncIteration:
        return _refusal(TooManyStreams(RETRY_AFTER_SECONDS))
    mark = await sync_to_async(mark_of_id)(str(pk))
    encoder = stream_encoder(response.data["format"], first.sample_rate, mark)
    return StreamResponse(encoded(encoder, first, sounds), content_type=encoder.mime_type)


def _whole(request: VoiceRequest) -> HttpResponse:
    """Answer with the finished file."""
    try:
        audio = read_audio(request.audio_name)
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(audio, content_type=FORMATS[request.format].mime_type, headers=UNBUFFERED)


def _refusal(error: APIException) -> JsonResponse:
    response = JsonResponse(error_response_body(error), status=error.status_code)
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(wait)
    return response


async def counted(sounds: AsyncGenerator[Sound], asker: Asker) -> AsyncGenerator[Sound]:
    """Count the stream as long as it is open. Many may have been let in at one moment: the last get no sound."""
    if open_streams.has_room(asker):
        with open_streams.opened(asker):
            async with aclosing(sounds):
                async for sound in sounds:
                    yield sound


async def encoded(encoder: StreamEncoder, first: Sound, sounds: AsyncGenerator[Sound]) -> AsyncGenerator[bytes]:
    """Yield the audio in small pieces; the server takes the next one when the client has room for it."""
    async with aclosing(sounds):
        sound: Sound | None = first
        while sound is not None:
            step = _STEP_SECONDS * sound.sample_rate
            for start in range(0, len(sound.samples), step):
                audio = await sync_to_async(encoder.write, thread_sensitive=False)(sound.samples[start : start + step])
                if audio:
                    yield audio
            try:
                sound = await anext(sounds, None)
            except NotSpoken as error:
                raise BrokenOff(error.code) from error
    if audio := await sync_to_async(encoder.close, thread_sensitive=False)():
        yield audio
