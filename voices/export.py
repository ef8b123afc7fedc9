"""All that the service keeps of an owner, as a zip that is made while it is sent.

It holds ``about.json``, ``requests.json``, ``proposals.json``, and the audio. No more than a page of rows and a piece
of one file is in memory at a time, and no database connection is needed between two pieces.
"""

import io
import json
import zipfile
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone

from voices.models import Owner, ReadingProposal, VoiceRequest

_ROWS_AT_ONCE = 50
_PIECE_BYTES = 2**20


class ZipPieces(io.RawIOBase):
    """A file that is only appended to; keeps what is written until it is taken."""

    def __init__(self) -> None:
        self._new = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._new += data
        return len(data)

    def taken(self) -> bytes:
        new = bytes(self._new)
        self._new.clear()
        return new


def export_pieces(owner: Owner) -> Generator[bytes]:
    """Yield the zip, piece by piece, without audio that may not be given out or is deleted meanwhile."""
    sink = ZipPieces()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("about.json", _json(_about(owner)))
        for name, rows in (("requests.json", _requests(owner)), ("proposals.json", _proposals(owner))):
            yield from _write_rows(archive, sink, name, rows)
        for request in _pages(owner.requests.exclude(audio_name="")):
            if request.is_audible:
                yield from _write_audio(archive, sink, request)
    yield sink.taken()


def audio_path(request: VoiceRequest) -> str:
    """Return the name of a request's audio in the zip."""
    return f"audio/{request.pk}.{request.format}"


def _write_rows(
    archive: zipfile.ZipFile, sink: ZipPieces, name: str, rows: Iterable[dict[str, Any]]
) -> Generator[bytes]:
    with archive.open(name, "w", force_zip64=True) as file:
        before = "[\n"
        for row in rows:
            file.write((before + _json(row)).encode())
            before = ",\n"
            yield sink.taken()
        file.write(b"\n]\n" if before.startswith(",") else b"[]\n")
    yield sink.taken()


def _write_audio(archive: zipfile.ZipFile, sink: ZipPieces, request: VoiceRequest) -> Generator[bytes]:
    try:
        audio = default_storage.open(request.audio_name)
    except FileNotFoundError:
        return
    finished_at = timezone.localtime(request.finished_at)
    entry = zipfile.ZipInfo(audio_path(request), finished_at.timetuple()[:6])
    entry.file_size = request.audio_size or 0
    with audio, archive.open(entry, "w") as file:
        while piece := audio.read(_PIECE_BYTES):
            file.write(piece)
            yield sink.taken()
    yield sink.taken()


def _pages(rows: QuerySet[Any]) -> Iterator[Any]:
    """Yield rows by queries of a page each, so that nothing stays open while the client is slow."""
    last = None
    while True:
        page = list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:_ROWS_AT_ONCE])
        yield from page
        if len(page) < _ROWS_AT_ONCE:
            return
        last = page[-1].pk


def _about(owner: Owner) -> dict[str, Any]:
    return {
        "service": "ForV Voices",
        "made_at": timezone.now(),
        "kind": owner.kind,
        "name": owner.name,
        "since": owner.created,
        "requests": owner.requests.count(),
    }


def _requests(owner: Owner) -> Iterator[dict[str, Any]]:
    for request in _pages(owner.requests.select_related("member").prefetch_related("shares")):
        yield {
            "id": request.pk,
            "member": request.member.name,
            "purpose": request.purpose,
            "text": request.text,
            "markup": request.markup,
            "readings": request.readings,
            "format": request.format,
            "speed": request.speed,
            "seed": request.seed,
            "uuid": request.client_uuid,
            "created_at": request.client_created_at,
            "batch": request.batch,
            "retry_of": request.retry_of_id,
            "status": request.status,
            "error": request.error_code,
            "review": request.review_status,
            "withdrawn_for": request.withdrawn_for,
            "spoken_text": request.spoken_text,
            "dropped": request.dropped,
            "captions": request.captions,
            "duration_seconds": request.duration_seconds,
            "audio": audio_path(request) if request.is_audible else None,
            "audio_sha256": request.audio_sha256,
            "queued_at": request.queued_at,
            "started_at": request.started_at,
            "finished_at": request.finished_at,
            "shares": [
                {
                    "token": share.token,
                    "created_at": share.created_at,
                    "expires_at": share.expires_at,
                    "withdrawn_at": share.withdrawn_at,
                }
                for share in request.shares.all()
            ],
        }


def _proposals(owner: Owner) -> Iterator[dict[str, Any]]:
    for proposal in _pages(ReadingProposal.objects.filter(owner=owner)):
        yield {
            "written": proposal.written,
            "reading": proposal.reading,
            "sentence": proposal.sentence,
            "status": proposal.status,
            "created_at": proposal.created_at,
            "decided_at": proposal.decided_at,
        }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
