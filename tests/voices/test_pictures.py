"""Pictures are read, made smaller and written anew; what is no picture is refused."""

import io
import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from voices.api.media import picture_url
from voices.pictures import LARGE, SMALL, delete_picture, read_picture, small_of


def picture(size: tuple[int, int] = (60, 40), kind: str = "PNG", mode: str = "RGB", **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, kind, **options)
    return io.BytesIO(file.getvalue())


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_kind_becomes_webp(kind: str) -> None:
    large = opened(read_picture(picture(kind=kind)).large)
    assert (large.format, large.size) == ("WEBP", (60, 40))
    red, green, blue = large.convert("RGB").getpixel((30, 20))  # type: ignore[misc]  # a tuple for RGB
    assert red > 240 > 20 > max(green, blue)


def test_it_is_no_larger_than_it_is_shown() -> None:
    read = read_picture(picture((3000, 4000)))
    for content, (width, height) in ((read.large, LARGE), (read.small, SMALL)):
        shown = opened(content)
        assert shown.width <= width
        assert shown.height <= height
        assert shown.width / shown.height == pytest.approx(3 / 4, abs=0.01)


def test_what_is_transparent_stays_so() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    file.seek(0)
    assert opened(read_picture(file).large).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_the_camera_and_the_place_are_left_out_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0110] = "the camera of a member"
    exif[0x0112] = 6  # on its side
    read = read_picture(picture((60, 40), "JPEG", exif=exif, comment=b"at home"))
    for content in (read.large, read.small):
        assert b"camera" not in content
        assert b"at home" not in content
        assert not opened(content).getexif()
    assert opened(read.large).size == (40, 60)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def bomb() -> bytes:
    """Return a PNG of some kilobytes that says it has 30,000 by 30,000 pixels."""
    head = picture((1, 1)).getvalue()
    size = (30_000).to_bytes(4, "big") * 2
    chunk = b"IHDR" + size + bytes([8, 2, 0, 0, 0])
    return head[:8] + (13).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + head[33:]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        SVG,
        b"<!doctype html><script>",
        picture().getvalue()[:60],
        picture(kind="GIF").getvalue(),
        bomb(),
    ],
    ids=["empty", "SVG", "HTML", "cut off", "GIF", "bomb"],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        read_picture(io.BytesIO(content))
    assert refused.value.code in ("invalid", "too_large")


def test_a_file_of_too_many_bytes_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voices.pictures.MAX_BYTES", 10)
    with pytest.raises(ValidationError) as refused:
        read_picture(picture())
    assert refused.value.code == "too_large"


def test_its_address_stays_the_same_and_may_be_kept(client: Client) -> None:
    name = read_picture(picture()).store()
    assert read_picture(picture()).store() == name
    addresses = [picture_url(one) or "" for one in (name, small_of(name))]
    for address in addresses:
        response = client.get(address)
        assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["X-Content-Type-Options"] == "nosniff"
    delete_picture(name)
    assert not default_storage.exists(name)
    assert [client.get(address).status_code for address in addresses] == [404, 404]


@pytest.mark.parametrize("name", [None, "", "member_pictures/face.png", "member_pictures/x.svg", "../secret.webp"])
def test_a_file_that_was_stored_as_uploaded_has_no_address(name: str | None) -> None:
    assert picture_url(name) is None
