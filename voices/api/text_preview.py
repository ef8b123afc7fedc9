"""``POST /api/text-preview/``: how a text would be read, without asking for speech."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from voices.api import fields
from voices.api.permissions import MayUse
from voices.api.serializers import UNKNOWN_MEMBER, DroppedSerializer, ErrorSerializer
from voices.api.speakable import of_field, refuse_unreadable
from voices.api.throttles import rates
from voices.api.voice_requests import REFUSALS
from voices.dictionary import lexicon_for
from voices.models import Member, Voice, VoiceRequest
from voices.synth import Markup, Mode, Sentence, estimated_seconds, read


class NewTextPreviewSerializer(serializers.Serializer[Any]):
    text = fields.TextField(allow_blank=True, trim_whitespace=False, max_length=settings.MAX_TEXT_CHARACTERS)
    member = fields.MemberField(
        queryset=Member.objects.all(), allow_null=True, default=None, error_messages=UNKNOWN_MEMBER
    )
    speed = fields.SpeedField(default=1.0)
    readings = fields.ReadingsField(default=dict)
    markup = fields.MarkupField(default=VoiceRequest.Markup.NONE)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["markup"] != "none":
            with of_field("text"):
                refuse_unreadable(attrs["text"], attrs["markup"])
        return attrs


class TokenSerializer(serializers.Serializer[Any]):
    """One eojeol and the part of the text that it stands for, `text[start:end]`."""

    text = serializers.CharField(read_only=True)
    pronunciation = serializers.CharField(read_only=True)
    start = serializers.IntegerField(read_only=True)
    end = serializers.IntegerField(read_only=True)


class SentenceSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(read_only=True)
    pronunciation = serializers.CharField(read_only=True)
    seconds = serializers.FloatField(read_only=True, help_text="Estimated length of the speech.")
    pause_seconds = serializers.FloatField(read_only=True, help_text="Length of the silence before it.")
    tokens = TokenSerializer(many=True, read_only=True)


class TextPreviewSerializer(serializers.Serializer[Any]):
    spoken_text = serializers.CharField(read_only=True)
    pronunciation = serializers.CharField(read_only=True)
    seconds = serializers.FloatField(read_only=True, help_text="Estimated length of all of the speech.")
    dropped = DroppedSerializer(many=True, read_only=True)
    sentences = SentenceSerializer(many=True, read_only=True)


class TextPreviewView(APIView):
    """Show what a member would say, what of the text can't be spoken, and how long the speech would be."""

    permission_classes = [MayUse]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("previews")

    @extend_schema(
        request=NewTextPreviewSerializer,
        responses={200: TextPreviewSerializer, 400: ErrorSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        serializer = NewTextPreviewSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        return Response(preview(**asked))


def preview(
    text: str, member: Member | None, speed: float, readings: Mapping[str, str], markup: Markup
) -> dict[str, Any]:
    """Read a text as the member's voice does, with the asker's readings and the entries of the dictionary."""
    spoken = read(text, _mode_of(member), lexicon=lexicon_for(member.pk if member else None, readings), markup=markup)
    sentences = [_describe(sentence, speed) for sentence in spoken.sentences]
    return {
        "spoken_text": spoken.text,
        "pronunciation": spoken.pronunciation,
        "seconds": sum(sentence["seconds"] + sentence["pause_seconds"] for sentence in sentences)
        + spoken.closing_pause_seconds,
        "dropped": [part.as_json() for part in spoken.dropped],
        "sentences": sentences,
    }


def _describe(sentence: Sentence, speed: float) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "pronunciation": sentence.pronunciation,
        "seconds": estimated_seconds(sentence) / (speed * sentence.speed),
        "pause_seconds": sentence.pause_seconds,
        "tokens": [asdict(token) for token in sentence.tokens],
    }


def _mode_of(member: Member | None) -> Mode:
    voice = Voice.objects.filter(member=member, active=True).first() if member else None
    return "spelled" if voice and voice.mode == Voice.Mode.SPELLED else "pronounced"
