"""Addresses of audio in Azure Blob Storage, which can't run here."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from forv.settings import audio_storage
from testing.processes import free_port
from voices.storage import temporary_url
from voices.storage_check import find_fault
from voices.storage_fault import StorageFault

KEY = base64.b64encode(b"a key of this test").decode()
NAME = "wav_files/1/0123/1_voice.mp3"


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch, settings: Any) -> str:
    """Use a container as ``FORV_STORAGE=azure`` does; return its address, where nothing answers."""
    endpoint = f"http://127.0.0.1:{free_port()}/forvtest"
    connection = f"DefaultEndpointsProtocol=http;AccountName=forvtest;AccountKey={KEY};BlobEndpoint={endpoint}"
    monkeypatch.setenv("AZURE_CONNECTION_STRING", connection)
    monkeypatch.setenv("AZURE_CONTAINER", "audio")
    settings.STORAGES = {**settings.STORAGES, "default": audio_storage("azure")}
    return f"{endpoint}/audio"


def test_an_address_is_signed_and_expires(container: str, settings: Any) -> None:
    """Check the signature as Azure does: https://learn.microsoft.com/rest/api/storageservices/create-service-sas."""
    address = temporary_url(NAME, "hello.mp3")
    assert address.startswith(f"{container}/{NAME}?")
    query = dict(parse_qsl(urlsplit(address).query))
    expires = datetime.strptime(query["se"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(expires - datetime.now(UTC) - timedelta(seconds=settings.AUDIO_URL_SECONDS)) < timedelta(minutes=1)
    assert (query["sp"], query["rscd"]) == ("r", 'attachment; filename="hello.mp3"')
    # Permission, start, expiry, object, identifier, addresses, protocol, version, resource, snapshot, encryption scope,
    # and the five headers that an answer gets.
    signed = [
        "r", query.get("st", ""), query["se"], f"/blob/forvtest/audio/{NAME}", "", "", "", query["sv"], "b", "", "",
        "", query["rscd"], "", "", "",
    ]  # fmt: skip
    expected = hmac.digest(base64.b64decode(KEY), "\n".join(signed).encode(), "sha256")
    assert base64.b64decode(query["sig"]) == expected


def test_a_container_that_is_away_is_named(container: str) -> None:
    assert find_fault() == StorageFault.NO_ANSWER
