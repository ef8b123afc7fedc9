"""``POST /v1/audio/speech``: a text as OpenAI's clients send it; the answer is the sound, while it is spoken.

It is a request like any other, in the same queue, and it is cancelled when its client goes away.
"""

import asyncio
import base64
import functools
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import translation
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from voices.api.audio_stream import BrokenOff, counted, encoded
from voices.api.authentication import asker_of
from voices.api.errors import NotInTime, TooManyStreams, error_response_body, failure_body, failure_status
from voices.api.events import RETRY_AFTER_SECONDS
from voices.api.gate.admission import release_slot
from voices.api.listening import NotSpoken, cancel_unheard, sounds_of
from voices.api.openai.encoders import encoder_of
from voices.api.openai.serializers import SpeechSerializer
from voices.api.openai.view import OpenAIView
from voices.api.openai_errors import openai_shape
from voices.api.permissions import MayAsk
from voices.api.stream_response import StreamResponse
from voices.api.throttles import rates
from voices.models import VoiceRequest
from voices.provenance import mark_of_id

TOKENS_PER_SECOND = 20  # of speech, about as many as OpenAI counts


class SpeechView(OpenAIView):
    """Submit a request, and tell the function below what was asked for."""

    permission_classes = [MayAsk]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts")

    def post(self, request: Request) -> Response:
        serializer = SpeechSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        asker = asker_of(request)
        voice_request = VoiceRequest.objects.submit(
            asker,
            member=asked["voice"],
            text=asked["input"],
            speed=asked["speed"],
            format="wav" if asked["response_format"] == "pcm" else asked["response_format"],
        )
        return Response({"id": str(voice_request.pk), "asker": asker, **asked}, status=202)


_submit = SpeechView.as_view()


@functools.wraps(_submit)
async def speech(request: HttpRequest) -> HttpResponseBase:
    """Submit through the DRF view, wait for the first sentence, and send each as soon as it is spoken."""
    response: Any = await _submitted(request)
    release_slot(request)
    if response.status_code != 202:
        return cast(Response, response)
    asked = response.data
    sounds = counted(sounds_of(asked["id"]), asked["asker"])
    heard = False
    try:
        first = await asyncio.wait_for(anext(sounds), settings.MAX_WAIT_SECONDS)
        heard = True
    except TimeoutError:
        return _refusal(NotInTime())
    except StopAsyncIteration:
        return _refusal(TooManyStreams(RETRY_AFTER_SECONDS))
    except NotSpoken as error:
        # OpenAI's client would otherwise ask twice more for what has failed several times.
        status = failure_status(error.code)
        return JsonResponse(_failure(error.code), status=status, headers={"x-should-retry": "false"})
    finally:
        if not heard:
            await sync_to_async(cancel_unheard)(asked["id"])
    mark = await sync_to_async(mark_of_id)(asked["id"])
    encoder = encoder_of(asked["response_format"], first.sample_rate, mark)
    audio = _cancelled_with(encoded(encoder, first, sounds), asked["id"])
    if asked["stream_format"] == "sse":
        events = _events(audio, asked["id"], translation.get_language())
        return StreamResponse(events, content_type="text/event-stream")
    return StreamResponse(audio, content_type=encoder.mime_type)


async def _submitted(request: HttpRequest) -> Any:
    """Return the DRF view's answer. If the client goes meanwhile, the request is written all the same: cancel it."""
    submitting = asyncio.ensure_future(sync_to_async(_submit)(request))
    try:
        return await asyncio.shield(submitting)
    except asyncio.CancelledError:
        response: Any = await submitting
        if response.status_code == 202:
            await sync_to_async(cancel_unheard)(response.data["id"])
        raise


async def _cancelled_with(audio: AsyncGenerator[bytes], request_id: str) -> AsyncGenerator[bytes]:
    """Yield the audio, and cancel the request if the client goes before the end."""
    complete = False
    try:
        async with aclosing(audio):
            async for piece in audio:
                yield piece
        complete = True
    finally:
        if not complete:
            await sync_to_async(cancel_unheard)(request_id)


async def _events(audio: AsyncGenerator[bytes], request_id: str, language: str) -> AsyncGenerator[bytes]:
    """Yield the audio in events as OpenAI names them; a failure is the last event."""
    try:
        async with aclosing(audio):
            async for piece in audio:
                yield _event(type="speech.audio.delta", audio=base64.b64encode(piece).decode())
    except BrokenOff as broken:
        with translation.override(language):
            yield _event(**_failure(broken.code))
    else:
        yield _event(type="speech.audio.done", usage=await sync_to_async(_usage)(request_id))


def _event(**content: Any) -> bytes:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()


def _usage(request_id: str) -> dict[str, int]:
    """Return characters and pieces of speech in place of tokens."""
    try:
        row = VoiceRequest.objects.filter(pk=request_id).values_list("text", "duration_seconds").first()
    finally:
        connection.close()  # it comes long after the view gave its own back
    text, seconds = row or ("", 0.0)
    read, spoken = len(text), round(TOKENS_PER_SECOND * (seconds or 0.0))
    return {"input_tokens": read, "output_tokens": spoken, "total_tokens": read + spoken}


def _failure(code: str) -> dict[str, Any]:
    return openai_shape(failure_body(code), failure_status(code))


def _refusal(error: APIException) -> JsonResponse:
    body = openai_shape(error_response_body(error), error.status_code)
    return JsonResponse(body, status=error.status_code, headers={"Retry-After": f"{getattr(error, 'wait', 1)}"})
