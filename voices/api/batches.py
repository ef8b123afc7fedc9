"""``/api/batches/``: several lines as one job, each a request of its own, and their audio in one file."""

import re
import uuid
from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from voices.api import fields
from voices.api.authentication import asker_of
from voices.api.errors import IdempotencyConflict
from voices.api.permissions import MayAsk
from voices.api.serializers import (
    MEMBERS,
    UNKNOWN_MEMBER,
    BoundedTextField,
    ErrorSerializer,
    FailureSerializer,
    ReviewSerializer,
    with_voice,
)
from voices.api.speakable import of_field, refuse_unspeakable
from voices.api.throttles import rates
from voices.api.voice_requests import IDEMPOTENCY_KEY, REFUSALS, asks_for, submitted_with
from voices.models import VoiceRequest
from voices.owners import Asker
from voices.synth.speech import MAX_SPEED, MIN_SPEED

MAX_LINES = 50


class LineSerializer(serializers.Serializer[Any]):
    """A line that is spoken in its own way; what is left out is that of the batch."""

    text = BoundedTextField()
    member = fields.MemberField(queryset=MEMBERS, required=False, error_messages=UNKNOWN_MEMBER)
    speed = fields.SpeedField(required=False)
    seed = fields.SeedField(required=False)
    markup = fields.MarkupField(required=False)

    def validate_member(self, member: Any) -> Any:
        return with_voice(member)


_LINE = {
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {
                "text": {"type": "string"},
                "member": {"type": "integer"},
                "speed": {"type": "number", "minimum": MIN_SPEED, "maximum": MAX_SPEED},
                "seed": {"type": "integer", "minimum": 0, "maximum": fields.MAX_SEED},
                "markup": {"type": "string", "enum": VoiceRequest.Markup.values},
            },
            "required": ["text"],
        },
    ]
}


@extend_schema_field(_LINE)
class LineField(serializers.JSONField):
    """A text, or an object as ``LineSerializer`` takes it."""


class NewBatchSerializer(serializers.Serializer[Any]):
    """The body of a new batch."""

    member = fields.MemberField(queryset=MEMBERS, error_messages=UNKNOWN_MEMBER)
    lines = serializers.ListField(
        child=LineField(), min_length=1, max_length=MAX_LINES, help_text="Texts, or objects with a `text`."
    )
    format = fields.ChoiceField(choices=VoiceRequest.Format.choices, default=VoiceRequest.Format.WAV)
    speed = fields.SpeedField(default=1.0)
    seed = fields.SeedField(default=0)
    markup = fields.MarkupField(default=VoiceRequest.Markup.NONE)

    def validate_member(self, member: Any) -> Any:
        return with_voice(member)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of each line's request as ``lines``."""
        lines = attrs.pop("lines")
        return {"lines": [{**attrs, **_line(number, line, attrs["markup"])} for number, line in enumerate(lines)]}


def _line(number: int, line: Any, markup: Any) -> dict[str, Any]:
    """Return the fields that a line gives. Raises ``ValidationError`` for the field ``lines.NUMBER.NAME``."""
    serializer = LineSerializer(data={"text": line} if isinstance(line, str) else line)
    if not serializer.is_valid():
        name, details = next(iter(serializer.errors.items()))
        where = f"lines.{number}" if name == "non_field_errors" else f"lines.{number}.{name}"
        raise serializers.ValidationError({where: details})
    given: dict[str, Any] = serializer.validated_data
    with of_field(f"lines.{number}.text"):
        refuse_unspeakable(given["text"], given.get("markup", markup))
    return given


class BatchLineSerializer(serializers.ModelSerializer[VoiceRequest]):
    """A line of a batch: a request, of which its own address says more."""

    number = serializers.IntegerField(source="batch_number", help_text="From 1, in the order of the lines.")
    review = ReviewSerializer(source="*")
    error = serializers.SerializerMethodField()

    class Meta:
        model = VoiceRequest
        fields = read_only_fields = ["number", "id", "member", "text", "status", "duration_seconds", "review", "error"]

    @extend_schema_field(FailureSerializer(allow_null=True))
    def get_error(self, request: VoiceRequest) -> dict[str, str] | None:
        return FailureSerializer(request).data if request.error_code else None


class BatchSerializer(serializers.Serializer[Any]):
    """How far a batch is."""

    id = serializers.UUIDField()
    total = serializers.IntegerField(help_text="Lines in all.")
    done = serializers.IntegerField(help_text="Lines that have ended, well or not, and need no review any more.")
    failed = serializers.IntegerField(help_text="Lines that failed, were cancelled or may not be heard.")
    archive = serializers.CharField(allow_null=True, help_text="Address of the zip, once all lines have ended.")
    joined = serializers.CharField(allow_null=True, help_text="Address of one file of all lines.")
    lines = BatchLineSerializer(many=True)


