"""``/api/voices/``, for staff: import a voice, listen to it, make it the member's, go back to the one before."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api import fields
from voices.api.errors import NotInThisState
from voices.api.permissions import MayWorkOnVoices
from voices.api.serializers import UNKNOWN_MEMBER, ErrorSerializer, SpeakableTextField, VoiceRequestSerializer
from voices.api.voice_requests import accepted
from voices.library.check import WARNINGS
from voices.library.explain import problem_in, shown_twice
from voices.library.model_files import too_large_fields, uploaded_pair
from voices.models import Member, NoVoiceBefore, Voice, VoiceNotUsable


class WarningSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class VoiceSerializer(serializers.ModelSerializer[Voice]):
    """A voice, its check and its card."""

    problem = serializers.SerializerMethodField(help_text="In the language of Accept-Language, and in English.")
    problem_code = serializers.SerializerMethodField(help_text="Why a file was refused; empty if none was.")
    warnings = serializers.SerializerMethodField()
    card = serializers.SerializerMethodField(help_text="The content of its voice.toml: what it was made of.")

    class Meta:
        model = Voice
        fields = read_only_fields = [
            "id", "member", "mode", "status", "problem", "problem_code", "warnings", "active", "demo", "created_at",
            "activated_at", "glow_tts_dir", "hifigan_dir", "glow_tts_sha256", "hifigan_sha256", "card",
        ]  # fmt: skip

    def get_problem(self, voice: Voice) -> str:
        return shown_twice(voice.problem)

    def get_problem_code(self, voice: Voice) -> str:
        problem = problem_in(voice.problem)
        return problem.code if problem else ""

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, voice: Voice) -> list[dict[str, str]]:
        return [{"code": code, "message": str(WARNINGS[code])} for code in voice.warnings]

    @extend_schema_field({"type": "object", "nullable": True, "additionalProperties": {}})
    def get_card(self, voice: Voice) -> dict[str, Any] | None:
        return msgspec.to_builtins(voice.card) if voice.card else None


class NewVoiceSerializer(serializers.Serializer[Voice]):
    """The files of a checkpoint pair; their names don't matter."""

    member = serializers.PrimaryKeyRelatedField(queryset=Member.objects.all(), error_messages=UNKNOWN_MEMBER)
    mode = serializers.ChoiceField(choices=Voice.Mode.choices)
    glow_tts = serializers.FileField(help_text="The acoustic model's checkpoint.")
    glow_tts_config = serializers.FileField()
    glow_tts_statistics = serializers.FileField(required=False, help_text="scale_stats.npy, where the config needs it.")
    hifigan = serializers.FileField(help_text="The vocoder's checkpoint.")
    hifigan_config = serializers.FileField()
    hifigan_statistics = serializers.FileField(required=False)
    card = serializers.FileField(required=False, help_text="voice.toml")

    def validate(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        for name in too_large_fields(given):
            raise serializers.ValidationError({name: [_("The file is too large.")]}, "too_large")
        return given


class AuditionSerializer(serializers.Serializer[Voice]):
    text = SpeakableTextField()


_REFUSALS = {401: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer}


@extend_schema_view(retrieve=extend_schema(responses={200: VoiceSerializer, **_REFUSALS}))
class VoiceViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Voice]):
    """Get a voice. For staff, by a token (``Authorization: Token …``) or the session of the admin."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [MayWorkOnVoices]

    queryset = Voice.objects.all()
    serializer_class = VoiceSerializer

    def get_queryset(self) -> QuerySet[Voice]:
        voices = super().get_queryset()
        if self.action == "list" and "member" in self.request.query_params:
            member = fields.LenientMemberField(queryset=Member.objects.all(), error_messages=UNKNOWN_MEMBER)
            return voices.filter(member=member.run_validation(self.request.query_params["member"]))
        return voices

    @extend_schema(
        parameters=[OpenApiParameter("member", OpenApiTypes.INT, description="Only the voices of this member.")],
        responses={200: VoiceSerializer(many=True), 400: ErrorSerializer, **_REFUSALS},
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the voices that members have and had, the latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        request={MultiPartParser.media_type: NewVoiceSerializer},
        responses={
            202: VoiceSerializer, 400: ErrorSerializer, 401: ErrorSerializer, 403: ErrorSerializer,
            413: ErrorSerializer, 415: ErrorSerializer, 429: ErrorSerializer,
        },
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Import a pair. A worker checks it: ``status`` becomes ``usable``, or ``unusable`` with the ``problem``."""
        serializer = NewVoiceSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        voice = Voice.objects.import_pair(given["member"], uploaded_pair(given), given["mode"])
        return Response(
            VoiceSerializer(voice).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("voice-detail", args=[voice.pk])},
        )

    @extend_schema(
        request=AuditionSerializer,
        responses={202: VoiceRequestSerializer, 400: ErrorSerializer, 409: ErrorSerializer, 429: ErrorSerializer}
        | _REFUSALS,
    )
    def audition(self, request: Request, pk: str | None = None) -> Response:
        """Let the voice speak a text, active or not. The answer is a request like any other."""
        voice = self.get_object()
        serializer = AuditionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            return accepted(voice.audition(serializer.validated_data["text"]))
        except VoiceNotUsable:
            raise not_usable() from None

    @extend_schema(request=None, responses={200: VoiceSerializer, 409: ErrorSerializer, **_REFUSALS})
    def activate(self, request: Request, pk: str | None = None) -> Response:
        """Make it the member's voice, from the next request on."""
        voice = self.get_object()
        try:
            voice.make_active()
        except VoiceNotUsable:
            raise not_usable() from None
        return Response(VoiceSerializer(voice).data)

    @extend_schema(request=None, responses={200: VoiceSerializer, 409: ErrorSerializer, **_REFUSALS})
    def roll_back(self, request: Request, pk: str | None = None) -> Response:
        """Activate the voice that the member had before."""
        try:
            voice = get_object_or_404(Member, pk=pk).roll_back()
        except NoVoiceBefore:
            raise NotInThisState(_("The member has had no usable voice before."), "no_voice_before") from None
        return Response(VoiceSerializer(voice).data)


def not_usable() -> NotInThisState:
    return NotInThisState(_("This voice has not passed its check."), "voice_not_usable")
