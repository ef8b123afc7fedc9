"""The audio of a request as a file to keep: its name, and another format than it was made in."""

import io
import re

import soundfile
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from voices.audio_objects import read_audio
from voices.models import VoiceRequest
from voices.provenance import mark_of
from voices.synth.audio import FORMATS, encode

MAX_TEXT_CHARACTERS = 20
# What file systems refuse in a name, and white space.
_NO_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')


def file_name(request: VoiceRequest, audio_format: str) -> str:
    """Return a name that says who speaks and what: ``하늘_오늘도 정말.wav``."""
    text = _NO_NAME.sub(" ", request.text).strip()[:MAX_TEXT_CHARACTERS].rstrip(" .")
    return f"{_NO_NAME.sub(' ', request.member.name).strip()}_{text}.{FORMATS[audio_format].extension}"


def converted(request: VoiceRequest, audio_format: str, save_as: str) -> HttpResponse:
    """Answer with the audio in another format; with ``save_as``, a browser saves it under that name."""
    samples, sample_rate = soundfile.read(io.BytesIO(read_audio(request.audio_name)), dtype="float32")
    response = HttpResponse(
        encode(samples, sample_rate, audio_format, mark_of(request)), FORMATS[audio_format].mime_type
    )
    response["Cache-Control"] = "private, max-age=3600"
    if disposition := content_disposition_header(bool(save_as), save_as):
        response["Content-Disposition"] = disposition
    return response
