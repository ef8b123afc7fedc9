"""The audit log in the admin: read, and never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from voices.audit import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):
    list_display = ["at", "actor_name", "action", "what", "changes"]
    list_filter = ["action", "actor_name"]
    search_fields = ["object_id", "actor_name"]
    date_hierarchy = "at"
    show_full_result_count = False
    list_display_links = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("what"))
    def what(self, entry: AuditEntry) -> str:
        model = entry.model
        if model is None:
            return f"{entry.table} {entry.object_id}"
        name = f"{model._meta.verbose_name} {entry.object_id}"
        try:
            page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[entry.object_id])
        except NoReverseMatch:
            return name
        return name if entry.action == AuditEntry.Action.DELETE else format_html('<a href="{}">{}</a>', page, name)

    @admin.display(description=_("before → after"))
    def changes(self, entry: AuditEntry) -> str:
        before, after = entry.before or {}, entry.after or {}
        lines = ((name, _shown(before, name), _shown(after, name)) for name in sorted({*before, *after}))
        return format_html_join("", "<div>{}: {} → {}</div>", lines) or "—"


def _shown(values: dict[str, Any], name: str) -> str:
    text = str(values.get(name, "—"))
    return text if len(text) <= 100 else f"{text[:99]}…"
