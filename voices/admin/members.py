"""Members in the admin, with the voices that they have and had."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from voices.models import Member, Voice


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
