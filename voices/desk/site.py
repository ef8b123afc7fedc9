"""The admin's site: django-unfold's, without what our Content-Security-Policy forbids."""

from typing import Any

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class DeskSite(UnfoldAdminSite):
    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        # unfold would write the colours into a style element, which the policy blocks; desk.css has them.
        return {**super().each_context(request), "colors": None, "border_radius": None}
