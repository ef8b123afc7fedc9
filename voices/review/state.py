"""The review of a request: where it stands, and what follows from that for its sound.

The review is apart from the status: a request that is reviewed is spoken as any other, so that whoever reviews it
hears it, but until it is approved no address gives the sound to anybody else.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from voices.choices import OF_FANS, RejectionReason, ReviewStatus, RuleEffect, Withdrawal
from voices.review.rules import RuleHit

UNDER_REVIEW = (ReviewStatus.PENDING, ReviewStatus.HELD)
RELEASED = (ReviewStatus.NOT_REQUIRED, ReviewStatus.APPROVED)
# From which states each step is allowed. A rejection is final: its audio is deleted.
BEFORE = {
    ReviewStatus.APPROVED: (ReviewStatus.NOT_REQUIRED, ReviewStatus.PENDING, ReviewStatus.HELD),
    ReviewStatus.HELD: (ReviewStatus.NOT_REQUIRED, ReviewStatus.PENDING, ReviewStatus.APPROVED),
    ReviewStatus.REJECTED: (*UNDER_REVIEW, *RELEASED),
}
# What fans are told of a request whose sound they don't hear: this, or a `Withdrawal`.
TOLD_UNDER_REVIEW = "under_review"

REVIEW_INDEXES = [
    models.Index(fields=["queued_at"], condition=Q(review_status__in=["pending", "held"]), name="request_under_review"),
]


def first_review(purpose: str, hits: Sequence[RuleHit]) -> dict[str, Any]:
    """Return the fields with which the review of a new request begins, after the rules have looked at its text."""
    rejecting = next((hit for hit in hits if hit.effect == RuleEffect.REJECT), None)
    if rejecting:
        return {
            "review_status": ReviewStatus.REJECTED,
            "review_reason": rejecting.reason,
            "reviewed_at": Now(),
            "withdrawn_for": Withdrawal.REJECTED,
            "withdrawn_at": Now(),
        }
    if any(hit.effect == RuleEffect.HOLD for hit in hits):
        return {"review_status": ReviewStatus.HELD}
    reviewed = settings.REVIEW == "before_playing" and purpose in OF_FANS
    return {"review_status": ReviewStatus.PENDING if reviewed else ReviewStatus.NOT_REQUIRED}


class Reviewed(models.Model):
    """What a request has of its review, and of its withdrawal."""

    review_status = models.CharField(
        _("review"),
        max_length=12,
        choices=ReviewStatus,
        default=ReviewStatus.NOT_REQUIRED,
        db_default=ReviewStatus.NOT_REQUIRED,
        editable=False,
    )
    review_reason = models.CharField(
        _("why it was rejected"), max_length=8, choices=RejectionReason, blank=True, db_default="", editable=False
    )
    # For the other reviewers; fans are told the reason only.
    review_note = models.CharField(_("note"), max_length=500, blank=True, db_default="", editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True, editable=False)
    withdrawn_for = models.CharField(
        _("withdrawn"), max_length=8, choices=Withdrawal, blank=True, db_default="", editable=False
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_under_review(self) -> bool:
        """Whether somebody has yet to decide."""
        return self.review_status in UNDER_REVIEW and not self.withdrawn_for

    @property
    def withheld(self) -> str:
        """Why its sound is kept from everybody but staff: ``under_review``, or a ``Withdrawal``; "" if it is not."""
        return self.withdrawn_for or (TOLD_UNDER_REVIEW if self.is_under_review else "")
