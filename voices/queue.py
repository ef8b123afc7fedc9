"""Which request is spoken next, and where the others stand in the queue.

The status changes themselves are methods of :class:`voices.models.VoiceRequest`. This module does not import the
models, which build their manager from it: a query set reaches its model through ``self.model``.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest, Now
from django_q.tasks import async_task

from voices.choices import OF_FANS, Priority, Purpose, RequestStatus
from voices.clusters import Cluster
from voices.consents import Consent
from voices.database import lock_until_commit
from voices.owners import NOBODY, Asker
from voices.review.rules import Rule, RuleHit
from voices.review.state import RELEASED, first_review
from voices.same_again import SameAgainQuerySet, speech_key
from voices.telemetry import request_id, traces
from voices.waiting_time import EXTRA_CHARACTERS, LENGTH, seconds_per_character

if TYPE_CHECKING:
    from voices.models import VoiceRequest

# Longer than most requests take, so that in a full queue the first request of each client is begun before the second
# of any client.
BETWEEN_TURNS = timedelta(minutes=1)
TRIAL_KEPT_FOR = timedelta(hours=1)
# Longer than any queue: a sample of the service's own is begun when nothing else is.
SAMPLE_PATIENCE = timedelta(days=3650)


class QueueFull(Exception):
    """``MAX_QUEUED`` requests are waiting; nothing was written."""

    def __init__(self, wait_seconds: float) -> None:
        """``wait_seconds``: about how long until all requests that wait now have been begun."""
        super().__init__(f"room in about {wait_seconds:.0f} seconds")
        self.wait_seconds = wait_seconds


class TooManyOfOne(QueueFull):
    """As many requests of one owner or address are waiting as may; nothing was written."""


class NameTaken(Exception):
    """Somebody else's request has the uuid and created_at that would name the audio; nothing was written."""


def enqueue_synthesis() -> None:
    """Add a queue row that lets a worker begin one request, within the caller's transaction.

    The row does not name the request: the worker claims the one whose turn it is.
    """
    async_task("voices.tasks.synthesize_next")


def longest_attempt() -> timedelta:
    """Return how long after the end of a request one of its attempts may still write audio."""
    return timedelta(seconds=settings.TASK_TIMEOUT_SECONDS + settings.LEASE_SECONDS)


class VoiceRequestQuerySet(SameAgainQuerySet):
    def queued(self) -> Self:
        return self.filter(status=RequestStatus.QUEUED)

    def processing(self) -> Self:
        return self.filter(status=RequestStatus.PROCESSING)

    def waiting(self) -> Self:
        """Return the requests that may be begun now.

        They are queued, not in the pause after a failed attempt, and will not sound like one that is spoken now.
        """
        return self.queued().filter(available_at__lte=Now()).without_twin()

    def for_people(self) -> Self:
        """Leave out the samples that the service asks of itself."""
        return self.exclude(purpose=Purpose.SAMPLE)

    def released(self) -> Self:
        """Return the requests whose sound is neither reviewed still nor withdrawn."""
        return self.filter(review_status__in=RELEASED, withdrawn_for="")

    def in_order(self) -> Self:
        """Sort by the order in which requests are begun."""
        return self.order_by("turn", "pk")

    def submit(self, asker: Asker = NOBODY, **fields: Any) -> "VoiceRequest":
        """Write a request and its queue row in one transaction.

        The rules look at its text first: what they reject is cancelled at once (voices/review/rules.py).
        If the same was made before, the request gets that audio and is succeeded at once, without a queue row.
        Raises :class:`QueueFull` while ``MAX_QUEUED`` or more requests are waiting, :class:`TooManyOfOne` while too
        many of them are the asker's, :class:`NameTaken`, and :class:`voices.consents.NoConsent`.
        """
        request = self.model(**fields, **asker.as_fields())
        request.request_id = request_id.current() or request_id.new()
        request.traceparent = traces.traceparent()
        hits = Rule.objects.look_at(request) if request.purpose in OF_FANS else []
        for name, value in first_review(request.purpose, hits).items():
            setattr(request, name, value)
        with transaction.atomic():
            Consent.objects.hold(request)
            if request.has_public_name:
                self._refuse_taken_name(request, asker)
            request.speech_key = speech_key(request)
            made = None if request.has_public_name else self.made_before(request)  # a worker copies to public names
            if made is None:
                self._take_place(request, asker)
            request.save(force_insert=True)
            RuleHit.objects.bulk_create(hits)
            if request.withdrawn_for:
                request.cancel()
            elif made is None or not request.succeed_like(made):
                enqueue_synthesis()
        request.refresh_from_db()
        return request

    def _take_place(self, request: "VoiceRequest", asker: Asker) -> None:
        """Give the request its turn, unless too many are waiting."""
        bounds = _bounds(asker)
        waiting = {f"waiting_{number}": models.Count("pk", filter=own) for number, (own, _) in enumerate(bounds)}
        queue = self.queued().aggregate(length=models.Count("pk"), turn=_turn(request, asker), **waiting)
        if queue["length"] >= settings.MAX_QUEUED:
            raise QueueFull(queue["length"] * self.seconds_until_room())
        if any(queue[count] >= limit for count, (_, limit) in zip(waiting, bounds, strict=True)):
            raise TooManyOfOne(self.seconds_until_room())
        request.turn = queue["turn"]

    def _refuse_taken_name(self, request: "VoiceRequest", asker: Asker) -> None:
        """Raise :class:`NameTaken` if the audio would replace, under its public name, that of somebody else."""
        same_name = self.filter(
            member=request.member_id,
            client_uuid=request.client_uuid,
            client_created_at=request.client_created_at,
            format=request.format,
        )
        lock_until_commit("name", request.client_uuid, request.client_created_at)
        if same_name.exclude(asker.own_requests).exists():
            raise NameTaken

    def seconds_until_room(self) -> float:
        """Estimate how long until a worker begins the next request."""
        characters = self.queued().aggregate(mean=models.Avg(LENGTH))["mean"] or EXTRA_CHARACTERS
        mean: float = characters * seconds_per_character(self) / max(1, Cluster.objects.count_workers())
        return mean

    def claim_next(self, claimed_by: str) -> "VoiceRequest | None":
        """Begin an attempt at the request whose turn it is; ``None`` if no request is waiting.

        ``claimed_by`` is the id of the cluster, which gives its requests back when it stops.
        """
        while True:
            with transaction.atomic():
                request = self.waiting().in_order().select_for_update(skip_locked=True).first()
                if request is None:
                    return None
                if request.speech_key:
                    # Of two workers that take the same again at one moment, one must see what the other began.
                    lock_until_commit("speech", request.speech_key)
                if request.begin(claimed_by):
                    break
        return self.model.objects.select_related("member", "voice").get(pk=request.pk)

    def recover_abandoned(self) -> int:
        """Put back the requests whose lease has expired, or fail those without attempts left. Return how many."""
        with transaction.atomic():
            abandoned = self.processing().filter(lease_expires_at__lt=Now()).select_for_update(skip_locked=True)
            return sum(
                request.put_back() or request.fail("attempts_exhausted", "The worker died at each attempt.")
                for request in abandoned
            )

    def release(self, claimed_by: str) -> int:
        """Give back the requests that a stopped cluster held, without counting these attempts. Return how many."""
        return sum(request.give_back() for request in self.processing().filter(claimed_by=claimed_by))

    def tried_out(self) -> Self:
        """Return the trials to delete."""
        return self.filter(purpose=Purpose.TRIAL, finished_at__lt=Now() - TRIAL_KEPT_FOR).order_by("finished_at")

    def with_stray_audio(self) -> Self:
        """Return the requests with audio to delete, once no attempt can still be writing to it."""
        return self.filter(stray_audio=True, finished_at__lt=Now() - longest_attempt()).order_by("finished_at")


