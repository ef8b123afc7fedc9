"""``/api/batches/{id}/archive.zip`` and ``/joined/``: the audio of a batch, sent line by line."""

import functools
import io
import zipfile
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import numpy as np
import soundfile
import soxr
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from numpy.typing import NDArray
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.batches import file_name, lines_of
from voices.api.errors import NotInThisState
from voices.api.renderers import JsonForAll
from voices.api.serializers import ErrorSerializer
from voices.api.stream_response import StreamResponse
from voices.audio_objects import read_audio
from voices.export import ZipPieces
from voices.models import VoiceRequest
from voices.provenance import mark_of
from voices.synth.audio import FORMATS, pcm16
from voices.synth.streaming import stream_encoder, streamable
from voices.synth.text.reading import LINE_SECONDS

_ERRORS = {401: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}
_BYTES = OpenApiResponse({"type": "string", "format": "binary"}, "The lines that were spoken; not those that failed.")


class _FileView(GenericAPIView[VoiceRequest]):
    queryset = VoiceRequest.objects.all()
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JsonForAll

    def heard(self, batch: UUID) -> Response:
        """Return the lines that can be heard. Raises :class:`NotInThisState` before all lines have ended."""
        lines = lines_of(batch)
        heard = [line for line in lines if line.is_audible]
        if not heard or not all(line.is_settled for line in lines):
            raise NotInThisState(_("There is no audio yet."), "not_ready")
        return Response(heard)


class ArchiveView(_FileView):
    """The lines of a batch as a zip, each under its number, member and text. 409 before all have ended."""

    @extend_schema(responses={(200, "application/zip"): _BYTES, **_ERRORS})
    def get(self, request: Request, pk: UUID) -> Response:
        return self.heard(pk)


class JoinedView(_FileView):
    """The lines of a batch as one file in their format; WAV for FLAC. 409 before all have ended."""

    @extend_schema(responses={**{(200, kind): _BYTES for kind in ("audio/wav", "audio/mpeg", "audio/ogg")}, **_ERRORS})
    def get(self, request: Request, pk: UUID) -> Response:
        return self.heard(pk)


async def _zipped(lines: list[VoiceRequest]) -> AsyncGenerator[bytes]:
    sink = ZipPieces()
    with zipfile.ZipFile(sink, "w") as archive:
        for line in lines:
            audio = await sync_to_async(read_audio, thread_sensitive=False)(line.audio_name)
            finished_at = line.finished_at or datetime.now()
            archive.writestr(zipfile.ZipInfo(file_name(line), finished_at.timetuple()[:6]), audio)
            yield sink.taken()
    yield sink.taken()


async def _joined(lines: list[VoiceRequest]) -> AsyncGenerator[bytes]:
    samples, rate = await sync_to_async(_decoded, thread_sensitive=False)(lines[0])
    encoder = stream_encoder(streamable(lines[0].format), rate, mark_of(lines[0]))
    yield encoder.write(samples)
    for line in lines[1:]:
        samples, _rate = await sync_to_async(_decoded, thread_sensitive=False)(line, rate)
        pause = np.zeros(round(LINE_SECONDS * rate), dtype=np.int16)
        yield await sync_to_async(encoder.write, thread_sensitive=False)(np.concatenate([pause, samples]))
    yield encoder.close()


def _decoded(line: VoiceRequest, rate: int | None = None) -> tuple[NDArray[np.int16], int]:
    """Return the samples of a line [n_samples], at a rate or at their own, and the rate in Hz."""
    samples, own_rate = soundfile.read(io.BytesIO(read_audio(line.audio_name)), dtype="float32")
    if rate is not None and own_rate != rate:
        samples = soxr.resample(samples, own_rate, rate)
    return pcm16(samples), rate or own_rate


def _streamed(
    view: Callable[..., Any],
    pieces: Callable[[list[VoiceRequest]], AsyncGenerator[bytes]],
    kind_of: Callable[[VoiceRequest], tuple[str, str]],
) -> Callable[..., Any]:
    """Return a view that answers with the pieces of a file after the DRF view has found its lines."""

    @functools.wraps(view)
    async def answer(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        response: Any = await sync_to_async(view)(request, pk=pk)
        if response.status_code != 200 or request.method != "GET":
            return cast(HttpResponseBase, response)
        lines: list[VoiceRequest] = response.data
        content_type, extension = kind_of(lines[0])
        stream = StreamResponse(pieces(lines), content_type=content_type)
        stream["Content-Disposition"] = f'attachment; filename="{pk}.{extension}"'
        return stream

    return answer


def _kind_of_joined(line: VoiceRequest) -> tuple[str, str]:
    audio_format = streamable(line.format)
    return FORMATS[audio_format].mime_type, FORMATS[audio_format].extension


batch_archive = _streamed(ArchiveView.as_view(), _zipped, lambda _line: ("application/zip", "zip"))
batch_joined = _streamed(JoinedView.as_view(), _joined, _kind_of_joined)
