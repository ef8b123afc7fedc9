"""Shares in the admin, and reports of what is heard there: look into one, withdraw the share."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from voices.admin.player import player
from voices.models import Report, Share


class _ReadOnly(ModelAdmin):
    class Media:
        css = {"all": ["voices/admin.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.list_display

    get_readonly_fields = get_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("text"))
    def what_was_asked(self, row: Share | Report) -> str:
        spoken = _share_of(row).request
        if spoken is None:
            return "—"
        return format_html(
            '<div class="request-text"><a href="{}">{}</a></div>',
            reverse("admin:voices_voicerequest_change", args=[spoken.pk]),
            spoken.text[:100],
        )

    @admin.display(description=_("audio"))
    def listen(self, row: Share | Report) -> str:
        return player(_share_of(row).request)

    @admin.display(description=_("page"))
    def page(self, row: Share | Report) -> str:
        return format_html('<a href="{}">/s/…</a>', reverse("share", args=[_share_of(row).token]))


@admin.register(Share)
class ShareAdmin(_ReadOnly):
    list_display = ["created_at", "what_was_asked", "listen", "page", "expires_at", "withdrawn_at"]
    list_filter = [("withdrawn_at", admin.EmptyFieldListFilter)]
    list_select_related = ["request__member"]
    search_fields = ["request__text", "token"]
    actions = ["withdraw"]

    @admin.action(description=_("Withdraw"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        done = sum(share.withdraw() for share in queryset)
        self.message_user(request, ngettext("%d share withdrawn.", "%d shares withdrawn.", done) % done)


@admin.register(Report)
class ReportAdmin(_ReadOnly):
    list_display = ["created_at", "reason", "what_was_asked", "listen", "page", "handled_at"]
    list_filter = [("handled_at", admin.EmptyFieldListFilter), "reason"]
    list_select_related = ["share__request__member"]
    actions = ["withdraw", "mark_handled"]

    @admin.action(description=_("Withdraw what was reported"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        done = sum(report.share.withdraw() for report in queryset.select_related("share"))
        self.mark_handled(request, queryset)
        self.message_user(request, ngettext("%d share withdrawn.", "%d shares withdrawn.", done) % done)

    @admin.action(description=_("It may stay"), permissions=["change"])
    def mark_handled(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        done = sum(report.mark_handled() for report in queryset)
        self.message_user(request, ngettext("%d report closed.", "%d reports closed.", done) % done)


def _share_of(row: Share | Report) -> Share:
    return row.share if isinstance(row, Report) else row
