"""``POST /v1/audio/speech``: a text as OpenAI's clients send it; the answer is the sound.

It is a request like any other, in the same queue, and it is cancelled when its client goes away.
"""

import base64
import functools
import io
import json
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from voices.api.authentication import asker_of
from voices.api.errors import NotInTime, error_response_body, failure_body
from voices.api.gate.admission import release_slot
from voices.api.openai.serializers import SpeechSerializer
from voices.api.openai.view import OpenAIView
from voices.api.openai_errors import openai_shape
from voices.api.permissions import MayAsk
from voices.api.throttles import rates
from voices.api.waiting import wait_until_finished
from voices.models import VoiceRequest
from voices.synth.audio import FORMATS

PCM_SAMPLE_RATE = 24_000  # Hz; clients take OpenAI's for granted
TOKENS_PER_SECOND = 20  # of speech, about as many as OpenAI counts
_PIECE_BYTES = 16 * 1024


class SpeechView(OpenAIView):
    """Submit a request, and tell the function below what was asked for."""

    permission_classes = [MayAsk]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts")

    def post(self, request: Request) -> Response:
        serializer = SpeechSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        voice_request = VoiceRequest.objects.submit(
            asker_of(request),
            member=asked["voice"],
            text=asked["input"],
            speed=asked["speed"],
            format="wav" if asked["response_format"] == "pcm" else asked["response_format"],
        )
        return Response({"id": str(voice_request.pk), **asked}, status=202)


_submit = SpeechView.as_view()


@functools.wraps(_submit)
async def speech(request: HttpRequest) -> HttpResponseBase:
    """Submit through the DRF view, wait for the sound and send it."""
    response = await sync_to_async(_submit)(request)
    release_slot(request)
    if response.status_code != 202:
        return response
    asked = response.data
    voice_request = None
    try:
        voice_request = await wait_until_finished(asked["id"], settings.MAX_WAIT_SECONDS)
    finally:
        if voice_request is None:  # it took too long, or the client has gone away
            await sync_to_async(_cancel)(asked["id"])
    if voice_request is None:
        return JsonResponse(
            openai_shape(error_response_body(NotInTime()), 503),
            status=503,
            headers={"Retry-After": f"{NotInTime.wait}"},
        )
    if voice_request.status != VoiceRequest.Status.SUCCEEDED:
        failed = failure_body(voice_request.error_code or voice_request.status)
        # OpenAI's client would otherwise ask twice more for what has failed several times.
        return JsonResponse(openai_shape(failed, 500), status=500, headers={"x-should-retry": "false"})
    sound = _sound(voice_request, asked["response_format"])
    if asked["stream_format"] == "sse":
        return StreamingHttpResponse(
            _events(sound, voice_request),
            content_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    return StreamingHttpResponse(sound, content_type=_mime_type(asked["response_format"]))


async def _sound(voice_request: VoiceRequest, audio_format: str) -> AsyncIterator[bytes]:
    audio = await sync_to_async(_read)(voice_request.audio_name)
    if audio_format == "pcm":
        audio = _pcm(audio)
    for start in range(0, len(audio), _PIECE_BYTES):
        yield audio[start : start + _PIECE_BYTES]


async def _events(sound: AsyncIterator[bytes], voice_request: VoiceRequest) -> AsyncIterator[bytes]:
    """Give the sound in events as OpenAI names them; characters and pieces of speech stand for tokens."""
    async for piece in sound:
        yield _event(type="speech.audio.delta", audio=base64.b64encode(piece).decode())
    read = len(voice_request.text)
    spoken = round(TOKENS_PER_SECOND * (voice_request.duration_seconds or 0))
    usage = {"input_tokens": read, "output_tokens": spoken, "total_tokens": read + spoken}
    yield _event(type="speech.audio.done", usage=usage)


def _event(**content: object) -> bytes:
    return f"data: {json.dumps(content)}\n\n".encode()


def _read(name: str) -> bytes:
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content


def _pcm(wav: bytes) -> bytes:
    """Return samples of 16 bits, little-endian, at the rate that OpenAI's have."""
    import soundfile
    import soxr

    samples, sample_rate = soundfile.read(io.BytesIO(wav), dtype="int16")
    resampled: bytes = soxr.resample(samples, sample_rate, PCM_SAMPLE_RATE).astype("<i2").tobytes()
    return resampled


def _mime_type(audio_format: str) -> str:
    return "audio/pcm" if audio_format == "pcm" else FORMATS[audio_format].mime_type


def _cancel(request_id: str) -> None:
    try:
        if voice_request := VoiceRequest.objects.filter(pk=request_id).first():
            voice_request.cancel()
    finally:
        # It may come long after the view's own connection was given back.
        connection.close()
