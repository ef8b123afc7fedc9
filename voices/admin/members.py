"""Members in the admin: what fans are shown of them, and the voices that they have and had."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from voices.api.media import picture_url
from voices.models import Consent, Member, Suggestion, Voice
from voices.pictures import Picture, read_picture, small_of
from voices.profile import MAX_SUGGESTIONS


class LinksField(forms.CharField):
    """A link a line: its name, and its address."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{name} {url}" for name, url in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        lines = [line.split() for line in (value or "").splitlines() if line.strip()]
        if any(len(line) < 2 for line in lines):
            raise ValidationError(_("Write a name and an address into each line."), "invalid")
        return {" ".join(line[:-1]): line[-1] for line in lines}


class MemberForm(forms.ModelForm[Member]):
    links = LinksField(
        label=_("links"), required=False, help_text=_("One a line: its name, a space, and its https:// address.")
    )
    new_picture = forms.FileField(
        label=_("new picture"), required=False, help_text=_("A JPEG, PNG or WebP. It is made smaller.")
    )
    no_picture = forms.BooleanField(label=_("show no picture"), required=False)

    class Meta:
        model = Member
        exclude = ["picture"]  # noqa: DJ006  # it is read and written anew, below

    def clean_new_picture(self) -> Picture | None:
        upload = self.cleaned_data["new_picture"]
        return read_picture(upload) if upload else None


class SuggestionInline(TabularInline):
    model = Suggestion
    extra = 1
    max_num = MAX_SUGGESTIONS
    fields = ("label", "label_en", "text", "place")


class VoiceInline(TabularInline):
    model = Voice
    extra = 0
    can_delete = False
    fields = ("glow_tts_dir", "status", "active", "mode", "demo", "created_at", "activated_at")
    show_change_link = True
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Member)
class MemberAdmin(ModelAdmin):
    form = MemberForm
    list_display = ["id", "name", "position", "birth", "slug", "consent"]
    list_display_links = ["id", "name"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["picture_now"]
    inlines = [SuggestionInline, VoiceInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "position", "birth", "tmi", "links"]}),
        (_("Look and voice"), {"fields": ["picture_now", "new_picture", "no_picture", "hue", "greeting"]}),
        (_("In English"), {"fields": ["name_en", "position_en", "tmi_en", "greeting_en"]}),
    ]

    @admin.display(description=_("consent"))
    def consent(self, member: Member) -> str:
        return str(Consent.objects.state_of(member.pk).label)

    @admin.display(description=_("picture"))
    def picture_now(self, member: Member) -> str:
        name = member.picture.name
        url = picture_url(small_of(name)) if name else None
        return format_html('<img src="{}" alt="" width="120">', url) if url else "—"

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if picture := form.cleaned_data.get("new_picture"):
            obj.change_picture(picture)
        elif form.cleaned_data.get("no_picture"):
            obj.change_picture(None)
