"""``POST /api/listeners/``: the token by which a listener owns what it asks for."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from voices.api import fields
from voices.api.permissions import MayAsk
from voices.api.serializers import ErrorSerializer
from voices.api.throttles import rates
from voices.api.voice_requests import REFUSALS
from voices.constraints import SAFE_NAME
from voices.owners import Owner


class NewListenerSerializer(serializers.Serializer[Any]):
    uuid = fields.TextField(
        default="", allow_blank=True, validators=[SAFE_NAME], help_text="The client's own id, which is only a name."
    )


class ListenerSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="For `Authorization: Bearer …`. It is shown once, and not stored.")


class ListenersView(APIView):
    """Get a token. Requests that are sent with it are listed, cancelled and deleted with it."""

    permission_classes = [MayAsk]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts")

    @extend_schema(
        request=NewListenerSerializer,
        responses={201: ListenerSerializer, 400: ErrorSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        serializer = NewListenerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        token = Owner.objects.add_listener(serializer.validated_data["uuid"])
        return Response({"token": token}, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})
