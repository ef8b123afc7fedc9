"""Revoke a consent, and recall what was given out under it.

What waits or is being spoken is stopped at once; what was given out is withdrawn by a task of the queue, some at a
time, which counts. A task that is lost is begun again by the sweeper: to withdraw again changes nothing.
"""

import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django_q.tasks import async_task

from voices.choices import Withdrawal
from voices.consents import Consent
from voices.models import VoiceRequest
from voices.queue import VoiceRequestQuerySet
from voices.withdrawal import withdraw

AT_ONCE = 100
# Between two looks at the queue: other requests are spoken in between.
SECONDS_AT_A_TIME = 5.0
LOST_AFTER = timedelta(minutes=1)


def revoke(consent: Consent) -> bool:
    """Revoke a consent and begin the recall. False: it was revoked before."""
    with transaction.atomic():
        if not consent.mark_revoked():
            return False
        affected = _affected(consent)
        Consent.objects.filter(pk=consent.pk).update(to_recall=affected.count())
        while _recall(consent, affected.filter(finished_at=None)):
            pass
        async_task("voices.recalls.go_on", consent.pk)
    consent.refresh_from_db()
    return True


def go_on(consent_id: int) -> None:
    """Withdraw some of what was given out under a revoked consent; ask for another turn if more is left."""
    consent = Consent.objects.being_recalled().filter(pk=consent_id).first()
    if consent is None:
        return
    until = time.monotonic() + SECONDS_AT_A_TIME
    while _recall(consent, _affected(consent)):
        if time.monotonic() > until:
            async_task("voices.recalls.go_on", consent.pk)
            return
    Consent.objects.filter(pk=consent.pk).update(recalled_at=Now())


def resume_lost() -> None:
    """Go on with the recalls whose task was lost with its worker."""
    lost = Consent.objects.being_recalled().filter(recall_renewed_at__lt=Now() - LOST_AFTER)
    for pk in lost.values_list("pk", flat=True):
        if lost.filter(pk=pk).update(recall_renewed_at=Now()):
            async_task("voices.recalls.go_on", pk)


def _affected(consent: Consent) -> VoiceRequestQuerySet:
    """Return the requests that may not be heard any more without this consent."""
    return VoiceRequest.objects.filter(consent.covers(), withdrawn_for="").exclude(_pk_in(consent))


def _pk_in(consent: Consent) -> Q:
    # Not the condition itself: SQL's NOT of a comparison with NULL would leave rows out.
    return Q(pk__in=VoiceRequest.objects.filter(consent.others_allow(), member=consent.member_id).values("pk"))


def _recall(consent: Consent, affected: VoiceRequestQuerySet) -> int:
    """Withdraw some of these requests, and count them; return how many."""
    with transaction.atomic():
        some = list(affected.order_by("-queued_at").values_list("pk", flat=True)[:AT_ONCE])
        count = withdraw(VoiceRequest.objects.filter(pk__in=some), Withdrawal.REVOKED)
        Consent.objects.filter(pk=consent.pk).update(recalled=F("recalled") + count, recall_renewed_at=Now())
    return count
