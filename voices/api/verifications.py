"""``POST /api/verifications/``: whether a sound file was made by this service."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from voices.api.permissions import MayUse
from voices.api.serializers import ErrorSerializer
from voices.api.throttles import rates
from voices.api.voice_requests import REFUSALS
from voices.choices import MadeHere
from voices.intake.sound import SoundRefused
from voices.models import Origin
from voices.verification import Verdict, verify

SOUND_REFUSALS = {
    "not_sound": _("This file can't be read as sound. WAV, MP3, FLAC and Ogg can."),
    "sound_too_large": _("The file is too large: at most 20 MB."),
    "sound_too_long": _("The file is too long: at most 20 minutes."),
}


class NewVerificationSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="WAV, MP3, FLAC or Ogg; at most 20 MB and 20 minutes.")


class OriginSerializer(serializers.ModelSerializer[Origin]):
    """An audio that the service made; its request is named as in the mark of the file."""

    request = serializers.CharField(source="reference")

    class Meta:
        model = Origin
        fields = read_only_fields = ["member", "voice", "made_at", "request"]


class VerificationSerializer(serializers.Serializer[Verdict]):
    made_here = serializers.ChoiceField(choices=MadeHere.choices)
    message = serializers.CharField(source="made_here.label", help_text="The same in the language of Accept-Language.")
    origins = OriginSerializer(many=True, help_text="What was found in it, the most alike first.")
    mark = serializers.DictField(
        child=serializers.CharField(), help_text="What the file's metadata say of AI, whoever wrote them."
    )


class VerificationsView(APIView):
    """Find out whether a sound file was made by this service. The file is not kept."""

    permission_classes = [MayUse]
    parser_classes = [MultiPartParser]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("verifications")

    @extend_schema(
        request={MultiPartParser.media_type: NewVerificationSerializer},
        responses={200: VerificationSerializer, 400: ErrorSerializer, 413: ErrorSerializer, 415: ErrorSerializer}
        | REFUSALS,
    )
    def post(self, request: Request) -> Response:
        serializer = NewVerificationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            verdict = verify_upload(serializer.validated_data["file"])
        except SoundRefused as refused:
            raise ValidationError({"file": [SOUND_REFUSALS[refused.code]]}, refused.code) from None
        return Response(VerificationSerializer(verdict).data)


def verify_upload(file: UploadedFile[Any]) -> Verdict:
    """Find out about an uploaded file. Raises :class:`voices.intake.sound.SoundRefused`."""
    with NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        return verify(Path(copy.name))
