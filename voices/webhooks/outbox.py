"""The addresses that are notified when a request ends, and the messages that are still to be sent.

A delivery is written in the transaction that ends its request, so that no message is lost and none is sent for a
transaction that was rolled back. A message may be sent twice, with the same id, by which receivers can tell.
"""

import base64
import secrets
import uuid
from datetime import timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from voices.webhooks.addresses import check_url

MAX_ATTEMPTS = 6
FIRST_PAUSE_SECONDS, PAUSE_FACTOR = 5.0, 6.0  # 5 s, 30 s, 3 min, 18 min, 1.8 h
# Failed attempts in a row, of any deliveries, after which a webhook is switched off.
DISABLED_AFTER = 20
# If the sending process dies, the delivery is sent again after this time.
SENDING = timedelta(minutes=1)
KEPT = timedelta(days=7)  # after this time a delivery is deleted, sent or not


def new_secret() -> str:
    """Return a random key in the form of Standard Webhooks: ``whsec_`` and 24 bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def validate_url(url: str) -> None:
    try:
        check_url(url)
    except ValueError as error:
        raise ValidationError(_("This address can't be used: %(reason)s."), "bad_url", {"reason": error}) from error


class Webhook(models.Model):
    """An address that gets a message for every request that ends."""

    url = models.CharField(_("address"), max_length=500, validators=[validate_url], help_text="https://…")
    secret = models.CharField(_("secret"), max_length=100, default=new_secret, editable=False)
    active = models.BooleanField(_("active"), default=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    disabled_reason = models.CharField(_("why it was switched off"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url

    def enable(self) -> None:
        """Switch the webhook on; deliveries that are still due are sent first."""
        Webhook.objects.filter(pk=self.pk).update(active=True, failures=0, disabled_reason="")

    def disable(self, reason: str) -> None:
        """Switch the webhook off until an administrator enables it; its deliveries are kept for ``KEPT``."""
        Webhook.objects.filter(pk=self.pk).update(active=False, disabled_reason=reason[:200])


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def enqueue_for_all(self, what: str, *request_ids: uuid.UUID) -> None:
        """Queue the message ``voice_request.WHAT`` of each request, for each active webhook."""
        event = f"voice_request.{what}"
        self.bulk_create(
            [
                WebhookDelivery(webhook=hook, request_id=request_id, event=event)
                for hook in Webhook.objects.filter(active=True)
                for request_id in request_ids
            ],
            batch_size=1000,
        )

    def due(self) -> Self:
        """Return the deliveries to send now, the longest due first."""
        return self.filter(webhook__active=True, next_attempt_at__lte=Now()).order_by("next_attempt_at")

    def claim(self, webhook_id: int) -> "WebhookDelivery | None":
        """Begin an attempt at the webhook's delivery that has been due longest; ``None`` if none is due."""
        with transaction.atomic():
            due = self.due().filter(webhook=webhook_id).select_for_update(skip_locked=True, of=("self",))
            delivery = due.select_related("webhook", "request").first()
            if delivery is None:
                return None
            delivery.attempts += 1
            self.filter(pk=delivery.pk).update(attempts=delivery.attempts, next_attempt_at=Now() + SENDING)
        return delivery

    def prune(self) -> None:
        """Delete old deliveries, sent or not."""
        self.filter(created_at__lt=Now() - KEPT).delete()


class WebhookDelivery(models.Model):
    """One message to one webhook."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    request = models.ForeignKey(
        "voices.VoiceRequest", models.CASCADE, related_name="deliveries", verbose_name=_("voice request")
    )
    event = models.CharField(_("event"), max_length=50)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # None: delivered, or given up.
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, db_default=Now())
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    answer = models.CharField(_("last answer"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="delivery_due"),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.webhook}"

    def record_success(self, answer: str) -> None:
        """Finish the delivery, and reset the webhook's count of failures."""
        self._record(answer, delivered_at=Now(), next_attempt_at=None)
        Webhook.objects.filter(pk=self.webhook_id).update(failures=0)

    def record_failure(self, answer: str) -> None:
        """Schedule the next attempt, after a longer pause each time, or give up after ``MAX_ATTEMPTS``.

        Switches the webhook off after ``DISABLED_AFTER`` failures in a row.
        """
        pause = timedelta(seconds=FIRST_PAUSE_SECONDS * PAUSE_FACTOR ** (self.attempts - 1))
        self._record(answer, next_attempt_at=Now() + pause if self.attempts < MAX_ATTEMPTS else None)
        Webhook.objects.filter(pk=self.webhook_id).update(failures=F("failures") + 1)
        self.webhook.refresh_from_db(fields=["failures"])
        if self.webhook.failures >= DISABLED_AFTER:
            self.webhook.disable(answer)

    def send_again(self) -> None:
        """Make the delivery due now, with the same id and all its attempts."""
        WebhookDelivery.objects.filter(pk=self.pk).update(attempts=0, next_attempt_at=Now(), delivered_at=None)

    def _record(self, answer: str, **fields: object) -> None:
        # A later attempt has a higher number: an attempt that took too long must not overwrite its result.
        mine = WebhookDelivery.objects.filter(pk=self.pk, attempts=self.attempts)
        mine.update(answer=answer[:200], **fields)
