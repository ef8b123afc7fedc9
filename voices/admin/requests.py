"""Requests in the admin: find them, listen to them, review them, cancel them or try them again."""

import unicodedata
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from voices.admin.review import REJECTING, REPORTED, FoundByRule, ReviewPages, ToReview
from voices.api.errors import failure_message
from voices.api.media import stored_file
from voices.library.explain import shown
from voices.models import VoiceRequest
from voices.queue import QueueFull


@admin.register(VoiceRequest)
class VoiceRequestAdmin(ReviewPages, ModelAdmin):
    list_display = ["face", "words", "listen", "state", "waits", "decide"]
    list_display_links = None  # the text leads to the request's page
    list_filter = [ToReview, "review_status", "status", "member", FoundByRule, "purpose", "format", "queued_at"]
    list_select_related = ["member"]
    list_before_template = "admin/voices/voicerequest/keys.html"
    search_fields = ["text", "spoken_text", "client_uuid", "id", "request_id"]
    date_hierarchy = "queued_at"
    show_full_result_count = False
    actions = ["approve_all", "hold_all", *REJECTING, "cancel", "retry"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "member", "text", "spoken_text", "left_out", "listen", "state", "decide", "hits", "reviewed_by",
                    "reviewed_at", "review_note", "tries_in_words", "what_went_wrong", "voice_hash", "seed", "act",
                ]
            },
        ),
        (_("Other tries"), {"fields": ["earlier_tries", "later_tries"]}),
        (
            _("How it was asked for, and the machinery"),
            {
                "classes": ["collapse"],
                "fields": [
                    "id", "request_id", "purpose", "owner", "client_uuid", "client_created_at", "markup",
                    "format", "speed", "own_readings", "fresh", "priority", "status", "attempt", "sentences_done",
                    "sentences_total", "queued_at", "started_at", "finished_at", "voice", "audio_name",
                    "audio_size", "audio_sha256", "duration_seconds", "error_code", "withdrawn_for",
                    "withdrawn_at",
                ],
            },
        ),
    ]  # fmt: skip

    class Media:
        css = {"all": ["voices/admin.css"]}
        js = ["voices/review.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[VoiceRequest]:
        requests: QuerySet[VoiceRequest] = super().get_queryset(request)
        return requests.annotate(is_reported=REPORTED).prefetch_related("rule_hits")

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return self.list_display if self.has_change_permission(request) else self.list_display[:-1]

    def get_fieldsets(self, request: HttpRequest, obj: VoiceRequest | None = None) -> Any:
        people, *others = self.fieldsets
        if self.has_change_permission(request, obj):
            return self.fieldsets
        shown = [name for name in people[1]["fields"] if name not in ("decide", "act")]
        return [(people[0], {**people[1], "fields": shown}), *others]

    def get_readonly_fields(self, request: HttpRequest, obj: VoiceRequest | None = None) -> list[str]:
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        # Macs send Hangul taken apart.
        return super().get_search_results(request, queryset, unicodedata.normalize("NFC", search_term))

    def get_urls(self) -> list[URLPattern]:
        audio = path("<uuid:pk>/audio/", self.admin_site.admin_view(self.audio), name="voices_voicerequest_audio")
        decide = path("<uuid:pk>/decide/", self.admin_site.admin_view(self.decision), name="voices_voicerequest_decide")
        act = path("<uuid:pk>/act/", self.admin_site.admin_view(self.acted), name="voices_voicerequest_act")
        return [audio, decide, act, *super().get_urls()]

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

    def acted(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Cancel a request, or ask for it again, as a button on its page says."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        voice_request = get_object_or_404(VoiceRequest, pk=pk)
        try:
            match request.POST.get("act"):
                case "cancel" if voice_request.cancel():
                    self.message_user(request, gettext("Cancelled."))
                case "retry" if voice_request.is_retryable:
                    voice_request = voice_request.retry()
                    self.message_user(request, gettext("Queued again, as this request."))
                case "again":
                    voice_request = voice_request.another_take()
                    self.message_user(request, gettext("Queued again with another melody, as this request."))
                case _:
                    self.message_user(request, gettext("That is not possible any more."), messages.WARNING)
        except QueueFull:
            self.message_user(request, gettext("Too many requests are waiting. Try again later."), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:voices_voicerequest_change", args=[voice_request.pk]))

    @admin.display(description=_("what else can be done"))
    def act(self, voice_request: VoiceRequest) -> str:
        address = reverse("admin:voices_voicerequest_act", args=[voice_request.pk])
        possible = [
            ("cancel", gettext("Cancel"), not voice_request.is_terminal),
            ("retry", gettext("Try again"), voice_request.is_retryable),
            ("again", gettext("Another take"), voice_request.is_terminal),
        ]
        buttons = ((name, address, label) for name, label, now in possible if now)
        return format_html_join(
            mark_safe(" "),
            '<button class="button desk-button" name="act" value="{}" formaction="{}">{}</button>',
            buttons,
        )

    @admin.display(description=_("attempts"))
    def tries_in_words(self, voice_request: VoiceRequest) -> str:
        if not voice_request.attempt:
            return gettext("Not begun yet.")
        return ngettext("Begun %d time.", "Begun %d times.", voice_request.attempt) % voice_request.attempt

    @admin.display(description=_("what went wrong"))
    def what_went_wrong(self, voice_request: VoiceRequest) -> str:
        if not voice_request.error_code:
            return "—"
        return f"{failure_message(voice_request.error_code)} {shown(voice_request.error_detail)}".strip()

    @admin.display(description=_("voice (hash)"))
    def voice_hash(self, voice_request: VoiceRequest) -> str:
        voice = voice_request.voice
        return f"{voice.glow_tts_sha256[:12]} + {voice.hifigan_sha256[:12]}" if voice else "—"

    @admin.display(description=_("readings"))
    def own_readings(self, voice_request: VoiceRequest) -> str:
        return ", ".join(f"{written} → {read}" for written, read in voice_request.readings.items()) or "—"

    @admin.display(description=_("left out"))
    def left_out(self, voice_request: VoiceRequest) -> str:
        return " ".join(one["text"] for one in voice_request.dropped) or "—"

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
