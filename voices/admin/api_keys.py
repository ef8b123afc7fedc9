"""API keys in the admin: make one, which is shown once, change its limits, or revoke it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework_api_key.admin import APIKeyModelAdmin

from voices.admin.owners import ForgettableAdmin
from voices.models import Owner


@admin.register(Owner)
class ApiKeyAdmin(ForgettableAdmin, APIKeyModelAdmin):
    """A key is revoked, and what it asked for stays its own; who deletes it forgets all that, too."""

    list_display = ("name", "prefix", "scope", "how_many", "expiry_date", "revoked")
    list_filter = ("scope",)
    fields = ["name", "prefix", "scope", "calls_per_minute", "max_waiting", "expiry_date", "revoked", "take_along"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Owner]:
        return super().get_queryset(request).filter(kind=Owner.Kind.API_KEY)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "take_along")

    def save_model(self, request: HttpRequest, obj: Any, form: Any = None, change: bool = False) -> None:
        if change:
            obj.save()
            return
        key = Owner.objects.assign_key(obj)
        obj.save()
        shown_once = _("The key of “%(name)s” is %(key)s – store it now, it can't be shown again.")
        messages.warning(request, shown_once % {"name": obj.name, "key": key})
