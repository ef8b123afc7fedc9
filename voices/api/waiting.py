"""Hold an answer back until a request is finished."""

import functools
import re
import time
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse

from voices.api.changes import changes, wait
from voices.api.errors import failure_body, failure_status
from voices.api.gate.admission import release_slot
from voices.api.voice_requests import VoiceRequestViewSet
from voices.database import DATABASE_AWAY
from voices.models import VoiceRequest

# Changes are notified at once; this finds the ones that were missed while the listener reconnected.
_LOOK_AGAIN_SECONDS = 5.0

_list_or_create = VoiceRequestViewSet.as_view({"get": "list", "post": "create"})


@functools.wraps(_list_or_create)
async def voice_requests(request: HttpRequest) -> HttpResponseBase:
    """List or submit requests; ``Prefer: wait=SECONDS`` (RFC 7240, 4.3) on a POST gives 303 to the audio."""
    response: HttpResponseBase = await sync_to_async(_list_or_create)(request)
    release_slot(request)
    seconds = _preferred_wait(request.headers.get("Prefer", ""))
    if response.status_code != 202 or not seconds:
        return response
    voice_request = await wait_until_finished(response.data["id"], seconds)  # type: ignore[attr-defined]
    if voice_request is None or voice_request.is_under_review:
        return response
    if not voice_request.is_audible:
        return failure(voice_request)
    audio = reverse("voice-request-audio", args=[voice_request.pk])
    return HttpResponse(status=303, headers={"Location": audio, "Preference-Applied": "wait"})


async def wait_until_finished(request_id: str, seconds: float) -> VoiceRequest | None:
    """Return the request once it is finished, or at once if it is reviewed: nobody waits for that.

    ``None`` after ``seconds``, or if it was deleted meanwhile.
    """
    deadline = time.monotonic() + seconds
    async with changes().of(request_id) as changed:
        while True:
            changed.clear()
            # The request is stored; while the database can't be reached, its status just isn't known.
            with suppress(*DATABASE_AWAY):
                voice_request = await sync_to_async(_fetch)(request_id)
                if voice_request is None or voice_request.is_terminal or voice_request.is_under_review:
                    return voice_request
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return None
            await wait(changed, min(remaining, _LOOK_AGAIN_SECONDS))


def failure(voice_request: VoiceRequest) -> JsonResponse:
    """Answer a client that waited for audio with the reason why there is none."""
    code = voice_request.why_unheard
    return JsonResponse(failure_body(code), status=failure_status(code))


def _preferred_wait(header: str) -> float:
    match = re.search(r"(?:^|[,;]\s*)wait=(\d{1,6})\b", header)
    return min(float(match[1]), settings.MAX_WAIT_SECONDS) if match else 0.0


def _fetch(request_id: str) -> VoiceRequest | None:
    try:
        return VoiceRequest.objects.filter(pk=request_id).first()
    finally:
        # The wait is long; it must not hold a connection.
        connection.close()
