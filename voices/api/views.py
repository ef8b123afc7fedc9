"""Members, and requests from POST to audio."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.errors import IdempotencyConflict, NotInThisState
from voices.api.serializers import (
    ClientSerializer,
    ErrorSerializer,
    MemberSerializer,
    NewVoiceRequestSerializer,
    ServiceSerializer,
    VoiceRequestSerializer,
)
from voices.models import Member, Voice, VoiceRequest
from voices.queue import QueueFull
from voices.storage import temporary_url

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The same key and body give the same request, however often they are sent.",
)


PREFER = OpenApiParameter(
    "Prefer",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`wait=SECONDS`: hold the answer back for the audio, up to a limit that the service sets.",
)


class AliveView(APIView):
    """Says that the API is there, as the seed's ``GET /`` did, and what a client must know beforehand."""

    @extend_schema(responses=ServiceSerializer)
    def get(self, request: Request) -> Response:
        return Response({"result": "hello world!", "max_text_characters": settings.MAX_TEXT_CHARACTERS})


@extend_schema_view(retrieve=extend_schema(responses={200: MemberSerializer, 404: ErrorSerializer}))
class MemberViewSet(viewsets.ReadOnlyModelViewSet[Member]):
    """The members whose voices can be asked for."""

    serializer_class = MemberSerializer
    pagination_class = None
    queryset = Member.objects.annotate(has_voice=Exists(Voice.objects.filter(member=OuterRef("pk"), active=True)))


@extend_schema_view(retrieve=extend_schema(responses={200: VoiceRequestSerializer, 404: ErrorSerializer}))
class VoiceRequestViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[VoiceRequest]):
    """Requests for speech. Whoever knows a request's id may see and change it."""

    queryset = VoiceRequest.objects.all()
    serializer_class = VoiceRequestSerializer

    def get_queryset(self) -> QuerySet[VoiceRequest]:
        requests = super().get_queryset()
        if self.action != "list":
            return requests
        # Without it the list would show everybody's texts.
        client = ClientSerializer(data=self.request.query_params)
        client.is_valid(raise_exception=True)
        return requests.filter(client_uuid=client.validated_data["uuid"])

    @extend_schema(
        parameters=[ClientSerializer],
        responses={200: VoiceRequestSerializer(many=True), 400: ErrorSerializer, 404: ErrorSerializer},
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        request=NewVoiceRequestSerializer,
        parameters=[IDEMPOTENCY_KEY, PREFER],
        responses={
            303: OpenApiResponse(description="The audio, for who preferred to wait."),
            202: VoiceRequestSerializer,
            400: ErrorSerializer,
            422: ErrorSerializer,
            429: ErrorSerializer,
            500: ErrorSerializer,
        },
    )
    def create(self, request: Request) -> Response:
        serializer = NewVoiceRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return accepted(submit_once(serializer.validated_data, request.headers.get("Idempotency-Key")))

    @extend_schema(responses={204: None, 404: ErrorSerializer})
    def destroy(self, request: Request, pk: str | None = None) -> Response:
        self.get_object().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={200: VoiceRequestSerializer, 404: ErrorSerializer, 409: ErrorSerializer})
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        voice_request = self.get_object()
        if not voice_request.cancel():
            raise NotInThisState(_("This has already finished."), "not_cancellable")
        voice_request.refresh_from_db()
        return Response(self.get_serializer(voice_request).data)

    @extend_schema(request=None, responses={202: VoiceRequestSerializer, 404: ErrorSerializer, 409: ErrorSerializer})
    def retry(self, request: Request, pk: str | None = None) -> Response:
        voice_request = self.get_object()
        if not voice_request.is_retryable:
            raise NotInThisState(_("Only what failed can be tried again."), "not_retryable")
        return accepted(voice_request.retry())

    @extend_schema(
        parameters=[OpenApiParameter("download", bool, description="Save instead of play.")],
        responses={302: OpenApiResponse(description="The audio."), 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def audio(self, request: Request, pk: str | None = None) -> Any:
        voice_request = self.get_object()
        if not voice_request.audio_name:
            raise NotInThisState(_("There is no audio yet."), "not_ready")
        save_as = f"{voice_request.pk}.{voice_request.format}" if "download" in request.query_params else ""
        return HttpResponseRedirect(
            temporary_url(voice_request.audio_name, save_as), headers={"Cache-Control": "no-store"}
        )


def submit_once(fields: dict[str, Any], idempotency_key: str | None) -> VoiceRequest:
    """Submit a request, or find the one that this key has already submitted.

    Raises :class:`IdempotencyConflict` if that one asked for something else.
    """
    if not idempotency_key:
        return VoiceRequest.objects.submit(**fields)
    if len(idempotency_key) > 255:
        raise ValidationError({"Idempotency-Key": [_("At most 255 characters.")]}, "too_long")
    try:
        return VoiceRequest.objects.submit(**fields, idempotency_key=idempotency_key)
    except (IntegrityError, QueueFull):
        earlier = VoiceRequest.objects.filter(idempotency_key=idempotency_key).first()
        if earlier is None:  # it was something else that was refused
            raise
        if any(getattr(earlier, name) != value for name, value in fields.items()):
            raise IdempotencyConflict from None
        return earlier


def accepted(voice_request: VoiceRequest) -> Response:
    """202 with the address to ask."""
    return Response(
        VoiceRequestSerializer(voice_request).data,
        status=status.HTTP_202_ACCEPTED,
        headers={"Location": reverse("voice-request-detail", args=[voice_request.pk])},
    )
