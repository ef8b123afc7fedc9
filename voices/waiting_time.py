"""How long a request still takes: by the lengths of its text and of those before it, and by how fast others were."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.cache import cache
from django.db import models
from django.db.models import F
from django.db.models.functions import Length, Now

from voices.choices import RequestStatus
from voices.clusters import Cluster

if TYPE_CHECKING:
    from voices.models import VoiceRequest
    from voices.queue import VoiceRequestQuerySet

# What each request costs beside its text, in characters: to claim, to load and to store.
EXTRA_CHARACTERS = 10
SECONDS_PER_CHARACTER = 0.03  # until any request has succeeded
_MEASURED = 20  # latest requests
_MEASURED_FOR_SECONDS = 5.0  # each process measures again after so long

LENGTH = Length("text") + EXTRA_CHARACTERS


class Place(NamedTuple):
    """Where a request that is not finished stands. Times are ``None`` while no worker is alive: nobody knows them."""

    position: int | None  # 1: it is begun next; None: it has been begun
    seconds_until_begun: float | None
    seconds_until_finished: float | None
    worker_away: bool


def place_of(request: "VoiceRequest", requests: "VoiceRequestQuerySet") -> Place:
    """Estimate the place of a request that is queued or being spoken."""
    workers = Cluster.objects.count_workers()
    pace = seconds_per_character(requests)
    spoken = {one.pk: _seconds_left(one, pace) for one in _being_spoken(requests)}
    # Who waits for the same gets it when that is finished.
    twins = [] if request.fresh else requests.processing().same_as(request).values_list("pk", flat=True)
    position: int | None = 1
    if request.pk in spoken:
        position, begun_in, finished_in = None, 0.0, spoken[request.pk]
    elif twin := next((pk for pk in twins if pk in spoken), None):
        begun_in, finished_in = 0.0, spoken[twin]
    else:
        before = requests.waiting().filter(turn__lt=request.turn)
        queue = before.aggregate(count=models.Count("pk"), length=models.Sum(LENGTH, default=0))
        position = queue["count"] + 1
        is_free = queue["count"] + len(spoken) < workers
        begun_in = 0.0 if is_free else (queue["length"] * pace + sum(spoken.values())) / max(1, workers)
        finished_in = begun_in + pace * (len(request.text) + EXTRA_CHARACTERS)
    if not workers:
        return Place(position, None, None, True)
    return Place(position, begun_in, finished_in, False)


def _being_spoken(requests: "VoiceRequestQuerySet") -> "VoiceRequestQuerySet":
    spoken: VoiceRequestQuerySet = requests.processing().annotate(elapsed=Now() - F("started_at"), length=LENGTH)
    return spoken.only("sentences_done", "sentences_total")


def _seconds_left(request: Any, pace: float) -> float:
    """Estimate by the sentences that are spoken already, or else by the length of the text."""
    elapsed: float = request.elapsed.total_seconds()
    if request.sentences_done and request.sentences_total:
        return elapsed * float(request.sentences_total / request.sentences_done - 1)
    left: float = pace * request.length - elapsed
    return max(0.0, left)


def seconds_per_character(requests: "VoiceRequestQuerySet") -> float:
    """Return how long one worker took for each character of the latest requests that were spoken."""
    measured: float | None = cache.get("seconds_per_character")
    if measured is None:
        latest = requests.filter(status=RequestStatus.SUCCEEDED, started_at__isnull=False).order_by("-queued_at")
        spoken = latest.annotate(took=F("finished_at") - F("started_at"), length=LENGTH)[:_MEASURED]
        total = spoken.aggregate(seconds=models.Sum("took"), characters=models.Sum("length"))
        measured = total["seconds"].total_seconds() / total["characters"] if total["seconds"] else SECONDS_PER_CHARACTER
        cache.set("seconds_per_character", measured, _MEASURED_FOR_SECONDS)
    return measured
