"""Voices in the admin: import one, read its card, listen to it, make it the member's, go back to the one before."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from voices.admin.player import player
from voices.consents import NoConsent
from voices.library import explain
from voices.library.check import WARNINGS
from voices.library.model_files import too_large_fields, uploaded_pair
from voices.models import CHECK_SENTENCE, NoVoiceBefore, Voice, VoiceNotUsable
from voices.queue import QueueFull
from voices.synth import read

AUDITIONS_SHOWN = 10


class NewVoiceForm(forms.ModelForm[Voice]):
    """The files of a checkpoint pair. A worker checks whether it can speak."""

    glow_tts = forms.FileField(label=gettext_lazy("acoustic model"), help_text="…g_checkpoint_….pth.tar")
    glow_tts_config = forms.FileField(label=gettext_lazy("its config"), help_text="…g_config.json")
    glow_tts_statistics = forms.FileField(
        label=gettext_lazy("its statistics"),
        help_text=gettext_lazy("…g_scale_stats.npy, if there is one"),
        required=False,
    )
    hifigan = forms.FileField(label=gettext_lazy("vocoder"), help_text="…h_checkpoint_….pth.tar")
    hifigan_config = forms.FileField(label=gettext_lazy("its config"), help_text="…h_config.json")
    hifigan_statistics = forms.FileField(
        label=gettext_lazy("its statistics"),
        help_text=gettext_lazy("…h_scale_stats.npy, if there is one"),
        required=False,
    )
    card = forms.FileField(
        label=gettext_lazy("card"), help_text=gettext_lazy("voice.toml, if there is one"), required=False
    )

    class Meta:
        model = Voice
        fields = ["member", "mode"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in too_large_fields(given):
            self.add_error(name, ValidationError(_("The file is too large."), "too_large"))
        return given


@admin.register(Voice)
class VoiceAdmin(ModelAdmin):
    list_display = ["member", "status", "active", "mode", "demo", "created_at", "activated_at"]
    list_filter = ["status", "active", "demo", "mode", "member"]
    list_select_related = ["member"]
    actions = ["make_active", "check_again"]
    change_form_template = "admin/voices/voice/change_form.html"
    fieldsets = [
        (None, {"fields": ["member", "mode", "status", "what_is_wrong", "what_to_know", "active", "activated_at"]}),
        (gettext_lazy("Auditions"), {"fields": ["heard"]}),
        (gettext_lazy("Card"), {"fields": ["what_its_card_says"]}),
        (
            gettext_lazy("Files"),
            {"fields": ["glow_tts_dir", "glow_tts_sha256", "hifigan_dir", "hifigan_sha256", "demo", "created_at"]},
        ),
    ]

    class Media:
        js = ["voices/follow.js"]
        css = {"all": ["voices/admin.css"]}

    # --- importing a voice ---

    def get_form(self, request: HttpRequest, obj: Voice | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": NewVoiceForm}), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Voice | None = None) -> Any:
        return self.fieldsets if obj else [(None, {"fields": list(NewVoiceForm.base_fields)})]

    def get_readonly_fields(self, request: HttpRequest, obj: Voice | None = None) -> list[str]:
        shown = [field.name for field in Voice._meta.fields]
        return [*shown, "what_is_wrong", "what_to_know", "heard", "what_its_card_says"] if obj else []

    def save_model(self, request: HttpRequest, obj: Voice, form: Any, change: bool) -> None:
        if change:
            return  # no field of a voice can be edited
        given = form.cleaned_data
        obj.__dict__.update(Voice.objects.import_pair(given["member"], uploaded_pair(given), given["mode"]).__dict__)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().add_view(request, *args, **kwargs)
            return answer
        except (QueueFull, NoConsent) as error:
            self.message_user(request, _why_not(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:voices_voice_changelist"))

    def response_add(self, request: HttpRequest, obj: Voice, post_url_continue: str | None = None) -> HttpResponse:
        self.message_user(request, _("A worker is checking whether the voice can speak."))
        return _back_to(obj)

    # --- the page of a voice ---

    @admin.display(description=gettext_lazy("what is wrong"))
    def what_is_wrong(self, voice: Voice) -> str:
        return explain.shown(voice.problem) or "—"

    @admin.display(description=gettext_lazy("warnings"))
    def what_to_know(self, voice: Voice) -> str:
        return format_html_join(mark_safe("<br>"), "{}", [(WARNINGS[code],) for code in voice.warnings]) or "—"

    @admin.display(description=gettext_lazy("what its voice.toml says"))
    def what_its_card_says(self, voice: Voice) -> str:
        if voice.card is None:
            return _("There is no card that can be read.")
        return format_html("<table>{}</table>", _rows(msgspec.to_builtins(voice.card)))

    @admin.display(description=gettext_lazy("auditions"))
    def heard(self, voice: Voice) -> str:
        lines = (
            (
                reverse("admin:voices_voicerequest_change", args=[one.pk]),
                one.text,
                one.get_status_display(),
                player(one) if one.audio_name else explain.shown(one.error_detail),
            )
            for one in voice.auditions.order_by("-queued_at")[:AUDITIONS_SHOWN]
        )
        return format_html_join("", '<p><a href="{}">{}</a> {}<br>{}</p>', lines) or "—"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        voice = self.get_object(request, object_id)
        can_change = voice is not None and self.has_change_permission(request, voice)
        if request.method == "GET" and voice and voice.problem and self.has_view_permission(request, voice):
            self.message_user(request, explain.shown(voice.problem), messages.ERROR)
        answer: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **(_offers(voice) if voice and can_change else {})}
        )
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: Voice | None = None) -> bool:
        # An active voice is deleted with its member only.
        return super().has_delete_permission(request, obj) and not (obj and obj.active)

    # --- its buttons and actions ---

    def get_urls(self) -> list[URLPattern]:
        act = path("<int:pk>/act/", self.admin_site.admin_view(self.act), name="voices_voice_act")
        return [act, *super().get_urls()]

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what a button of a voice's page asks for."""
        voice = get_object_or_404(Voice, pk=pk)
        if not self.has_change_permission(request, voice):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            done, shown = self._act(request.POST, voice)
            self.message_user(request, done)
        except (VoiceNotUsable, NoVoiceBefore, QueueFull, NoConsent, ValidationError) as error:
            shown = voice
            self.message_user(request, _why_not(error), messages.ERROR)
        return _back_to(shown)

    def _act(self, given: Mapping[str, Any], voice: Voice) -> tuple[str, Voice]:
        match given.get("what"):
            case "audition":
                text = str(given.get("text", "")).strip()
                if not text or len(text) > 200 or not read(text).sentences:
                    raise ValidationError(_("Type a sentence of at most 200 characters."))
                voice.audition(text)
                return _("A worker is speaking it."), voice
            case "activate":
                voice.make_active()
                return _("%(member)s speaks with this voice from now on.") % {"member": voice.member}, voice
            case "roll_back":
                before = voice.member.roll_back()
                return _("%(member)s speaks with this voice again.") % {"member": voice.member}, before
            case "check" if voice.status != Voice.Status.USABLE:
                voice.start_check()
                return _("A worker is checking whether the voice can speak."), voice
            case _:
                raise ValidationError(_("There is no such action."))

    @admin.action(description=gettext_lazy("Make it the member's voice"), permissions=["change"])
    def make_active(self, request: HttpRequest, queryset: QuerySet[Voice]) -> None:
        for voice in queryset:
            try:
                voice.make_active()
            except VoiceNotUsable as error:
                self.message_user(request, f"{voice}: {_why_not(error)}", messages.ERROR)

    @admin.action(description=gettext_lazy("Check again"), permissions=["change"])
    def check_again(self, request: HttpRequest, queryset: QuerySet[Voice]) -> None:
        for voice in queryset.exclude(status=Voice.Status.USABLE):
            voice.start_check()


