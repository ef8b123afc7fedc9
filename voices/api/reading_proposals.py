"""``POST /api/reading-proposals/``: propose how a word is read, for the dictionary."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from voices.api import fields
from voices.api.authentication import asker_of
from voices.api.permissions import MayAsk
from voices.api.serializers import UNKNOWN_MEMBER, ErrorSerializer
from voices.api.throttles import rates
from voices.api.voice_requests import REFUSALS
from voices.models import Member, ReadingProposal
from voices.proposals import MAX_SENTENCE_CHARACTERS


class ReadingProposalSerializer(serializers.Serializer[Any]):
    """A word as it is written, and how it should be read."""

    written = fields.WrittenField()
    reading = fields.ReadingField()
    member = fields.MemberField(
        queryset=Member.objects.all(),
        allow_null=True,
        default=None,
        error_messages=UNKNOWN_MEMBER,
        help_text="`null`: all members read it so.",
    )
    sentence = fields.TextField(
        default="",
        allow_blank=True,
        max_length=MAX_SENTENCE_CHARACTERS,
        help_text="The sentence that the word stands in, to listen to.",
    )


class ReadingProposalsView(APIView):
    """Propose a reading. Staff listen to it, and accept or decline it; until then `readings` of a request do it."""

    permission_classes = [MayAsk]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts")

    @extend_schema(
        request=ReadingProposalSerializer,
        responses={201: ReadingProposalSerializer, 400: ErrorSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        serializer = ReadingProposalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        proposal = ReadingProposal.objects.propose(asker_of(request), **serializer.validated_data)
        return Response(ReadingProposalSerializer(proposal).data, status=status.HTTP_201_CREATED)
