"""Members and requests in any state, made by the methods that the service itself calls."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from voices.audio_objects import attempt_audio_name, public_audio_name
from voices.database import listener_parameters
from voices.library.hashes import hash_voice_files
from voices.models import Member, Owner, StoredSentence, Voice, VoiceRequest
from voices.owners import Asker
from voices.stored_sentences import as_pcm

SENTENCE = "안녕하세요."
AUDIO = b"0123456789"
# The fields that describe AUDIO, besides its name.
SOUND: dict[str, Any] = {
    "audio_size": len(AUDIO),
    "audio_sha256": hashlib.sha256(AUDIO).hexdigest(),
    "duration_seconds": 1.0,
    "captions": [
        {
            "start": 0.0, "end": 1.0, "from": 0, "to": 6,
            "words": [{"text": SENTENCE, "start": 0.05, "end": 0.95, "from": 0, "to": 6}],
        }
    ],
}  # fmt: skip
SAMPLE_RATE = 22050
CLUSTER = "the tests' cluster"


class Fan:
    """A listener with a token, and a client that sends it."""

    def __init__(self, client_uuid: str = "") -> None:
        self.token = Owner.objects.add_listener(client_uuid)
        self.owner = Owner.objects.of_key(self.token)
        self.asker = Asker(self.owner)
        self.client = client_with(self.token)


def client_with(key: str) -> Client:
    """Return a client that sends a token or an API key."""
    return Client(headers={"authorization": f"Bearer {key}"})


def make_api_key(name: str, **fields: Any) -> str:
    """Create an API key as the admin does, and return it."""
    _owner, key = Owner.objects.create_key(name=name, **fields)
    return key


def make_member(voice_model_dir: Path, voice_id: int, name: str) -> Member:
    """Create a member whose active voice lies in the legacy folders for ``voice_id``."""
    member = Member.objects.create(name=name, slug=f"member-{voice_id}")
    folders = f"glow-tts/{voice_id}", f"hifigan-v2/{voice_id}"
    hashes = hash_voice_files(*(voice_model_dir / folder for folder in folders))
    Voice.objects.create(
        member=member,
        glow_tts_dir=folders[0],
        hifigan_dir=folders[1],
        glow_tts_sha256=hashes.glow_tts,
        hifigan_sha256=hashes.hifigan,
        mode=Voice.Mode.PRONOUNCED,
        active=True,
    )
    return member


def queued(member: Member, **fields: Any) -> VoiceRequest:
    return VoiceRequest.objects.submit(**{"member": member, "text": SENTENCE, **fields})


def processing(member: Member, **fields: Any) -> VoiceRequest:
    return claimed(queued(member, **fields))


def claimed(request: VoiceRequest) -> VoiceRequest:
    """Begin an attempt at this request, even if it is not its turn."""
    begun = VoiceRequest.objects.filter(pk=request.pk).claim_next(CLUSTER)
    assert begun is not None
    return begun


def succeeded(member: Member, **fields: Any) -> VoiceRequest:
    """Create a succeeded request with its audio object, and the public copy if it has a public name."""
    request = processing(member, **fields)
    assert request.begin_speaking(SENTENCE, [], 1)
    name = default_storage.save(attempt_audio_name(request), ContentFile(AUDIO))
    assert request.succeed(audio_name=name, **SOUND)
    if public_audio_name(request):
        default_storage.save(public_audio_name(request), ContentFile(AUDIO))
    return reloaded(request)


def sentence_of(request: VoiceRequest, number: int = 0, samples: int = 100) -> StoredSentence:
    """Make a sentence that the request's attempt may store; each has a level of its own."""
    return StoredSentence(
        request=request,
        voice=request.voice,
        number=number,
        attempt=request.attempt,
        said=SENTENCE,
        sample_rate=SAMPLE_RATE,
        pcm=as_pcm(np.full(samples, number + 1, np.int16)),
        caption={"start": 0.0, "end": 1.0, "from": 0, "to": 6, "words": []},
    )


def failed(member: Member, **fields: Any) -> VoiceRequest:
    request = processing(member, **fields)
    assert request.fail("voice_unusable", "1g_checkpoint_1.pth.tar: not a checkpoint.")
    return reloaded(request)


def cancelled(member: Member, **fields: Any) -> VoiceRequest:
    request = queued(member, **fields)
    assert request.cancel()
    return reloaded(request)


def reloaded(request: VoiceRequest) -> VoiceRequest:
    return VoiceRequest.objects.get(pk=request.pk)


def files_below(folder: Path) -> list[str]:
    """Return the names of all files in ``folder``, as a storage there names them."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def second_connection() -> "psycopg.Connection[Any]":
    """Connect to the tests' database beside Django, as another process would."""
    return psycopg.connect(**listener_parameters())
