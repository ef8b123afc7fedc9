"""Addresses below ``/api/``."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import Resolver404, include, path, re_path, resolve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from voices.api.errors import not_found_json
from voices.api.events import voice_request_events
from voices.api.texts import texts
from voices.api.views import AliveView, MemberViewSet, VoiceRequestViewSet

router = SimpleRouter(use_regex_path=False)
router.register("members", MemberViewSet, "member")
router.register("voice-requests", VoiceRequestViewSet, "voice-request")


def no_such_address(request: HttpRequest, rest: str) -> HttpResponse:
    """A forgotten last slash is forgiven, body and method kept; all else is 404 in our shape."""
    try:
        if not rest.endswith("/") and resolve(f"{request.path}/").func is not no_such_address:
            query = f"?{request.META['QUERY_STRING']}" if request.META["QUERY_STRING"] else ""
            return HttpResponsePermanentRedirect(f"{request.path}/{query}", preserve_request=True)
    except (Http404, Resolver404):
        pass
    return JsonResponse(not_found_json(), status=404)


no_such_address.csrf_exempt = True  # type: ignore[attr-defined]

urlpatterns = [
    path("", AliveView.as_view(), name="alive"),
    re_path(r"^texts/?$", texts, name="texts"),
    path("voice-requests/<uuid:pk>/events/", voice_request_events, name="voice-request-events"),
    path("", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    re_path(r"^(?P<rest>.*)$", no_such_address),
]
