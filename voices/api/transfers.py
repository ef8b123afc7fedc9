"""``/api/transfers/``: carry one's voices to another device, by a code for one use."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from voices.api import fields
from voices.api.authentication import asker_of
from voices.api.errors import TokenRequired
from voices.api.permissions import MayAsk
from voices.api.serializers import ErrorSerializer
from voices.api.throttles import rates
from voices.api.voice_requests import REFUSALS
from voices.models import Transfer
from voices.owners import Owner

MAX_CODE_CHARACTERS = 64


class TransferSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="For one use. Show it as a link or a QR code, behind a `#`, to nobody else.")
    expires_at = serializers.DateTimeField()


class ClaimSerializer(serializers.Serializer[Any]):
    code = fields.TextField(max_length=MAX_CODE_CHARACTERS)
    merge = fields.BooleanField(
        default=False,
        help_text="What this device has asked for until now, with the token that is sent, comes along. "
        "Ask the person first: whoever made the code sees it then.",
    )


class ClaimedSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="This device's own, for the listener that the code was made by.")


class _View(APIView):
    permission_classes = [MayAsk]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts")


class TransfersView(_View):
    """Make a code that carries this listener to another device, within ten minutes. One made before ends."""

    @extend_schema(request=None, responses={201: TransferSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        code, transfer = Transfer.objects.begin(_listener(request))
        return _secret({"code": code, "expires_at": transfer.expires_at}, TransferSerializer)


class TransferClaimView(_View):
    """Use a code: this device becomes the same listener, with a token of its own."""

    @extend_schema(
        request=ClaimSerializer,
        responses={201: ClaimedSerializer, 400: ErrorSerializer, 410: ErrorSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        serializer = ClaimSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        token = Transfer.objects.claim(asked["code"], _listener(request) if asked["merge"] else None)
        return _secret({"token": token}, ClaimedSerializer)


def _listener(request: Request) -> Owner:
    owner = asker_of(request).owner
    if owner is None:
        raise TokenRequired
    if owner.is_api_key:
        raise PermissionDenied
    return owner


def _secret(content: dict[str, Any], serializer: type[serializers.Serializer[Any]]) -> Response:
    return Response(serializer(content).data, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})
