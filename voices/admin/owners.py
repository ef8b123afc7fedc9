"""What the pages of API keys and of listeners have in common: take along what is kept of one, or forget it.

Deleting an owner in the admin is forgetting it; Django's own page asks first, and says what goes.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from voices.api.me import export_response
from voices.forgetting import forget
from voices.models import Listener, Owner, ReadingProposal, Share, VoiceRequest
from voices.owners import Asker


class ForgettableAdmin(ModelAdmin):
    """Lists owners that can be exported and forgotten."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        owners: QuerySet[Any] = super().get_queryset(request).filter(acts_for=None, forgotten_at=None)
        owners = owners.annotate(request_count=Count("requests"), last_asked_at=Max("requests__queued_at"))
        return owners

    @admin.display(description=gettext_lazy("voice requests"), ordering="request_count")
    def how_many(self, owner: Any) -> str:
        address = reverse("admin:voices_voicerequest_changelist")
        return format_html('<a href="{}?owner__id__exact={}">{}</a>', address, owner.pk, owner.request_count)

    @admin.display(description=gettext_lazy("last asked at"), ordering="last_asked_at")
    def last_asked(self, owner: Any) -> Any:
        return owner.last_asked_at

    @admin.display(description=gettext_lazy("to take along"))
    def take_along(self, owner: Owner) -> str:
        if not owner.pk:
            return "—"
        return format_html('<a href="{}">voices.zip</a>', reverse(self._export_name(), args=[owner.pk]))

    def get_urls(self) -> list[URLPattern]:
        name = self._export_name().removeprefix("admin:")
        return [path("<int:pk>/export.zip", self.admin_site.admin_view(self.export), name=name), *super().get_urls()]

    def export(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send all that is kept of an owner."""
        owner = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, owner):
            raise PermissionDenied
        return export_response(owner, Asker())

    def get_deleted_objects(self, objs: Iterable[Owner], request: HttpRequest) -> tuple[Any, Any, set[Any], list[Any]]:
        """Say how much goes, without loading it."""
        owners = [owner.pk for owner in objs]
        of_them = Q(owner__in=owners)
        counts = {
            VoiceRequest._meta.verbose_name_plural: VoiceRequest.objects.filter(of_them).count(),
            Share._meta.verbose_name_plural: Share.objects.filter(request__owner__in=owners).count(),
            ReadingProposal._meta.verbose_name_plural: ReadingProposal.objects.filter(of_them).count(),
        }
        lacking = set() if self.has_delete_permission(request) else {self.opts.verbose_name}
        return [str(owner) for owner in Owner.objects.filter(pk__in=owners)], counts, lacking, []

    def delete_model(self, request: HttpRequest, obj: Owner) -> None:
        # What one batch leaves goes by the queue: the page does not wait for it.
        forget(obj, seconds=0.0)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for owner in queryset:
            self.delete_model(request, owner)

    def _export_name(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_export"


@admin.register(Listener)
class ListenerAdmin(ForgettableAdmin):
    """Listeners, who have no names: one is found by a request of theirs."""

    list_display = ["number", "how_many", "last_asked", "created"]
    fields = readonly_fields = ("number", "created", "how_many", "last_asked", "take_along")
    search_fields = ["prefix", "requests__id", "requests__text"]
    search_help_text = gettext_lazy("The number of one of its requests, some of what it asked for, or its token.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(kind=Owner.Kind.LISTENER)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        # Of a token, only the beginning is stored.
        known = search_term.partition(".")[0] if Owner.objects.is_form_of_key(search_term) else search_term
        return super().get_search_results(request, queryset, known)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("number"), ordering="pk")
    def number(self, listener: Listener) -> str:
        return _("Listener %(number)s") % {"number": listener.pk}
