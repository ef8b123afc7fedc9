"""The rules of the first filter in the admin."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from voices.models import Rule


@admin.register(Rule)
class RuleAdmin(ModelAdmin):
    list_display = ["written", "kind", "effect", "reason", "member", "unless"]
    list_filter = ["kind", "effect", "reason", "member"]
    list_select_related = ["member"]
    search_fields = ["written", "unless"]
    fields = ["kind", "written", "unless", "effect", "reason", "member"]
