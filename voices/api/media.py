"""Serve files of the local storage at signed addresses."""

import mimetypes
import re

from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from voices.audio_objects import may_be_heard
from voices.pictures import NAME, object_name
from voices.storage import read_signed_token

# Eighteen digits are enough for any file; int() raises on thousands of them.
_RANGE = re.compile(r"\Abytes=(\d{0,18})-(\d{0,18})\Z")


@require_safe
def signed_file(request: HttpRequest, token: str) -> HttpResponse:
    """Send the file of a signed token."""
    try:
        name, disposition = read_signed_token(token)
    except BadSignature as error:
        raise Http404 from error
    if not may_be_heard(name):
        raise Http404
    response = stored_file(request, name)
    response["Cache-Control"] = "private, max-age=3600"
    if disposition:
        response["Content-Disposition"] = disposition
    return response


def stored_file(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with an object of the storage, or the range of it that a player asks for (RFC 9110, 14).

    Raises ``Http404`` if there is no such object.
    """
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    # Ranges are defined for GET only.
    response = _part(request.headers.get("Range", "") if request.method == "GET" else "", content)
    response["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response["Accept-Ranges"] = "bytes"
    return response


@require_safe
def member_picture(request: HttpRequest, file_name: str) -> HttpResponse:
    """Send a member's picture. Its name says what it shows, so browsers may keep it."""
    response = stored_file(request, object_name(file_name))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def picture_url(name: str | None) -> str | None:
    """Return the address of a picture that :func:`voices.pictures.store_picture` has stored, and of no other file."""
    file_name = (name or "").rpartition("/")[2]
    return reverse("member-picture", args=[file_name]) if re.fullmatch(NAME, file_name) else None


def _part(range_header: str, content: bytes) -> HttpResponse:
    match = _RANGE.match(range_header)
    if not match or not (match[1] or match[2]):
        return HttpResponse(content)
    if match[1]:
        first = int(match[1])
        last = min(int(match[2]) if match[2] else len(content), len(content) - 1)
    else:  # the last n bytes
        first, last = max(0, len(content) - int(match[2])), len(content) - 1
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    return HttpResponse(
        content[first : last + 1], status=206, headers={"Content-Range": f"bytes {first}-{last}/{len(content)}"}
    )
