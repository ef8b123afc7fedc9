"""The same again: requests that sound the same are spoken once, and share the audio.

The key of a request says what it asks for: member, text, parameters, and how the text is read now. Of requests with the
same key, one is spoken while the others wait for it; later ones get the audio that is there. Nothing is kept for this:
audio lives as long as a request names it. How many requests later ones can be answered from is bounded, by their age,
their number and the size of their audio: the others lose their key.
"""

import functools
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum, Window
from django.db.models.functions import Coalesce, Now, RowNumber

from voices import synth
from voices.choices import OF_FANS, Markup, RequestStatus, ReviewStatus
from voices.dictionary import DictionaryEntry

if TYPE_CHECKING:
    from voices.models import VoiceRequest


def speech_key(request: "VoiceRequest") -> str:
    """Return the same key for requests that would sound the same, but for the voice: a request has one only later.

    "" for what is never shared: the service's own requests, what a person reviews, and all if
    ``FORV_SAME_AGAIN_DAYS`` is 0.
    """
    if request.purpose not in OF_FANS or not settings.SAME_AGAIN_DAYS:
        return ""
    if request.review_status != ReviewStatus.NOT_REQUIRED:
        return ""
    asked = [request.member_id, request.text, request.format, request.speed, request.seed, request.readings]
    if request.markup != Markup.NONE:
        asked.append(request.markup)
    dictionary = DictionaryEntry.objects.for_member(request.member_id).version()
    content = json.dumps([*asked, dictionary, _speech_version()], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


@functools.cache
def _speech_version() -> str:
    """Return another value for each version of the code that speaks."""
    content = hashlib.sha256()
    folder = Path(synth.__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return content.hexdigest()


def _oldest() -> Any:
    return Now() - timedelta(days=settings.SAME_AGAIN_DAYS)


class SameAgainQuerySet(models.QuerySet["VoiceRequest"]):
    def shareable(self) -> Self:
        """Return the requests of fans whose audio is not too old, and of the voice that is active now.

        Those that a person reviews, or that were withdrawn, are never among them.
        """
        return self.filter(
            status=RequestStatus.SUCCEEDED,
            purpose__in=OF_FANS,
            voice__active=True,
            finished_at__gt=_oldest(),
            review_status=ReviewStatus.NOT_REQUIRED,
            withdrawn_for="",
        )

    def made_before(self, request: "VoiceRequest") -> "VoiceRequest | None":
        """Return the latest request whose audio ``request`` may have, if there is one and it may be given out."""
        if request.fresh:
            return None
        made = self.shareable().same_as(request)
        latest = (made.filter(voice=request.voice_id) if request.voice_id else made).order_by("-finished_at").first()
        return latest if latest and latest.is_audible else None

    def same_as(self, request: "VoiceRequest") -> Self:
        """Return the other requests that sound the same, if they have the same voice."""
        if not request.speech_key:
            return self.none()
        return self.filter(speech_key=request.speech_key).exclude(pk=request.pk)

    def forget_old_speech(self) -> int:
        """Take the key from requests that are too old, or of which there are too many. Return how many it were."""
        ended = self.exclude(speech_key="").filter(finished_at__isnull=False)
        latest = [F("finished_at").desc(), F("pk").desc()]
        ranked = ended.annotate(
            rank=Window(RowNumber(), order_by=latest),
            size_to_here=Window(Sum(Coalesce("audio_size", 0)), order_by=latest),
        )
        beyond = (
            Q(finished_at__lt=_oldest())
            | Q(rank__gt=settings.SAME_AGAIN_REQUESTS)
            | Q(size_to_here__gt=settings.SAME_AGAIN_MB * 1_000_000)
        )
        return self.filter(pk__in=ranked.filter(beyond).values("pk")).update(speech_key="")

    def without_twin(self) -> Self:
        """Leave out the requests that wait for another one, which is spoken now and will sound the same."""
        twins = self.model.objects.filter(
            status=RequestStatus.PROCESSING, speech_key=OuterRef("speech_key"), voice__active=True
        )
        return self.filter(Q(speech_key="") | Q(fresh=True) | ~Exists(twins))
