"""A request's audio in the storage: the names of its objects, and writing and deleting them."""

import hashlib
import logging
import re

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from voices.database import lock_until_commit
from voices.models import ObjectToDelete, VoiceRequest
from voices.objects_to_delete import lock_name
from voices.telemetry.metrics import timed_storage

_NAME = re.compile(r"wav_files/\d+/[0-9a-f-]{32,36}/\d+_voice\.\w+")
logger = logging.getLogger(__name__)


class AudioNotStored(Exception):
    """The storage did not take the audio; ``__cause__`` is its own exception."""


def attempt_audio_name(request: VoiceRequest) -> str:
    """Return the name of the object that the latest attempt writes; no other attempt or request writes to it."""
    return _name(request, request.attempt)


def may_be_heard(name: str) -> bool:
    """Return whether an object may be given out: not the audio of requests that are deleted or may not be given out."""
    if ObjectToDelete.objects.filter(name=name).exists():
        return False
    if not _NAME.fullmatch(name):  # a public copy, or a picture
        return True
    return any(request.may_be_given_out for request in VoiceRequest.objects.filter(audio_name=name))


def stray_audio_names(request: VoiceRequest) -> list[str]:
    """Return the names of the objects of all attempts except the one that succeeded."""
    names = (_name(request, attempt) for attempt in range(1, request.attempt + 1))
    return [name for name in names if name != request.audio_name]


def own_audio_names(request: VoiceRequest) -> list[str]:
    """Return the request's finished audio and its public copy, if no other request has them to be heard."""
    if not request.audio_name:
        return []
    others = VoiceRequest.objects.filter(withdrawn_for="").exclude(pk=request.pk)
    # Of the last two that go at one moment, one must see that the other is gone.
    lock_until_commit("audio", request.audio_name)
    names = [] if others.filter(audio_name=request.audio_name).exists() else [request.audio_name]
    if public := public_audio_name(request):
        lock_name(public)
        same_name = others.filter(
            client_uuid=request.client_uuid,
            client_created_at=request.client_created_at,
            member=request.member_id,
            format=request.format,
            status=VoiceRequest.Status.SUCCEEDED,
        )
        names += [] if same_name.exists() else [public]
    return names


def publish(request: VoiceRequest) -> None:
    """Copy the audio to the name under which clients of the Flask server look for it.

    Within the caller's transaction. Does nothing for a request without audio or such a name. Raises
    :class:`AudioNotStored`.
    """
    if request.is_audible and (public := public_audio_name(request)):
        ObjectToDelete.objects.keep(public)
        copy_audio(request.audio_name, public)


def public_audio_name(request: VoiceRequest) -> str | None:
    """Return the name under which clients of the Flask server look for the audio.

    ``None`` unless the client gave both its uuid and its created_at.
    """
    if not request.has_public_name:
        return None
    return f"wav_files/{request.member_id}/{request.client_uuid}_{request.client_created_at}_voice.{request.format}"


def store_audio(name: str, audio: bytes) -> None:
    """Write an object. Raises :class:`AudioNotStored`."""
    try:
        with timed_storage("save"):
            default_storage.save(name, ContentFile(audio))
    except Exception as error:  # each storage has errors of its own
        raise AudioNotStored(name) from error


def read_audio(name: str) -> bytes:
    """Return the content of an object. Raises the storage's own errors: ``FileNotFoundError`` if there is none."""
    with timed_storage("open"), default_storage.open(name) as audio:
        content: bytes = audio.read()
    return content


def copy_audio(name: str, to: str) -> None:
    """Write an object with the content of another one. Raises :class:`AudioNotStored`."""
    try:
        content = read_audio(name)
    except Exception as error:  # each storage has errors of its own
        raise AudioNotStored(name) from error
    store_audio(to, content)


def discard_audio(name: str) -> None:
    """Delete an object. A failure is logged only: the sweeper tries again."""
    try:
        with timed_storage("delete"):
            default_storage.delete(name)
    except Exception as error:  # each storage has errors of its own
        logger.warning("%s can't be deleted now: %s", name, error)


def _name(request: VoiceRequest, attempt: int) -> str:
    # Others may get the same audio, and must not learn from its name which request it was made for.
    folder = hashlib.sha256(request.pk.bytes).hexdigest()[:32]
    return f"wav_files/{request.member_id}/{folder}/{attempt}_voice.{request.format}"
