"""``/api/voice-requests/``: submit a request, look at it, get its audio, cancel it, try it again, delete it."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from voices.api.authentication import asker_of
from voices.api.download import converted, file_name
from voices.api.errors import IdempotencyConflict, NotInThisState, TokenRequired
from voices.api.permissions import MayAsk, MayUse
from voices.api.serializers import (
    ClientSerializer,
    DownloadSerializer,
    ErrorSerializer,
    NewVoiceRequestSerializer,
    VoiceRequestSerializer,
)
from voices.api.throttles import rates
from voices.api.withheld import refuse_unheard
from voices.database import lock_until_commit
from voices.models import VoiceRequest
from voices.owners import Asker
from voices.storage import temporary_url

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Sent again with the same key and body, it gives the same request; with another body, 422.",
)


PREFER = OpenApiParameter(
    "Prefer",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`wait=SECONDS`: answer with the audio (303) if it is there by then; the service sets a limit.",
)

# What may be answered to anybody who asks for something.
REFUSALS = {401: ErrorSerializer, 403: ErrorSerializer, 429: ErrorSerializer}
SEEN_BY_ITS_ID = ("retrieve", "audio")


@extend_schema_view(
    retrieve=extend_schema(responses={200: VoiceRequestSerializer, 401: ErrorSerializer, 404: ErrorSerializer})
)
class VoiceRequestViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[VoiceRequest]):
    """Get a request: its status, its place in the queue, what will be said. Its id is all that is needed."""

    queryset = VoiceRequest.objects.all()
    serializer_class = VoiceRequestSerializer

    def get_permissions(self) -> list[BasePermission]:
        if self.action in SEEN_BY_ITS_ID:
            return []
        return [MayUse()] if self.action == "list" else [MayAsk()]

    def get_throttles(self) -> list[BaseThrottle]:
        if self.action == "list":
            return rates("lists")
        if self.action == "audio" and "format" in self.request.query_params:
            return rates("posts")  # another format is made each time it is asked for
        return rates("posts") if self.action in ("create", "retry", "again") else []

    def get_queryset(self) -> QuerySet[VoiceRequest]:
        requests = super().get_queryset()
        if self.action != "list":
            return requests
        asker = asker_of(self.request)
        if asker.owner is None:
            raise TokenRequired
        client = ClientSerializer(data=self.request.query_params.dict())
        client.is_valid(raise_exception=True)
        return requests.filter(asker.own_requests, purpose=VoiceRequest.Purpose.FAN, **client.validated_data)

    @extend_schema(
        parameters=[ClientSerializer],
        responses={200: VoiceRequestSerializer(many=True), 400: ErrorSerializer, 404: ErrorSerializer, **REFUSALS},
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the requests of the token or API key that is sent, the latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        request=NewVoiceRequestSerializer,
        parameters=[IDEMPOTENCY_KEY, PREFER],
        responses={
            303: OpenApiResponse(description="Redirects to the audio, for a client that preferred to wait."),
            202: VoiceRequestSerializer,
            400: ErrorSerializer,
            409: ErrorSerializer,
            422: ErrorSerializer,
            500: ErrorSerializer,
            **REFUSALS,
        },
    )
    def create(self, request: Request) -> Response:
        """Ask for speech. The answer is the queued request and, in ``Location``, its address."""
        serializer = NewVoiceRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        return accepted(submit_once(asker_of(request), serializer.validated_data, key))

    @extend_schema(responses={204: None, 404: ErrorSerializer, **REFUSALS})
    def destroy(self, request: Request, pk: str | None = None) -> Response:
        """Delete a request and its audio."""
        self.get_object().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=None,
        responses={200: VoiceRequestSerializer, 404: ErrorSerializer, 409: ErrorSerializer, **REFUSALS},
    )
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """Cancel a request that is queued or being spoken. 409 if it is finished."""
        voice_request = self.get_object()
        if not voice_request.cancel():
            raise NotInThisState(_("This has already finished."), "not_cancellable")
        voice_request.refresh_from_db()
        return Response(self.get_serializer(voice_request).data)

    @extend_schema(
        request=None,
        responses={202: VoiceRequestSerializer, 404: ErrorSerializer, 409: ErrorSerializer, **REFUSALS},
    )
    def retry(self, request: Request, pk: str | None = None) -> Response:
        """Ask again for what failed or was cancelled, as a new request. 409 for any other status."""
        voice_request = self.get_object()
        if not voice_request.is_retryable:
            raise NotInThisState(_("Only what failed can be tried again."), "not_retryable")
        return accepted(voice_request.retry())

    @extend_schema(
        request=None,
        responses={202: VoiceRequestSerializer, 404: ErrorSerializer, **REFUSALS},
    )
    def again(self, request: Request, pk: str | None = None) -> Response:
        """Ask for another take: the same with another seed, as a new request."""
        return accepted(self.get_object().another_take())

    @extend_schema(
        parameters=[DownloadSerializer],
        responses={
            (200, "audio/*"): OpenApiResponse(OpenApiTypes.BINARY, "The audio in the format that was asked for."),
            302: OpenApiResponse(description="Redirects to the audio."),
            400: ErrorSerializer,
            401: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
            429: ErrorSerializer,
        },
    )
    def audio(self, request: Request, pk: str | None = None) -> Any:
        """Redirect to the audio at an address that expires; in another format, answer with it. 409 if there is none.

        Saved, it is named by who speaks and what: `하늘_오늘도 정말.wav`.
        """
        voice_request = self.get_object()
        refuse_unheard(voice_request)
        wanted = DownloadSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        audio_format = wanted.validated_data.get("format", voice_request.format)
        save_as = file_name(voice_request, audio_format) if wanted.validated_data["download"] else ""
        if audio_format != voice_request.format:
            return converted(voice_request, audio_format, save_as)
        return HttpResponseRedirect(
            temporary_url(voice_request.audio_name, save_as), headers={"Cache-Control": "no-store"}
        )


def submit_once(asker: Asker, fields: dict[str, Any], idempotency_key: str | None) -> VoiceRequest:
    """Submit a request, or return the one that the asker submitted with the same key.

    Raises :class:`IdempotencyConflict` if that one has other fields.
    """
    if not idempotency_key:
        return VoiceRequest.objects.submit(asker, **fields)
    with transaction.atomic():
        earlier = submitted_with(idempotency_key, asker)
        if earlier is None:
            return VoiceRequest.objects.submit(asker, **fields, idempotency_key=idempotency_key)
        if earlier.batch or not asks_for(earlier, fields):
            raise IdempotencyConflict
        return earlier


def submitted_with(idempotency_key: str, asker: Asker) -> VoiceRequest | None:
    """Return the request that the asker submitted with a key, if any; nobody else submits with it until the commit."""
    if len(idempotency_key) > 255:
        raise ValidationError({"Idempotency-Key": [_("At most 255 characters.")]}, "too_long")
    # One at a time for each key: Postgres would log the row of a second insert, with the fan's text in it.
    lock_until_commit("key", idempotency_key)
    return VoiceRequest.objects.filter(asker.own_requests, idempotency_key=idempotency_key).first()


def asks_for(voice_request: VoiceRequest, fields: dict[str, Any]) -> bool:
    """Tell whether a request was submitted with these fields."""
    return all(getattr(voice_request, name) == value for name, value in fields.items())


def accepted(voice_request: VoiceRequest) -> Response:
    """Answer 202 with the request and its address."""
    return Response(
        VoiceRequestSerializer(voice_request).data,
        status=status.HTTP_202_ACCEPTED,
        headers={"Location": reverse("voice-request-detail", args=[voice_request.pk])},
    )
