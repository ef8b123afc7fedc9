"""Consents in the admin: record them, see what holds for whom, revoke them, and watch what is recalled."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from voices.models import Consent
from voices.recalls import revoke


@admin.register(Consent)
class ConsentAdmin(ModelAdmin):
    """A consent is a record: what it says is not changed later, and it is not deleted, but revoked."""

    list_display = ["member", "voice", "document", "scope", "valid_from", "valid_until", "state", "recall"]
    list_filter = ["member", "scope", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["member", "voice__member"]
    search_fields = ["document", "member__name"]
    actions = ["revoke"]
    fields = ["member", "voice", "document", "scope", "valid_from", "valid_until"]

    def get_readonly_fields(self, request: HttpRequest, obj: Consent | None = None) -> Any:
        return [*self.fields, "created_at", "state", "revoked_at", "recall", "recalled_at"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Consent | None = None) -> Any:
        return self.get_readonly_fields(request, obj) or self.fields

    def has_delete_permission(self, request: HttpRequest, obj: Consent | None = None) -> bool:
        return False

    @admin.display(description=_("state"))
    def state(self, consent: Consent) -> str:
        return str(consent.state.label)

    @admin.display(description=_("recalled"))
    def recall(self, consent: Consent) -> str:
        if consent.revoked_at is None:
            return "—"
        return f"{consent.recalled} / {max(consent.to_recall, consent.recalled)}{' ✓' if consent.recalled_at else ' …'}"

    @admin.action(description=_("Revoke, and recall what was given out"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Consent]) -> None:
        revoked = 0
        for consent in queryset:
            if revoke(consent):
                revoked += 1
                self.log_change(request, consent, "revoked")
        message = ngettext("%(count)s consent is revoked.", "%(count)s consents are revoked.", revoked)
        self.message_user(request, message % {"count": revoked})
