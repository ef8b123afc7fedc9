"""Members, voices and requests for whoever runs the page."""

from collections.abc import Iterable
from typing import Any

import django_q.admin  # noqa: F401  (registers what is unregistered below)
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_q.models import Schedule, Success
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from voices.admin.voices import VoiceAdmin
from voices.admin.webhooks import WebhookAdmin, WebhookDeliveryAdmin
from voices.dictionary import lexicon_for
from voices.models import DictionaryEntry, Member, Voice, VoiceRequest
from voices.synth import read
from voices.webhooks.outbox import Webhook, WebhookDelivery

admin.site.register(Voice, VoiceAdmin)
admin.site.register(Webhook, WebhookAdmin)
admin.site.register(WebhookDelivery, WebhookDeliveryAdmin)
# Nothing is scheduled and no result is kept: a request's own row says what became of it.
admin.site.unregister([Schedule, Success])
admin.site.site_header = admin.site.site_title = "ForV Voices"


class VoiceInline(admin.TabularInline[Voice, Member]):
    model = Voice
    extra = 0
    can_delete = False
    fields = ("glow_tts_dir", "status", "active", "mode", "demo", "created_at", "activated_at")
    show_change_link = True
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin[Member]):
    list_display = ["id", "name", "position", "birth", "slug"]
    list_display_links = ["id", "name"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [VoiceInline]


class DictionaryEntryResource(ModelResource):
    """A CSV of ``written,reading,member``; the member by its address name, or empty for all."""

    member = Field("member", "member", ForeignKeyWidget(Member, "slug"))

    class Meta:
        model = DictionaryEntry
        fields = ["written", "reading", "member"]
        import_id_fields = ["written", "member"]
        clean_model_instances = True
        skip_unchanged = True


@admin.register(DictionaryEntry)
class DictionaryEntryAdmin(ImportExportModelAdmin):
    resource_classes = [DictionaryEntryResource]
    formats = [CSV]
    list_display = ["written", "reading", "member", "updated_at"]
    list_filter = ["member"]
    list_select_related = ["member"]
    search_fields = ["written", "reading"]
    fields = ["written", "reading", "member", "preview"]
    readonly_fields = ["preview"]

    @admin.display(description=_("preview"))
    def preview(self, entry: DictionaryEntry) -> str:
        """A sentence with the word in it, as it will be said; after the first save."""
        if not entry.pk:
            return "—"
        written = f"{entry.written}은 오늘 {entry.written}으로 불렸어요."
        return f"{written} → {read(written, lexicon=lexicon_for(entry.member_id)).text}"


@admin.register(VoiceRequest)
class VoiceRequestAdmin(admin.ModelAdmin[VoiceRequest]):
    list_display = ["queued_at", "member", "what_was_asked", "status", "length", "listen"]
    list_filter = ["purpose", "status", "member", "format", "queued_at"]
    list_select_related = ["member"]
    search_fields = ["text", "client_uuid", "id"]
    date_hierarchy = "queued_at"
    show_full_result_count = False
    actions = ["cancel", "retry"]

    def get_readonly_fields(self, request: HttpRequest, obj: VoiceRequest | None = None) -> list[str]:
        return [field.name for field in VoiceRequest._meta.fields] + ["listen", "earlier_tries", "later_tries"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("text"))
    def what_was_asked(self, voice_request: VoiceRequest) -> str:
        # The table would squeeze Korean text to a column of syllables.
        return format_html('<div style="min-width: 14em">{}</div>', voice_request.text[:100])

    @admin.display(description=_("duration (s)"), ordering="duration_seconds")
    def length(self, voice_request: VoiceRequest) -> str:
        seconds = voice_request.duration_seconds
        return f"{seconds:.1f}" if seconds else "—"

    @admin.display(description=_("audio"))
    def listen(self, voice_request: VoiceRequest) -> str:
        if not voice_request.audio_name:
            return "—"
        # The address is signed when it is asked for, never for each row of a list.
        return format_html(
            '<audio controls preload="none" src="{}"></audio>', reverse("voice-request-audio", args=[voice_request.pk])
        )

    @admin.display(description=_("earlier tries"))
    def earlier_tries(self, voice_request: VoiceRequest) -> str:
        return _linked(voice_request.earlier_tries)

    @admin.display(description=_("later tries"))
    def later_tries(self, voice_request: VoiceRequest) -> str:
        return _linked(voice_request.later_tries)

    @admin.action(description=_("Cancel"), permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[VoiceRequest]) -> None:
        done = sum(voice_request.cancel() for voice_request in queryset)
        self.message_user(request, ngettext("%d request cancelled.", "%d requests cancelled.", done) % done)

    @admin.action(description=_("Try again"), permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[VoiceRequest]) -> None:
        again = queryset.filter(status__in=[VoiceRequest.Status.FAILED, VoiceRequest.Status.CANCELLED])
        done = len([voice_request.retry() for voice_request in again])
        self.message_user(request, ngettext("%d request queued again.", "%d requests queued again.", done) % done)


def _linked(tries: Iterable[VoiceRequest]) -> str:
    """When each was asked, what became of it and why, with a link to it."""
    lines = (
        (
            reverse("admin:voices_voicerequest_change", args=[one.pk]),
            date_format(localtime(one.queued_at), "DATETIME_FORMAT"),
            one.get_status_display(),
            f"{one.error_code} {one.error_detail}",
        )
        for one in tries
    )
    return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a> {} {}', lines) or "—"
