"""Audio in a bucket of an emulated Google Cloud Storage."""

import hashlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from google.auth.credentials import AnonymousCredentials, Signing
from google.cloud.storage.retry import DEFAULT_RETRY

from forv import health
from forv.settings import storages
from testing import factories
from testing.factories import Fan, reloaded
from testing.processes import answers, free_port, wait_until
from voices import google_cloud_storage
from voices.audio_objects import attempt_audio_name, public_audio_name
from voices.models import Member
from voices.tasks import synthesize_next

BUCKET = "forv-test"
PUBLIC = {"client_uuid": "fan-1", "client_created_at": "2022-08-22T10:15:30"}


class ThrowAwayKey(AnonymousCredentials, Signing):
    """Anonymous to the bucket, but able to sign URLs like the key of a service account."""

    signer_email = "forv@example.iam.gserviceaccount.com"
    signer = None

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.key = rsa.generate_private_key(65537, 2048)

    def sign_bytes(self, message: bytes) -> bytes:
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


class NoKey(AnonymousCredentials):
    """A token without a key: enough to write to the bucket, not to sign addresses."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    port = free_port()
    command = [
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--in-memory",
        "--default-bucket",
        BUCKET,
        "--quiet",
    ]
    process = subprocess.Popen([sys.executable, "-m", "gcp_storage_emulator", *command], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(address), 30)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch, settings: Any) -> ThrowAwayKey:
    """Set up the storage as ``FORV_STORAGE=gcs`` does, with other credentials."""
    monkeypatch.setenv("FORV_STORAGE", "gcs")
    monkeypatch.setenv("GS_BUCKET_NAME", BUCKET)
    key = ThrowAwayKey()
    chosen = storages()
    chosen["default"]["OPTIONS"] |= {"credentials": key, "project_id": "test"}
    settings.STORAGES = chosen
    return key


@pytest.fixture
def bucket(emulator: str, key: ThrowAwayKey, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL below which the bucket's objects are."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator)
    return f"{emulator}/{BUCKET}"


def test_audio_is_stored_in_the_bucket_and_played_from_it(bucket: str, client: Client, member: Member) -> None:
    request = factories.queued(member, **PUBLIC)
    synthesize_next()
    done = reloaded(request)
    assert (done.status, done.audio_name) == ("succeeded", attempt_audio_name(done))

    address = client.get(f"/api/voice-requests/{done.pk}/audio/")["Location"]
    assert address.startswith(f"{bucket}/{done.audio_name}?")
    audio = httpx.get(address)
    assert (audio.status_code, audio.content[:4], audio.headers["Content-Type"]) == (200, b"RIFF", "audio/wav")
    public = httpx.get(f"{bucket}/wav_files/{member.pk}/fan-1_2022-08-22T10:15:30_voice.wav")
    assert public.content == audio.content


@pytest.mark.django_db(transaction=True)
def test_deleting_a_request_deletes_its_objects(bucket: str, alice: Fan, member: Member) -> None:
    request = factories.succeeded(member, asker=alice.asker, **PUBLIC)
    names = [request.audio_name, public_audio_name(request)]
    assert [default_storage.exists(str(name)) for name in names] == [True, True]
    alice.client.delete(f"/api/voice-requests/{request.pk}/")
    assert [default_storage.exists(str(name)) for name in names] == [False, False]
    default_storage.delete(request.audio_name)  # deleting twice is no error


def test_saving_again_replaces_the_object(bucket: str) -> None:
    first, second = (default_storage.save("again.wav", ContentFile(content)) for content in (b"one", b"two"))
    assert first == second == "again.wav"
    with default_storage.open("again.wav") as file:
        assert file.read() == b"two"


def test_the_signed_url_expires_after_the_set_time(
    bucket: str, key: ThrowAwayKey, client: Client, member: Member, settings: Any
) -> None:
    request = factories.succeeded(member, format="mp3")
    address = client.get(f"/api/voice-requests/{request.pk}/audio/?download")["Location"]
    query = dict(parse_qsl(urlsplit(address).query))
    assert query["X-Goog-Expires"] == str(settings.AUDIO_URL_SECONDS)
    assert query["X-Goog-Credential"].startswith(f"{key.signer_email}/")
    name = quote("테스트 멤버_안녕하세요.mp3")
    assert query["response-content-disposition"] == f"attachment; filename*=utf-8''{name}"
    assert_signed_by(key, address)


def assert_signed_by(key: ThrowAwayKey, address: str) -> None:
    """Check the signature as Google does: https://cloud.google.com/storage/docs/authentication/signatures."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    signature = bytes.fromhex(query.pop("X-Goog-Signature"))
    canonical_query = urlencode(sorted(query.items()), quote_via=quote, safe="-_.~")
    canonical = f"GET\n{parts.path}\n{canonical_query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    scope = query["X-Goog-Credential"].split("/", 1)[1]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signed = f"GOOG4-RSA-SHA256\n{query['X-Goog-Date']}\n{scope}\n{digest}"
    key.key.public_key().verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_a_bucket_that_does_not_answer_raises_in_time(
    key: ThrowAwayKey, monkeypatch: pytest.MonkeyPatch, settings: Any, member: Member
) -> None:
    bounds = google_cloud_storage.BOUNDS
    assert 2 * (bounds["timeout"] + bounds["retry"].timeout) < settings.TASK_TIMEOUT_SECONDS
    settings.MAX_ATTEMPTS = 1
    monkeypatch.setattr(google_cloud_storage, "BOUNDS", {"timeout": 0.2, "retry": DEFAULT_RETRY.with_timeout(0.5)})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{silent.getsockname()[1]}")
        request = factories.queued(member)
        started = time.monotonic()
        synthesize_next()
    assert time.monotonic() - started < 10
    failed = reloaded(request)
    assert (failed.status, failed.error_code) == ("failed", "storage_unavailable")


def test_a_service_whose_bucket_is_away_is_not_ready(
    key: ThrowAwayKey, client: Client, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    monkeypatch.setattr(google_cloud_storage, "BOUNDS", {"timeout": 0.2, "retry": DEFAULT_RETRY.with_timeout(0.2)})
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{free_port()}")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["failing"]) == (503, ["storage"])


def test_credentials_that_cannot_sign_are_named_before_a_fan_meets_them(
    bucket: str, client: Client, settings: Any, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/readyz").status_code == 200
    chosen = storages()
    chosen["default"]["OPTIONS"] |= {"credentials": NoKey(), "project_id": "test"}
    settings.STORAGES = chosen
    health._storage_is_ready.until = 0.0
    response = client.get("/readyz")
    assert (response.status_code, response.json()["failing"]) == (503, ["storage"])
    assert "GS_IAM_SIGN_BLOB" in caplog.text
