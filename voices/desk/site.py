"""The admin's site: django-unfold's, without what our Content-Security-Policy forbids."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path
from unfold.sites import UnfoldAdminSite

from voices.desk.statistics import statistics


class DeskSite(UnfoldAdminSite):
    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = path("statistics/", self.admin_view(statistics), name="statistics")
        return [own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        # unfold would write the colours into a style element, which the policy blocks; desk.css has them.
        return {**super().each_context(request), "colors": None, "border_radius": None}