def _offers(voice: Voice) -> dict[str, Any]:
    """Return the template's context: the buttons that a voice's status allows, and what is being spoken."""
    usable = voice.status == Voice.Status.USABLE
    buttons = []
    if usable and not voice.active:
        buttons.append(("activate", _("Make it the member's voice")))
    if voice.active and (before := voice.member.voice_before()):
        buttons.append(("roll_back", _("Back to the voice before (%(before)s)") % {"before": before.glow_tts_dir}))
    if not usable:
        buttons.append(("check", _("Check again")))
    pending = voice.auditions.filter(finished_at__isnull=True).order_by("queued_at").first()
    return {
        "act": reverse("admin:voices_voice_act", args=[voice.pk]),
        "buttons": buttons,
        "audition_label": _("A sentence to hear from it") if usable else "",
        "audition_text": CHECK_SENTENCE,
        "audition_button": _("Speak it"),
        "follow": reverse("voice-request-events", args=[pending.pk]) if pending else "",
        "waiting": _("A worker is speaking; the page shows it when it is done.") if pending else "",
        "show_save": False,
        "show_save_and_continue": False,
        "show_save_and_add_another": False,
    }


def _why_not(error: Exception) -> str:
    match error:
        case VoiceNotUsable():
            return _("This voice has not passed its check.")
        case NoVoiceBefore():
            return _("The member has had no usable voice before.")
        case NoConsent():
            return _("This member's voice may not be used for this right now.")
        case QueueFull():
            return _("Very many people are asking right now. Try again in a little while.")
        case _:
            return " ".join(getattr(error, "messages", [str(error)]))


def _back_to(voice: Voice) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:voices_voice_change", args=[voice.pk]))


def _rows(section: Mapping[str, Any]) -> str:
    """Show the names and values of a card; each section is a table of its own."""
    return format_html_join(
        "", "<tr><th>{}</th><td>{}</td></tr>", ((name, _value(value)) for name, value in section.items())
    )


def _value(value: Any) -> Any:
    match value:
        case dict():
            return format_html("<table>{}</table>", _rows(value))
        case list():
            return format_html_join("", "{}", ((_value(one),) for one in value)) or "—"
        case _:
            return "—" if value == "" else value