class BatchViewSet(viewsets.GenericViewSet[VoiceRequest]):
    """Several lines as one job. They are spoken behind what somebody waits for."""

    queryset = VoiceRequest.objects.all()
    serializer_class = BatchSerializer

    def get_permissions(self) -> list[BasePermission]:
        return [] if self.action == "retrieve" else [MayAsk()]

    def get_throttles(self) -> list[BaseThrottle]:
        return rates("posts") if self.action == "create" else []

    @extend_schema(
        request=NewBatchSerializer,
        parameters=[IDEMPOTENCY_KEY],
        responses={202: BatchSerializer, 400: ErrorSerializer, 422: ErrorSerializer, **REFUSALS},
    )
    def create(self, request: Request) -> Response:
        """Ask for several lines. All are accepted, or none; each counts as one request that waits."""
        serializer = NewBatchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        batch = submit_batch_once(asker_of(request), serializer.validated_data["lines"], key)
        address = reverse("batch-detail", args=[batch])
        return Response(shown_batch(batch), status=status.HTTP_202_ACCEPTED, headers={"Location": address})

    @extend_schema(responses={200: BatchSerializer, 401: ErrorSerializer, 404: ErrorSerializer})
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """Get a batch: how far it is, and each line. Its id is all that is needed."""
        return Response(shown_batch(pk))

    @extend_schema(request=None, responses={200: BatchSerializer, 404: ErrorSerializer, **REFUSALS})
    def cancel(self, request: Request, pk: uuid.UUID) -> Response:
        """Cancel the lines that have not ended."""
        lines = lines_of(pk)
        self.check_object_permissions(request, lines[0])
        for line in lines:
            line.cancel()
        return Response(shown_batch(pk))


def submit_batch_once(asker: Asker, lines: list[dict[str, Any]], idempotency_key: str | None) -> uuid.UUID:
    """Submit the requests of a batch, or find what the asker submitted with the same key. Return the batch's id.

    The first line keeps the key. Raises :class:`IdempotencyConflict` if it came with anything else.
    """
    with transaction.atomic():
        earlier = submitted_with(idempotency_key, asker) if idempotency_key else None
        if earlier is not None:
            if not earlier.batch or not _has_lines(earlier.batch, lines):
                raise IdempotencyConflict
            return earlier.batch
        batch = uuid.uuid4()
        for number, line in enumerate(lines, 1):
            VoiceRequest.objects.submit(
                asker,
                **line,
                priority=VoiceRequest.Priority.BATCH,
                batch=batch,
                batch_number=number,
                idempotency_key=(idempotency_key or None) if number == 1 else None,
            )
        return batch


def _has_lines(batch: uuid.UUID, lines: list[dict[str, Any]]) -> bool:
    requests = lines_of(batch)
    return len(requests) == len(lines) and all(map(asks_for, requests, lines))


def lines_of(batch: uuid.UUID) -> list[VoiceRequest]:
    """Return the requests of a batch, in order. Raises ``Http404`` if there are none."""
    lines = list(VoiceRequest.objects.filter(batch=batch).select_related("member", "voice").order_by("batch_number"))
    if not lines:
        raise Http404
    return lines


def file_name(line: VoiceRequest) -> str:
    """Return a line's name in the archive: number, member and the beginning of its text, without risky characters."""
    parts = [re.sub(r"[^\w가-힣]+", " ", part).strip()[:20].strip() for part in (line.member.name, line.spoken_text)]
    return (
        "_".join([f"{line.batch_number:02}", *(part.replace(" ", "-") for part in parts if part)]) + f".{line.format}"
    )


def shown_batch(batch: uuid.UUID) -> dict[str, Any]:
    """Return a batch as JSON. Raises ``Http404``."""
    lines = lines_of(batch)
    failed = sum(line.is_settled and not line.is_audible for line in lines)
    done = sum(line.is_settled for line in lines)
    is_heard = done == len(lines) > failed
    data: dict[str, Any] = BatchSerializer(
        {
            "id": batch,
            "total": len(lines),
            "done": done,
            "failed": failed,
            "archive": reverse("batch-archive", args=[batch]) if is_heard else None,
            "joined": reverse("batch-joined", args=[batch]) if is_heard else None,
            "lines": lines,
        }
    ).data
    return data
