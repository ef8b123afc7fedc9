"""Pictures of members: decoded, made smaller and written anew, so that nothing is given out as it was uploaded."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000
# The longest width and height of what is stored, in pixels.
LARGE, SMALL = (1024, 1280), (256, 320)
NAME = r"[0-9a-f]{32}(?:-small)?\.webp"
_FOLDER = "member_pictures"


@dataclass(frozen=True)
class Picture:
    """A picture in both sizes, as WebP."""

    large: bytes
    small: bytes

    def store(self) -> str:
        """Write the objects of both sizes. Return the name of the large one, which follows from what it shows."""
        name = object_name(f"{hashlib.sha256(self.large).hexdigest()[:32]}.webp")
        default_storage.save(name, ContentFile(self.large))
        default_storage.save(small_of(name), ContentFile(self.small))
        return name


def read_picture(upload: IO[bytes]) -> Picture:
    """Read a JPEG, PNG or WebP. Raises ``ValidationError`` for anything else, and for what is too large."""
    picture = _decoded(upload)
    return Picture(_encoded(picture, LARGE), _encoded(picture, SMALL))


def small_of(name: str) -> str:
    """Return the name of the small picture that was stored with a large one."""
    return name.replace(".webp", "-small.webp")


def object_name(file_name: str) -> str:
    """Return the name of the object that is given out as ``file_name``."""
    return f"{_FOLDER}/{file_name}"


def delete_picture(name: str) -> None:
    """Delete both sizes."""
    default_storage.delete(name)
    default_storage.delete(small_of(name))


def _decoded(upload: IO[bytes]) -> Image.Image:
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is too large."), "too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(_("The picture has too many pixels."), "too_large")
            picture.load()
    except ValidationError:
        raise
    except Exception as error:  # Pillow's readers raise many kinds for damaged files
        raise ValidationError(_("This is no picture that can be read: give a JPEG, PNG or WebP."), "invalid") from error
    upright = ImageOps.exif_transpose(picture)
    return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def _encoded(picture: Image.Image, size: tuple[int, int]) -> bytes:
    """Return a WebP with the picture's pixels and nothing else: no place, camera or thumbnail."""
    smaller = picture.copy()
    smaller.thumbnail(size, Image.Resampling.LANCZOS)
    smaller.info.clear()
    file = io.BytesIO()
    smaller.save(file, "WEBP", quality=86, method=6)
    return file.getvalue()
