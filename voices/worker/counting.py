"""Count the requests that are finished, once each, for the statistics (voices/tallies.py)."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import TruncDay
from django.utils.timezone import get_default_timezone

from voices.choices import OwnerKind, Purpose, RequestStatus
from voices.models import Suggestion, Tally, VoiceRequest
from voices.synth.text.pronounce.tagging import tag
from voices.tallies import Added, Counted

_AT_ONCE = 500  # requests
_LONGEST_NOUN = 20


def count_finished() -> None:
    """Count some of the requests that are finished and were not counted yet, each in the hour when it was asked for."""
    with transaction.atomic():
        finished = list(_to_count()[:_AT_ONCE])
        counts: Counter[Counted] = Counter()
        totals: Counter[Counted] = Counter()
        phrases = set(Suggestion.objects.values_list("member_id", "text"))
        for request in finished:
            for of, added in _counts_of(request, phrases):
                counts[of] += added.times
                totals[of] += added.total  # type: ignore[assignment]  # a Counter of seconds
        Tally.objects.add({of: Added(count, totals[of]) for of, count in counts.items()})
        VoiceRequest.objects.filter(pk__in=[request.pk for request in finished]).update(counted=True)


def _to_count() -> Any:
    day = TruncDay("queued_at", tzinfo=get_default_timezone())
    earlier = VoiceRequest.objects.filter(
        owner=OuterRef("owner"),
        purpose=Purpose.FAN,
        queued_at__gte=OuterRef("day"),
        queued_at__lt=OuterRef("queued_at"),
    )
    return (
        VoiceRequest.objects.filter(purpose=Purpose.FAN, counted=False, finished_at__isnull=False)
        .annotate(day=day)
        .annotate(came_before=Exists(earlier))
        .select_related("owner")
        .order_by("finished_at")
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
    )


def _counts_of(request: Any, phrases: set[tuple[int, str]]) -> list[tuple[Counted, Added]]:
    """Return what is counted of a request."""
    hour: datetime = request.queued_at.replace(minute=0, second=0, microsecond=0)
    member: int = request.member_id
    kind = Tally.Kind

    def of(kind: str, label: str = "") -> Counted:
        return Counted(hour, member, kind, label)

    def on_day(kind: str, label: str) -> Counted:
        return Counted(request.day, member, kind, label)

    counts = [(of(kind.ASKED), Added())]
    match request.status:
        case RequestStatus.SUCCEEDED:
            counts.append((of(kind.SUCCEEDED), Added(total=request.duration_seconds or 0.0)))
        case RequestStatus.FAILED:
            counts.append((of(kind.FAILED, request.error_code), Added()))
        case _:
            counts.append((of(kind.CANCELLED), Added()))
    if request.started_at:
        waited = max(0.0, (request.started_at - request.queued_at).total_seconds())
        counts.append((of(kind.WAITED), Added(total=waited)))
        if request.status == RequestStatus.SUCCEEDED:
            worked = (request.finished_at - request.started_at).total_seconds()
            counts.append((of(kind.SPOKEN), Added(total=worked)))
            counts.append((of(kind.HEARD), Added(total=request.duration_seconds or 0.0)))
    if request.owner and request.owner.kind == OwnerKind.LISTENER and not request.came_before:
        is_new = request.owner.created >= request.day
        counts.append((of(kind.NEW if is_new else kind.RETURNING), Added()))
    if (member, request.text) in phrases:
        counts.append((on_day(kind.PHRASE, request.text), Added()))
    counts += [(on_day(kind.NOUN, noun), Added()) for noun in _nouns(request.readable_text)]
    return counts


def _nouns(text: str) -> set[str]:
    """Return the common nouns of a text that have two syllables or more, and no names."""
    return {
        morpheme.text
        for line in text.splitlines()
        for morpheme in tag(" ".join(line.split()))
        if morpheme.tag == "NNG" and not morpheme.is_name and 2 <= len(morpheme.text) <= _LONGEST_NOUN
    }