def _bounds(asker: Asker) -> list[tuple[Q, int]]:
    """Return which requests are counted against the asker, and how many of them may wait."""
    if asker.owner and asker.owner.is_api_key:
        return [(asker.own_requests, asker.owner.max_waiting)]
    bounds = []
    if asker.owner:
        bounds.append((asker.own_requests, settings.MAX_QUEUED_PER_FAN))
    if asker.address:
        # With keys or without, under any uuid: one address must not fill the queue.
        bounds.append((Q(address=asker.address), settings.MAX_QUEUED_PER_FAN * settings.FANS_PER_ADDRESS))
    return bounds


def _turn(request: "VoiceRequest", asker: Asker) -> Greatest:
    """Compute the time by which a new request is sorted, as an aggregate over the queued requests.

    A batch request is sorted as if it came ``BATCH_PATIENCE_SECONDS`` later, so interactive requests of that time go
    first. The requests of one fan are sorted at least ``BETWEEN_TURNS`` apart, so the requests of other fans go
    between them. No turn moves once it is set: newcomers can't delay a request for ever.

    A fan is a listener or, among the requests of one API key or one address, a client's uuid. So a request under the
    uuid of another's fan moves nobody's turn but the asker's. Listeners and uuids cost nothing, so an address, under
    any of them, has as many requests in each ``BETWEEN_TURNS`` as ``FANS_PER_ADDRESS`` fans would.
    """
    earliest = Now() + _patience(request)
    same_priority = Q(priority=request.priority) & ~Q(purpose=Purpose.SAMPLE)
    fan = asker.own_requests & same_priority
    if not asker.owner or asker.owner.is_api_key:
        fan &= Q(client_uuid=request.client_uuid) & ~Q(client_uuid="")
    turns = [earliest, models.Max("turn", filter=fan) + Value(BETWEEN_TURNS)]
    if asker.address:
        waiting = models.Count("pk", filter=Q(address=asker.address) & same_priority)
        # Postgres divides integers without a rest.
        turns.append(
            earliest
            + models.ExpressionWrapper(
                waiting / settings.FANS_PER_ADDRESS * Value(BETWEEN_TURNS), models.DurationField()
            )
        )
    return Greatest(*turns, output_field=models.DateTimeField())


def _patience(request: "VoiceRequest") -> timedelta:
    """Return how much later than it came a request is sorted."""
    if request.purpose == Purpose.SAMPLE:
        return SAMPLE_PATIENCE
    return timedelta(seconds=settings.BATCH_PATIENCE_SECONDS if request.priority == Priority.BATCH else 0.0)
