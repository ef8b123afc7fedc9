"""Requests in the admin: find them, listen to them, cancel them or try them again."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from voices.admin.player import player
from voices.api.media import stored_file
from voices.library.explain import shown
from voices.models import VoiceRequest


@admin.register(VoiceRequest)
class VoiceRequestAdmin(ModelAdmin):
    list_display = ["queued_at", "member", "what_was_asked", "status", "length", "listen"]
    list_filter = ["purpose", "status", "member", "format", "queued_at"]
    list_select_related = ["member"]
    search_fields = ["text", "client_uuid", "id", "request_id"]
    date_hierarchy = "queued_at"
    show_full_result_count = False
    actions = ["cancel", "retry"]

    class Media:
        css = {"all": ["voices/admin.css"]}

    def get_readonly_fields(self, request: HttpRequest, obj: VoiceRequest | None = None) -> list[str]:
        in_words = ("error_detail", "readings", "dropped", "captions")
        own = [field.name for field in VoiceRequest._meta.fields if field.name not in in_words]
        return [*own, "own_readings", "left_out", "what_went_wrong", "listen", "earlier_tries", "later_tries"]

    def get_urls(self) -> list[URLPattern]:
        audio = path("<uuid:pk>/audio/", self.admin_site.admin_view(self.audio), name="voices_voicerequest_audio")
        return [audio, *super().get_urls()]

    def audio(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Play a request to staff, whatever its review says."""
        voice_request = get_object_or_404(VoiceRequest, pk=pk)
        if not self.has_view_permission(request, voice_request):
            raise PermissionDenied
        if not voice_request.audio_name or voice_request.withdrawn_for:
            raise Http404
        response = stored_file(request, voice_request.audio_name)
        response["Cache-Control"] = "private, no-store"
        return response

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("text"))
    def what_was_asked(self, voice_request: VoiceRequest) -> str:
        # Without a width the table breaks Korean text after each syllable.
        return format_html('<div class="request-text">{}</div>', voice_request.text[:100])

    @admin.display(description=_("duration (s)"), ordering="duration_seconds")
    def length(self, voice_request: VoiceRequest) -> str:
        seconds = voice_request.duration_seconds
        return f"{seconds:.1f}" if seconds else "—"

    @admin.display(description=_("audio"))
    def listen(self, voice_request: VoiceRequest) -> str:
        return player(voice_request)

    @admin.display(description=_("readings"))
    def own_readings(self, voice_request: VoiceRequest) -> str:
        return ", ".join(f"{written} → {read}" for written, read in voice_request.readings.items()) or "—"

    @admin.display(description=_("left out"))
    def left_out(self, voice_request: VoiceRequest) -> str:
        return " ".join(one["text"] for one in voice_request.dropped) or "—"

    @admin.display(description=_("error detail"))
    def what_went_wrong(self, voice_request: VoiceRequest) -> str:
        return shown(voice_request.error_detail) or "—"

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
    """Return a line for each try, with a link: when it was asked for, its status and its error."""
    lines = (
        (
            reverse("admin:voices_voicerequest_change", args=[one.pk]),
            date_format(localtime(one.queued_at), "DATETIME_FORMAT"),
            one.get_status_display(),
            f"{one.error_code} {shown(one.error_detail)}",
        )
        for one in tries
    )
    return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a> {} {}', lines) or "—"
