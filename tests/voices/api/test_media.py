"""Signed addresses of stored files: what they give, in parts too, and when they stop."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from voices.storage import temporary_url

CONTENT = b"0123456789"


@pytest.fixture
def name() -> str:
    return default_storage.save("wav_files/1/test_voice.wav", ContentFile(CONTENT))


def test_a_signed_address_gives_the_file(name: str, client: Client) -> None:
    response = client.get(temporary_url(name))
    assert (response.status_code, response.content) == (200, CONTENT)
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [("wav", "audio/wav"), ("mp3", "audio/mpeg"), ("opus", "audio/ogg"), ("flac", "audio/flac"), ("png", "image/png")],
)
def test_the_type_is_one_that_browsers_play(extension: str, content_type: str, client: Client) -> None:
    name = default_storage.save(f"voice.{extension}", ContentFile(CONTENT))
    assert client.get(temporary_url(name))["Content-Type"] == content_type


def test_an_address_stops_working_when_its_time_is_over(name: str, client: Client, settings: Any) -> None:
    address = temporary_url(name)
    settings.AUDIO_URL_SECONDS = 60
    assert client.get(address).status_code == 200
    settings.AUDIO_URL_SECONDS = -1
    assert client.get(address).status_code == 404


def test_a_tampered_address_does_not_work(name: str, client: Client) -> None:
    address = temporary_url(name)
    start, payload, rest = address[:7], address[7:].split(":")[0], ":".join(address[7:].split(":")[1:])
    other_payload = temporary_url("member_pictures/secret.png")[7:].split(":")[0]
    assert client.get(f"{start}{payload}:{rest}").status_code == 200
    for tampered in (
        f"{start}{other_payload}:{rest}",
        address[:-1],
        f"{address}x",
        "/media/",
        "/media/x",
        "/media/a:b:c",
    ):
        assert client.get(tampered).status_code == 404, tampered


def test_the_file_of_an_address_may_be_gone(name: str, client: Client) -> None:
    address = temporary_url(name)
    default_storage.delete(name)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_file_can_only_be_read(method: str, name: str, client: Client) -> None:
    assert getattr(client, method)(temporary_url(name)).status_code == 405


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-3", 0, 3),
        ("bytes=0-0", 0, 0),
        ("bytes=4-", 4, 9),
        ("bytes=0-", 0, 9),
        ("bytes=9-9", 9, 9),
        ("bytes=2-999", 2, 9),
        ("bytes=-3", 7, 9),
        ("bytes=-10", 0, 9),
        ("bytes=-999", 0, 9),
    ],
)
def test_a_part_is_given_where_it_is_asked_for(asked: str, first: int, last: int, name: str, client: Client) -> None:
    response = client.get(temporary_url(name), headers={"range": asked})
    assert (response.status_code, response.content) == (206, CONTENT[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/10"
    assert response["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0", "bytes=5-4"])
def test_a_part_that_does_not_exist_is_refused_with_the_length(asked: str, name: str, client: Client) -> None:
    response = client.get(temporary_url(name), headers={"range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=-", "bytes=a-b", "items=0-3", "bytes=0-1,4-5", "0-3", f"bytes=0-{'9' * 5000}"],
    ids=lambda asked: asked[:20],
)  # fmt: skip
def test_a_range_that_is_not_understood_is_ignored(asked: str, name: str, client: Client) -> None:
    response = client.get(temporary_url(name), headers={"range": asked})
    assert (response.status_code, response.content) == (200, CONTENT)


def test_a_range_is_for_get_alone(name: str, client: Client) -> None:
    response = client.head(temporary_url(name), headers={"range": "bytes=0-3"})
    assert (response.status_code, response["Content-Length"]) == (200, "10")


def test_a_page_of_another_origin_may_read_the_file(name: str, client: Client) -> None:
    response = client.get(temporary_url(name), headers={"origin": "http://localhost:3000"})
    assert response["Access-Control-Allow-Origin"] == "*"
