"""What is deleted by its age, as the settings ``FORV_KEEP_…_DAYS`` say, a small batch at a time.

A batch is one transaction, so whoever dies leaves it done or not begun; audio follows by `voices/objects_to_delete.py`.
django-q2's schedule starts the task once an hour. The task does one batch and queues itself again behind the requests
that wait, so that a fan waits for one batch at most.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django_q.tasks import async_task

from voices.choices import ProposalStatus, Purpose, RequestStatus
from voices.forgetting import forget_next_batch
from voices.models import ReadingProposal, Report, Share, VoiceRequest

logger = logging.getLogger(__name__)

AT_ONCE = 20  # rows; a bucket takes some 50 ms for each of their objects


@dataclass(frozen=True)
class Rule:
    """What is deleted so many days after its end; 0 days: nothing is."""

    name: str
    days: float
    ended_before: Callable[[Any], QuerySet[Any]]  # of a time, the oldest first

    def due(self) -> QuerySet[Any]:
        """Return the rows to delete."""
        # As the parameter of the query, so that an index is used.
        return self.ended_before(Now() - timedelta(days=self.days))

    def delete_batch(self) -> int:
        """Delete some of the rows that are due, and all that belongs to them. Return how many."""
        with transaction.atomic():
            rows = list(self.due().select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
            for row in rows:
                row.delete()
        return len(rows)


def rules() -> list[Rule]:
    """Return the rules that the settings switch on."""
    every = [
        *(Rule(status, settings.KEEP_DAYS[status], _requests(status)) for status in VoiceRequest.TERMINAL),
        Rule("shares", settings.KEEP_DAYS["shares"], _shares),
        Rule("proposals", settings.KEEP_DAYS["proposals"], _proposals),
    ]
    return [rule for rule in every if rule.days]


def apply_next_batch() -> None:
    """Delete one batch, of owners who are to be forgotten first, and queue this task again if there may be more.

    Raises nothing.
    """
    try:
        if forget_next_batch() or any(rule.delete_batch() for rule in rules()):
            async_task("voices.retention.apply_next_batch")
    except Exception:
        # django-q2 would store the message, which may quote the row.
        logger.exception("retention goes on at its next time")


def _requests(status: RequestStatus) -> Callable[[Any], QuerySet[VoiceRequest]]:
    def ended_before(time: Any) -> QuerySet[VoiceRequest]:
        """Return the requests that ended so, but for greetings, which are replaced, and what is given out."""
        given_out = Share.objects.live().filter(request=OuterRef("pk"))
        ended = VoiceRequest.objects.filter(status=status, finished_at__lt=time).exclude(purpose=Purpose.SAMPLE)
        return ended.filter(~Exists(given_out)).order_by("finished_at")

    return ended_before


def _shares(time: Any) -> QuerySet[Share]:
    """Return the shares that ended, and of which no report waits for staff."""
    waiting = Report.objects.filter(share=OuterRef("pk"), handled_at=None)
    ended = Share.objects.filter(Q(withdrawn_at__lt=time) | Q(expires_at__lt=time))
    return ended.filter(~Exists(waiting)).order_by("pk")


def _proposals(time: Any) -> QuerySet[ReadingProposal]:
    """Return the proposed readings that were decided; what was accepted stays in the dictionary."""
    decided = ReadingProposal.objects.exclude(status=ProposalStatus.OPEN)
    return decided.filter(decided_at__lt=time).order_by("decided_at")
