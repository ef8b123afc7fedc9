"""Refuse query parameters that an address does not document: a filter with a typing error must not list everything."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import APIException

from voices.api.errors import RepeatedParameter, UnknownParameter, error_response_body

# By the name of the address, for reading. Other addresses and other methods take none; a test compares this with the
# API's schema.
PARAMETERS: dict[str, frozenset[str]] = {
    "voice-list": frozenset({"member", "page"}),
    "share-list": frozenset({"page", "request"}),
    "voice-request-list": frozenset({"page", "uuid"}),
    "voice-request-audio": frozenset({"download", "format"}),
    "voice-request-stream": frozenset({"format"}),
    "schema": frozenset({"format", "lang"}),
    "docs": frozenset({"lang", "script"}),
}
NO_SUCH_ADDRESS = "no-such-address"  # redirected with its query, or 404
_BOUND = ("/api/", "/media/")


class QueryParametersMiddleware(MiddlewareMixin):
    """Answer 400 for a parameter that is unknown, or given twice."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not request.path_info.startswith(_BOUND) or match is None or match.url_name == NO_SUCH_ADDRESS:
            return None
        method = "get" if request.method == "HEAD" else str(request.method).lower()
        if not _answers(view, method):
            return None  # it will be 405
        known = PARAMETERS.get(match.url_name or "", frozenset()) if method == "get" else frozenset()
        for name, values in request.GET.lists():
            if name not in known:
                return _refused(UnknownParameter(name))
            if len(values) > 1:
                return _refused(RepeatedParameter(name))
        return None


def _answers(view: Callable[..., Any], method: str) -> bool:
    """Return whether the view has an action of its own for the method."""
    if actions := getattr(view, "actions", None):  # of a DRF viewset
        return method in actions
    view_class = getattr(view, "cls", None)
    return view_class is None or (method != "options" and hasattr(view_class, method))


def _refused(refusal: APIException) -> HttpResponse:
    return JsonResponse(error_response_body(refusal), status=refusal.status_code)
