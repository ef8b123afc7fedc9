"""``/api/shares/``: give out the address of a request's share page, list one's own, withdraw one."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from voices.api import fields
from voices.api.authentication import asker_of
from voices.api.errors import NotInThisState, NotYours, TokenRequired
from voices.api.permissions import MayAsk, MayUse
from voices.api.serializers import ErrorSerializer
from voices.api.throttles import rates
from voices.api.voice_requests import REFUSALS
from voices.api.withheld import refuse_unheard
from voices.models import Share, VoiceRequest


class NewShareSerializer(serializers.Serializer[Any]):
    request = fields.UUIDField(help_text="The id of one's own request, which has succeeded.")


class SharedRequestSerializer(serializers.Serializer[Any]):
    """Which of one's own shares are listed."""

    request = serializers.UUIDField(required=False, help_text="Only that of this request.")


class ShareSerializer(serializers.ModelSerializer[Share]):
    """The address at which anybody hears a request."""

    url = serializers.SerializerMethodField(help_text="The page to send to somebody.")

    class Meta:
        model = Share
        fields = read_only_fields = ["token", "url", "request", "created_at", "expires_at"]
        extra_kwargs = {"request": {"allow_null": False}}

    def get_url(self, share: Share) -> str:
        request: Request = self.context["request"]
        return request.build_absolute_uri(reverse("share", args=[share.token]))


class ShareViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Share]):
    """Give out what was spoken, and take it back."""

    queryset = Share.objects.live()
    serializer_class = ShareSerializer
    lookup_field = "token"

    def get_permissions(self) -> list[BasePermission]:
        return [MayUse()] if self.action == "list" else [MayAsk()]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("lists") if self.action == "list" else rates("posts") if self.action == "create" else []

    def get_queryset(self) -> QuerySet[Share]:
        asker = asker_of(self.request)
        if asker.owner is None:
            raise TokenRequired
        asked = SharedRequestSerializer(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return super().get_queryset().filter(request__owner=asker.owner, **asked.validated_data)

    @extend_schema(
        parameters=[SharedRequestSerializer],
        responses={200: ShareSerializer(many=True), 400: ErrorSerializer, 404: ErrorSerializer, **REFUSALS},
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the addresses that one has given out and that still work, the latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        request=NewShareSerializer,
        responses={
            201: ShareSerializer,
            400: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
            **REFUSALS,
        },
    )
    def create(self, request: Request) -> Response:
        """Give out a request. Given out again, it keeps its address, which expires later."""
        asked = NewShareSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        voice_request = get_object_or_404(VoiceRequest, pk=asked.validated_data["request"])
        if not asker_of(request).owns(voice_request):
            raise NotYours
        with transaction.atomic():
            refuse_unheard(voice_request)
            if voice_request.purpose != VoiceRequest.Purpose.FAN:
                raise NotInThisState(_("There is no audio yet."), "not_ready")
            share = Share.objects.give_out(voice_request)
        return Response(self.get_serializer(share).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None, 404: ErrorSerializer, **REFUSALS})
    def destroy(self, request: Request, token: str) -> Response:
        """Withdraw an address: at once nobody hears anything there any more."""
        share = get_object_or_404(Share.objects.live().select_related("request"), token=token)
        if share.request is None or not asker_of(request).owns(share.request):
            raise NotYours
        share.withdraw()
        return Response(status=status.HTTP_204_NO_CONTENT)
