"""``/api/voice-requests/{id}/captions.json``, ``.srt`` and ``.vtt``: when each word of a request is spoken."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.renderers import SubRipRenderer, WebVttRenderer
from voices.api.serializers import ErrorSerializer
from voices.api.withheld import refuse_unheard
from voices.models import VoiceRequest
from voices.synth.captions import as_srt, as_vtt, cues_of

_ERRORS = {401: ErrorSerializer, 404: ErrorSerializer, 406: ErrorSerializer}
_SUBTITLES = OpenApiResponse({"type": "string"}, "Subtitles of one line each, broken between words.")


class _SpanSerializer(serializers.Serializer[Any]):
    start = serializers.FloatField(help_text="Seconds from the start of the audio.")
    end = serializers.FloatField()
    to = serializers.IntegerField(help_text="Position after its last character.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        position = serializers.IntegerField(help_text="Position of its first character in `text`, in code points.")
        return {**super().get_fields(), "from": position}  # "from" is a keyword of Python's


class WordCaptionSerializer(_SpanSerializer):
    text = serializers.CharField(help_text="As typed.")


class SentenceCaptionSerializer(_SpanSerializer):
    words = WordCaptionSerializer(many=True)


class CaptionsSerializer(serializers.Serializer[Any]):
    sentences = SentenceCaptionSerializer(many=True)


class CaptionsView(GenericAPIView[VoiceRequest]):
    """When each sentence and word is spoken, and where it stands in the text: of the sentences spoken so far."""

    queryset = VoiceRequest.objects.all()
    serializer_class = CaptionsSerializer

    @extend_schema(responses={200: CaptionsSerializer, **_ERRORS})
    def get(self, request: Request, pk: str) -> Response:
        voice_request = self.get_object()
        sentences = voice_request.captions if voice_request.is_terminal else voice_request.captions_so_far
        return Response(self.get_serializer({"sentences": sentences}).data)


class _SubtitlesView(GenericAPIView[VoiceRequest]):
    queryset = VoiceRequest.objects.all()

    def captions(self) -> list[Any]:
        """Return the captions of a request that has audio; raises :class:`NotInThisState`."""
        voice_request = self.get_object()
        refuse_unheard(voice_request)
        return list(voice_request.captions)

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        response.content_type = JSONRenderer.media_type
        return response


class SubRipView(_SubtitlesView):
    """The captions as SubRip. 409 while there is no audio."""

    renderer_classes = [SubRipRenderer, JSONRenderer]

    @extend_schema(responses={(200, SubRipRenderer.media_type): _SUBTITLES, 409: ErrorSerializer, **_ERRORS})
    def get(self, request: Request, pk: str) -> HttpResponse:
        return HttpResponse(as_srt(cues_of(self.captions())), f"{SubRipRenderer.media_type}; charset=utf-8")


class WebVttView(_SubtitlesView):
    """The captions as WebVTT, for a player's `<track>`. 409 while there is no audio."""

    renderer_classes = [WebVttRenderer, JSONRenderer]

    @extend_schema(responses={(200, WebVttRenderer.media_type): _SUBTITLES, 409: ErrorSerializer, **_ERRORS})
    def get(self, request: Request, pk: str) -> HttpResponse:
        return HttpResponse(as_vtt(cues_of(self.captions())), f"{WebVttRenderer.media_type}; charset=utf-8")
