"""Webhooks and their deliveries in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from voices.webhooks.outbox import Webhook, WebhookDelivery


@admin.register(Webhook)
class WebhookAdmin(ModelAdmin):
    list_display = ["url", "active", "failures", "disabled_reason", "created_at"]
    readonly_fields = ["active", "secret", "failures", "disabled_reason", "created_at"]
    actions = ["enable", "disable"]

    def get_fields(self, request: HttpRequest, obj: Webhook | None = None) -> Any:
        # The secret is made when the webhook is saved for the first time.
        return ["url", *self.readonly_fields] if obj else ["url"]

    @admin.action(description=_("Switch on"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        for webhook in queryset:
            webhook.enable()

    @admin.action(description=_("Switch off"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        for webhook in queryset:
            webhook.disable("")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ModelAdmin):
    list_display = ["created_at", "webhook", "event", "attempts", "answer", "next_attempt_at", "delivered_at"]
    list_filter = ["webhook", "event", ("delivered_at", admin.EmptyFieldListFilter)]
    list_select_related = ["webhook"]
    actions = ["send_again"]

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookDelivery | None = None) -> list[str]:
        return [field.name for field in WebhookDelivery._meta.fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("Send again"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        for delivery in queryset:
            delivery.send_again()
