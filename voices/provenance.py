"""Where the speech of a request comes from, as its audio says in every format."""

import hashlib
from uuid import UUID

from django.db import connection

from voices.models import VoiceRequest
from voices.synth.mark import Mark


def reference_of(request_id: UUID) -> str:
    """Return what a mark names a request by: whoever has its audio must not learn its id, which opens the request."""
    return hashlib.sha256(str(request_id).encode()).hexdigest()[:32]


def mark_of(request: VoiceRequest) -> Mark:
    """Return the mark of a request's audio; it has been begun, so its voice and its time are known."""
    return Mark(
        member=request.member.slug,
        voice=request.voice.glow_tts_sha256 if request.voice else "",
        request=reference_of(request.pk),
        made_at=request.started_at.isoformat(timespec="seconds") if request.started_at else "",
    )


def mark_of_id(request_id: str) -> Mark:
    """Return the mark of the request's audio, or that of any speech if the request was deleted meanwhile."""
    try:
        request = VoiceRequest.objects.select_related("member", "voice").filter(pk=request_id).first()
        return mark_of(request) if request else Mark()
    finally:
        # A stream begins, which can last long; it must not hold a connection.
        connection.close()
