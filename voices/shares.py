"""What listeners give out: an address of a request that anybody may open, and reports of what is heard there."""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from voices.choices import ReportReason
from voices.database import lock_until_commit

if TYPE_CHECKING:
    from voices.models import VoiceRequest

TOKEN_BYTES = 16  # 128 bits: nobody guesses an address
MAX_TOKEN_CHARACTERS = 22
MOST_REPORTS_OF_A_SHARE = 100


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


class ShareQuerySet(models.QuerySet["Share"]):
    def live(self) -> Self:
        """Return the shares that are neither withdrawn nor expired; whether one is heard its request says, too."""
        return self.filter(withdrawn_at=None, expires_at__gt=Now(), request__isnull=False)

    def give_out(self, request: "VoiceRequest") -> "Share":
        """Return the request's share, made or prolonged, within the caller's transaction."""
        lock_until_commit("share", str(request.pk))
        share, _made = self.update_or_create(
            request=request, withdrawn_at=None, defaults={"expires_at": Now() + timedelta(days=settings.SHARE_DAYS)}
        )
        share.refresh_from_db()
        return share


class Share(models.Model):
    """An address below ``/s/`` at which one request is heard, until it expires or is withdrawn."""

    token = models.CharField(_("address"), max_length=MAX_TOKEN_CHARACTERS, unique=True, default=new_token)
    # Without its request, the address says that the speech was deleted.
    request = models.ForeignKey(
        "voices.VoiceRequest", models.SET_NULL, null=True, related_name="shares", verbose_name=_("voice request")
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(withdrawn_at=None), name="one_share_of_a_request"),
        ]

    def __str__(self) -> str:
        return str(self.request) if self.request else self.token

    @property
    def heard(self) -> "VoiceRequest | None":
        """The request, if it may be heard at this address now."""
        open_now = self.withdrawn_at is None and self.expires_at > timezone.now()
        return self.request if open_now and self.request and self.request.is_audible else None

    def withdraw(self) -> bool:
        """Close the address for good. False: it was withdrawn before."""
        return bool(Share.objects.filter(pk=self.pk, withdrawn_at=None).update(withdrawn_at=Now()))


class ReportQuerySet(models.QuerySet["Report"]):
    def file(self, share: Share, reason: str, address: str) -> None:
        """Record a report. One that is there already, or one too many of a share, changes nothing."""
        if share.reports.count() < MOST_REPORTS_OF_A_SHARE:
            self.bulk_create([Report(share=share, reason=reason, address=address)], ignore_conflicts=True)


class Report(models.Model):
    """Somebody finds that what a share says should not be there. It outlives the share's request."""

    Reason = ReportReason

    share = models.ForeignKey(Share, models.CASCADE, related_name="reports", verbose_name=_("share"))
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)
    # A keyed hash of the network that it came from: one network reports a share once for each reason.
    address = models.CharField(max_length=32, editable=False)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["share", "reason", "address"], name="one_report_a_network"),
            models.CheckConstraint(condition=Q(reason__in=ReportReason.values), name="report_reason_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.share}"

    def mark_handled(self) -> bool:
        """Record that staff have looked at it. False: somebody did before."""
        return bool(Report.objects.filter(pk=self.pk, handled_at=None).update(handled_at=Now()))
