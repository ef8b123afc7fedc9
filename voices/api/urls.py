"""Addresses below ``/api/``."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import Resolver404, path, re_path, resolve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.parsers import MultiPartParser

from voices.api.audio_stream import audio_stream
from voices.api.batch_events import batch_events
from voices.api.batch_files import batch_archive, batch_joined
from voices.api.batches import BatchViewSet
from voices.api.captions import CaptionsView, SubRipView, WebVttView
from voices.api.errors import not_found_json
from voices.api.events import voice_request_events
from voices.api.gate.query_parameters import NO_SUCH_ADDRESS
from voices.api.listeners import ListenersView
from voices.api.me import MeView, export
from voices.api.members import MemberViewSet
from voices.api.reading_proposals import ReadingProposalsView
from voices.api.service import AliveView
from voices.api.shares import ShareViewSet
from voices.api.text_preview import TextPreviewView
from voices.api.texts import texts
from voices.api.transfers import TransferClaimView, TransfersView
from voices.api.verifications import VerificationsView
from voices.api.voice_requests import VoiceRequestViewSet
from voices.api.voices import VoiceViewSet
from voices.api.waiting import voice_requests


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI without inline scripts and styles, which the Content-Security-Policy forbids."""

    url_name = "schema"
    template_name = "voices/api_docs.html"


def no_such_address(request: HttpRequest, rest: str) -> HttpResponse:
    """Redirect (308) an address that only lacks its last slash; answer any other with 404 and an error body."""
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
    path("text-preview/", TextPreviewView.as_view(), name="text-preview"),
    path("shares/", ShareViewSet.as_view({"get": "list", "post": "create"}), name="share-list"),
    path("shares/<str:token>/", ShareViewSet.as_view({"delete": "destroy"}), name="share-detail"),
    path("reading-proposals/", ReadingProposalsView.as_view(), name="reading-proposal-list"),
    path("verifications/", VerificationsView.as_view(), name="verification-list"),
    path("transfers/", TransfersView.as_view(), name="transfer-list"),
    path("transfers/claim/", TransferClaimView.as_view(), name="transfer-claim"),
    path("listeners/", ListenersView.as_view(), name="listener-list"),
    path("me/", MeView.as_view(), name="me"),
    path("me/export.zip", export, name="me-export"),
    path("members/", MemberViewSet.as_view({"get": "list"}), name="member-list"),
    path("members/<int:pk>/", MemberViewSet.as_view({"get": "retrieve"}), name="member-detail"),
    path(
        "voices/",
        VoiceViewSet.as_view({"get": "list", "post": "create"}, parser_classes=[MultiPartParser]),
        name="voice-list",
    ),
    path("voices/<int:pk>/", VoiceViewSet.as_view({"get": "retrieve"}), name="voice-detail"),
    path("voices/<int:pk>/audition/", VoiceViewSet.as_view({"post": "audition"})),
    path("voices/<int:pk>/activate/", VoiceViewSet.as_view({"post": "activate"})),
    path("members/<int:pk>/roll-back/", VoiceViewSet.as_view({"post": "roll_back"})),
    path("batches/", BatchViewSet.as_view({"post": "create"}), name="batch-list"),
    path("batches/<uuid:pk>/", BatchViewSet.as_view({"get": "retrieve"}), name="batch-detail"),
    path("batches/<uuid:pk>/cancel/", BatchViewSet.as_view({"post": "cancel"})),
    path("batches/<uuid:pk>/events/", batch_events, name="batch-events"),
    path("batches/<uuid:pk>/archive.zip", batch_archive, name="batch-archive"),
    path("batches/<uuid:pk>/joined/", batch_joined, name="batch-joined"),
    path("voice-requests/", voice_requests, name="voice-request-list"),
    path(
        "voice-requests/<uuid:pk>/",
        VoiceRequestViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="voice-request-detail",
    ),
    path("voice-requests/<uuid:pk>/events/", voice_request_events, name="voice-request-events"),
    path("voice-requests/<uuid:pk>/audio/", VoiceRequestViewSet.as_view({"get": "audio"}), name="voice-request-audio"),
    path("voice-requests/<uuid:pk>/audio/stream", audio_stream, name="voice-request-stream"),
    path("voice-requests/<uuid:pk>/captions.json", CaptionsView.as_view(), name="voice-request-captions"),
    path("voice-requests/<uuid:pk>/captions.srt", SubRipView.as_view(), name="voice-request-subrip"),
    path("voice-requests/<uuid:pk>/captions.vtt", WebVttView.as_view(), name="voice-request-webvtt"),
    path("voice-requests/<uuid:pk>/cancel/", VoiceRequestViewSet.as_view({"post": "cancel"})),
    path("voice-requests/<uuid:pk>/again/", VoiceRequestViewSet.as_view({"post": "again"})),
    path("voice-requests/<uuid:pk>/retry/", VoiceRequestViewSet.as_view({"post": "retry"})),
    path("schema/", SpectacularAPIView.as_view(authentication_classes=[]), name="schema"),
    path("docs/", DocsView.as_view(authentication_classes=[]), name="docs"),
    re_path(r"^(?P<rest>[\s\S]*)$", no_such_address, name=NO_SUCH_ADDRESS),
]
