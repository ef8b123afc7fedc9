"""What staff decide of a request under review, and all that follows from it."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models.functions import Now

from voices.audio_objects import publish
from voices.choices import Purpose, RejectionReason, ReviewStatus, Withdrawal
from voices.models import Report, Tally, VoiceRequest
from voices.tallies import Added, Counted
from voices.webhooks.outbox import WebhookDelivery
from voices.withdrawal import withdraw


class NotReviewable(Exception):
    """The review stands where this decision is not allowed any more: somebody else was faster. Nothing was changed."""

    code = "not_reviewable"


def approve(request: VoiceRequest, by: AbstractBaseUser | None) -> None:
    """Let the request be heard; open reports of it are closed. Raises :class:`NotReviewable` or ``AudioNotStored``."""
    with transaction.atomic():
        now = _locked(request)
        was_withheld = bool(now.withheld)
        changed = request.change_review(ReviewStatus.APPROVED, by=by)
        if not _close_reports([now]) and not changed:
            raise NotReviewable
        if changed and was_withheld:
            publish(_locked(request))
            if now.purpose == Purpose.FAN:
                WebhookDelivery.objects.enqueue_for_all("approved", now.pk)
    request.refresh_from_db()


def hold(request: VoiceRequest, by: AbstractBaseUser | None) -> None:
    """Keep the request from being heard until somebody else looks at it. Raises :class:`NotReviewable`."""
    if not request.change_review(ReviewStatus.HELD, by=by):
        raise NotReviewable
    request.refresh_from_db()


def reject(request: VoiceRequest, reason: RejectionReason, by: AbstractBaseUser | None, note: str = "") -> None:
    """Withdraw the request, and every other one that has the same audio. Raises :class:`NotReviewable`."""
    with transaction.atomic():
        now = _locked(request)
        if not request.change_review(ReviewStatus.REJECTED, reason=reason, note=note, by=by):
            raise NotReviewable
        same = VoiceRequest.objects.filter(audio_name=now.audio_name) if now.audio_name else VoiceRequest.objects.none()
        copies = [
            one for one in same.exclude(pk=now.pk) if one.change_review(ReviewStatus.REJECTED, reason=reason, by=by)
        ]
        _close_reports([now, *copies])
        withdraw(VoiceRequest.objects.filter(pk__in=[now.pk, *(one.pk for one in copies)]), Withdrawal.REJECTED)
        hour = now.queued_at.replace(minute=0, second=0, microsecond=0)
        Tally.objects.add({Counted(hour, now.member_id, Tally.Kind.REJECTED, reason): Added()})
    request.refresh_from_db()


def _locked(request: VoiceRequest) -> VoiceRequest:
    found = VoiceRequest.objects.select_for_update().filter(pk=request.pk).first()
    if found is None:
        raise NotReviewable
    return found


def _close_reports(requests: list[VoiceRequest]) -> int:
    """Mark what was reported of these requests as handled. Return how many reports were open."""
    return Report.objects.filter(share__request__in=requests, handled_at=None).update(handled_at=Now())
