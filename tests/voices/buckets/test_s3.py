"""Audio in a bucket that speaks the protocol of Amazon S3: moto's server."""

import hashlib
import hmac
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import boto3
import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from forv.settings import audio_storage
from testing import factories
from testing.factories import reloaded
from testing.processes import answers, free_port, wait_until
from voices.audio_objects import attempt_audio_name, discard_audio
from voices.models import Member
from voices.storage_check import find_fault
from voices.storage_fault import StorageFault
from voices.tasks import synthesize_next

BUCKET = "forv-test"
KEY_ID, KEY = "AKIAFORVTEST", "a-secret-key-of-this-test"
ORIGINS = ["https://voices.example.com"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    port = free_port()
    program = "import sys; from moto.server import main; main(sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(address), 60)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> str:
    """Use the server as ``FORV_STORAGE=s3`` does, without a bucket; return the address of where it will be."""
    httpx.post(f"{server}/moto-api/reset")
    for name, value in {
        "AWS_STORAGE_BUCKET_NAME": BUCKET,
        "AWS_S3_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": KEY,
    }.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {**settings.STORAGES, "default": audio_storage("s3")}
    settings.STORAGE = "s3"
    settings.BUCKET_CORS_ORIGINS = ORIGINS
    return f"{server}/{BUCKET}"


@pytest.fixture
def prepared(bucket: str) -> str:
    call_command("prepare_bucket", location="ap-northeast-2", stdout=StringIO())
    return bucket


def test_audio_is_stored_in_the_bucket_played_from_it_and_deleted(
    prepared: str, client: Client, member: Member, settings: Any
) -> None:
    request = factories.queued(member)
    synthesize_next()
    done = reloaded(request)
    assert (done.status, done.audio_name) == ("succeeded", attempt_audio_name(done))

    address = client.get(f"/api/voice-requests/{done.pk}/audio/?download")["Location"]
    assert address.startswith(f"{prepared}/{done.audio_name}?")
    assert_signed(address, settings.AUDIO_URL_SECONDS)
    audio = httpx.get(address)
    assert (audio.status_code, audio.content[:4], audio.headers["Content-Type"]) == (200, b"RIFF", "audio/wav")
    assert audio.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert audio.headers["Cache-Control"] == "private, max-age=3600"

    discard_audio(done.audio_name)
    discard_audio(done.audio_name)  # twice is no error
    with pytest.raises(FileNotFoundError):
        default_storage.open(done.audio_name)


def assert_signed(address: str, seconds: int) -> None:
    """Check the signature as Amazon does (Signature Version 4, query parameters)."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    signature = query.pop("X-Amz-Signature")
    made = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=1)
    assert query["X-Amz-Expires"] == str(seconds)
    scope = f"{made:%Y%m%d}/ap-northeast-2/s3/aws4_request"
    assert query["X-Amz-Credential"] == f"{KEY_ID}/{scope}"

    def signed(query: dict[str, str]) -> str:
        canonical_query = urlencode(sorted(query.items()), quote_via=quote, safe="-_.~")
        canonical = f"GET\n{parts.path}\n{canonical_query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = f"AWS4{KEY}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{scope}\n{digest}"
        return hmac.digest(key, text.encode(), "sha256").hex()

    assert signature == signed(query)
    assert signature != signed({**query, "X-Amz-Expires": str(seconds + 1)})


def test_saving_again_replaces_the_object(prepared: str) -> None:
    first, second = (default_storage.save("again.wav", ContentFile(content)) for content in (b"one", b"two"))
    assert first == second == "again.wav"
    with default_storage.open("again.wav") as file:
        assert file.read() == b"two"


def test_a_missing_bucket_is_named_and_made_private(bucket: str) -> None:
    assert find_fault() == StorageFault.NO_BUCKET
    for _ in range(2):
        call_command("prepare_bucket", location="ap-northeast-2", stdout=StringIO())
    assert find_fault() is None
    client = boto3.client("s3", endpoint_url=bucket.removesuffix(f"/{BUCKET}"), region_name="ap-northeast-2")
    (cors,) = client.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    assert (cors["AllowedOrigins"], cors["AllowedMethods"]) == (ORIGINS, ["GET", "HEAD"])
    assert all(client.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    rules = client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert [rule["ID"] for rule in rules] == ["forv-probes", "forv-parts"]


def test_credentials_that_are_not_accepted_are_named(prepared: str) -> None:
    server = prepared.removesuffix(f"/{BUCKET}")
    httpx.post(f"{server}/moto-api/reset-auth", content="0")  # from now on only keys that it has given out
    try:
        assert find_fault() == StorageFault.NO_CREDENTIALS
    finally:
        httpx.post(f"{server}/moto-api/reset-auth", content="inf")


def test_a_bucket_that_is_away_is_named(bucket: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setenv("AWS_S3_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    settings.STORAGES = {**settings.STORAGES, "default": audio_storage("s3")}
    assert find_fault() == StorageFault.NO_ANSWER
