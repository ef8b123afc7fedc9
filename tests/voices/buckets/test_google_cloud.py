"""Audio in a bucket of an emulated Google Cloud Storage."""

import hashlib
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils.translation import override
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage.retry import DEFAULT_RETRY

from forv import health
from forv.settings import audio_storage
from testing import factories
from testing.factories import Fan, reloaded
from testing.processes import answers, free_port, wait_until
from tests.voices.buckets.google import EMAIL, Gate, Google, served
from voices.audio_objects import attempt_audio_name, public_audio_name
from voices.buckets import google_cloud
from voices.models import Member
from voices.storage_check import check_storage
from voices.storage_fault import StorageFault
from voices.tasks import synthesize_next

BUCKET = "forv-test"
PUBLIC = {"client_uuid": "fan-1", "client_created_at": "2022-08-22T10:15:30"}


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
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def google(key: rsa.RSAPrivateKey) -> Iterator[Google]:
    with served(Google(key)) as google:
        yield google


@pytest.fixture
def key_file(
    key: rsa.RSAPrivateKey, google: Google, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> Path:
    """Use the bucket with a key file, by settings alone."""
    file = tmp_path / "key.json"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    content = {"type": "service_account", "project_id": "test", "private_key": pem, "client_email": EMAIL}
    file.write_text(json.dumps({**content, "token_uri": f"http://{google.host}/token"}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    monkeypatch.setenv("GS_BUCKET_NAME", BUCKET)
    use_bucket(settings)
    return file


@pytest.fixture
def machine(google: Google, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Google:
    """Use the bucket with a machine's own credentials, which hold no key."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))  # no credentials of whoever runs this test
    monkeypatch.setenv("GCE_METADATA_IP", google.host)
    monkeypatch.setattr("google.auth.compute_engine._metadata._GCE_METADATA_HOST", google.host)
    monkeypatch.setattr(
        "google.auth.iam._IAM_SIGN_ENDPOINT", f"http://{google.host}/v1/projects/-/serviceAccounts/{{}}:signBlob"
    )
    monkeypatch.setenv("GS_BUCKET_NAME", BUCKET)
    monkeypatch.setenv("GS_IAM_SIGN_BLOB", "1")
    use_bucket(settings)
    return google


def use_bucket(settings: Any, **options: Any) -> None:
    """Set up the storage as ``FORV_STORAGE=gcs`` does, with these options besides."""
    storage = audio_storage("gcs")
    storage["OPTIONS"] |= options
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.STORAGE = "gcs"


@pytest.fixture
def at_emulator(emulator: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL below which the bucket's objects are."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator)
    return f"{emulator}/{BUCKET}"


@pytest.fixture
def bucket(at_emulator: str, key_file: Path) -> str:
    """Use the bucket with a key file, and return the URL below which its objects are."""
    return at_emulator


@pytest.fixture
def gate(emulator: str, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Use the bucket with a key file through a gate."""
    with served(Gate(emulator)) as gate:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", gate.address)
        yield gate


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


def test_the_signed_url_is_signed_and_expires_after_the_set_time(
    bucket: str, key: rsa.RSAPrivateKey, client: Client, member: Member, settings: Any
) -> None:
    request = factories.succeeded(member, format="mp3")
    address = client.get(f"/api/voice-requests/{request.pk}/audio/?download")["Location"]
    query = dict(parse_qsl(urlsplit(address).query))
    name = quote("테스트 멤버_안녕하세요.mp3")
    assert query["response-content-disposition"] == f"attachment; filename*=utf-8''{name}"
    assert_signed_by(key, address, settings.AUDIO_URL_SECONDS)


def test_a_machine_without_a_key_signs_by_iam(
    at_emulator: str, machine: Google, client: Client, member: Member, settings: Any
) -> None:
    request = factories.succeeded(member)
    address = client.get(f"/api/voice-requests/{request.pk}/audio/")["Location"]
    assert_signed_by(machine.key, address, settings.AUDIO_URL_SECONDS)
    assert httpx.get(address).content == factories.AUDIO

    assert client.get("/readyz").status_code == 200
    machine.refuses_to_sign = True
    health._storage_is_ready.until = 0.0
    assert named_by_readyz(client) == StorageFault.CANNOT_SIGN


def assert_signed_by(key: rsa.RSAPrivateKey, address: str, seconds: int) -> None:
    """Check the signature as Google does: https://cloud.google.com/storage/docs/authentication/signatures."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    assert query["X-Goog-Expires"] == str(seconds)
    made = datetime.strptime(query["X-Goog-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=1)
    assert query["X-Goog-Credential"] == f"{EMAIL}/{made:%Y%m%d}/auto/storage/goog4_request"
    assert query["X-Goog-SignedHeaders"] == "host"
    signature = bytes.fromhex(query.pop("X-Goog-Signature"))

    def verify(query: dict[str, str]) -> None:
        canonical_query = urlencode(sorted(query.items()), quote_via=quote, safe="-_.~")
        canonical = f"GET\n{parts.path}\n{canonical_query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
        scope = query["X-Goog-Credential"].split("/", 1)[1]
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signed = f"GOOG4-RSA-SHA256\n{query['X-Goog-Date']}\n{scope}\n{digest}"
        key.public_key().verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())

    verify(query)
    with pytest.raises(InvalidSignature):
        verify({**query, "X-Goog-Expires": str(seconds + 1)})


def test_a_long_upload_that_breaks_off_goes_on_where_it_was(gate: Gate) -> None:
    audio = random.Random(1).randbytes(9 * 2**20)  # multipart uploads end at 8 MiB
    gate.breaks = 1
    default_storage.save("long.wav", ContentFile(audio))
    with default_storage.open("long.wav") as file:
        assert file.read() == audio
    parts = [content_range for method, _, content_range in gate.calls if method == "PUT" and "-" in content_range]
    assert gate.breaks == 0
    assert len(set(parts)) == 5  # of 2 MiB, each sent once except the one that was broken off
    assert len(parts) == 6


@pytest.mark.parametrize(
    ("refused", "fault"),
    [
        ("POST", StorageFault.MAY_NOT_WRITE),
        ("GET", StorageFault.MAY_NOT_READ),
        ("DELETE", StorageFault.MAY_NOT_DELETE),
    ],
)
def test_a_permission_that_is_missing_is_named(
    refused: str, fault: StorageFault, gate: Gate, client: Client, db: None
) -> None:
    gate.refused = {refused}
    assert named_by_readyz(client) == fault


def test_a_missing_bucket_is_named_and_made(
    at_emulator: str, machine: Google, client: Client, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GS_BUCKET_NAME", "forv-new")
    use_bucket(settings)
    assert named_by_readyz(client) == StorageFault.NO_BUCKET
    with override("ko"):
        (named,) = check_storage(None)
    assert (named.id, named.msg) == (
        "voices.E001",
        "버킷이 없습니다. manage.py prepare_bucket 명령으로 만들 수 있습니다.",
    )

    settings.BUCKET_CORS_ORIGINS = ["https://voices.example.com", "https://fans.example.com"]
    for _ in range(2):
        call_command("prepare_bucket", stdout=StringIO())
    made = httpx.get(f"{at_emulator.removesuffix(BUCKET)}storage/v1/b/forv-new").json()
    assert made["cors"][0]["origin"] == settings.BUCKET_CORS_ORIGINS
    assert made["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"] is True
    assert made["iamConfiguration"]["publicAccessPrevention"] == "enforced"
    assert int(made["softDeletePolicy"]["retentionDurationSeconds"]) == 0
    assert [rule["condition"] for rule in made["lifecycle"]["rule"]] == [
        {"age": 1, "matchesPrefix": ["readyz/"]},
        {"age": 1},
    ]
    assert client.get("/readyz").status_code == 200
    assert check_storage(None) == []


def test_only_what_clients_of_the_flask_server_look_for_is_public(gate: Gate, member: Member, settings: Any) -> None:
    use_bucket(settings, public_copies=True)
    factories.queued(member, **PUBLIC)
    synthesize_next()
    public = f"wav_files/{member.pk}/fan-1_2022-08-22T10:15:30_voice.wav"
    uploads = [parse_qsl(urlsplit(path).query) for method, path, _ in gate.calls if path.startswith("/upload/")]
    assert [("predefinedAcl", "publicRead") in query for query in uploads] == [False, True]
    assert httpx.get(f"{gate.behind}/{BUCKET}/{public}").content[:4] == b"RIFF"
    stored = httpx.get(f"{gate.behind}/storage/v1/b/{BUCKET}/o/{quote(public, safe='')}").json()
    assert stored["cacheControl"] == "public, max-age=60"


def named_by_readyz(client: Client) -> StorageFault:
    """Return the fault of which /readyz tells the code, and a sentence."""
    answer = client.get("/readyz", headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["failing"]) == (503, ["storage"])
    problem = answer.json()["problems"]["storage"]
    fault = StorageFault(problem["code"])
    with override("en"):
        assert problem["message"] == str(fault.label)
    return fault


def test_a_bucket_that_does_not_answer_raises_in_time(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, member: Member
) -> None:
    bounds = google_cloud.BOUNDS
    assert 2 * (bounds["timeout"] + bounds["retry"].timeout) < settings.TASK_TIMEOUT_SECONDS
    settings.MAX_ATTEMPTS = 1
    monkeypatch.setattr(google_cloud, "BOUNDS", {"timeout": 0.2, "retry": DEFAULT_RETRY.with_timeout(0.5)})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{silent.getsockname()[1]}")
        request = factories.queued(member)
        started = time.monotonic()
        synthesize_next()
    assert time.monotonic() - started < 10
    failed = reloaded(request)
    assert (failed.status, failed.error_code) == ("failed", "storage_unavailable")


def test_a_service_whose_bucket_is_away_is_not_ready(
    key_file: Path, client: Client, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    monkeypatch.setattr(google_cloud, "BOUNDS", {"timeout": 0.2, "retry": DEFAULT_RETRY.with_timeout(0.2)})
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{free_port()}")
    assert named_by_readyz(client) == StorageFault.NO_ANSWER


def test_credentials_that_cannot_sign_are_named_before_a_fan_meets_them(
    bucket: str, client: Client, settings: Any, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/readyz").status_code == 200
    use_bucket(settings, credentials=NoKey())
    health._storage_is_ready.until = 0.0
    assert named_by_readyz(client) == StorageFault.CANNOT_SIGN
    assert "GS_IAM_SIGN_BLOB" in caplog.text


def test_credentials_that_are_missing_are_named(
    at_emulator: str, machine: Google, client: Client, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", True)
    use_bucket(settings)
    assert named_by_readyz(client) == StorageFault.NO_CREDENTIALS
