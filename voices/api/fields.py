"""Serializer fields that take only their own JSON type: ``"1"`` is not a number, and ``1`` is not text."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from voices.constraints import HANGUL, MAX_READING_CHARACTERS, MAX_WRITTEN_CHARACTERS, validate_written
from voices.models import Member, VoiceRequest
from voices.synth.speech import MAX_SPEED, MIN_SPEED

MAX_READINGS = 20
MAX_SEED = 2**32 - 1


class TextField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class LenientTextField(TextField):
    """Text, or a number as the Flask server took it: 7 is read as "7"."""

    def to_internal_value(self, data: Any) -> str:
        is_number = isinstance(data, int | float) and not isinstance(data, bool)
        return super().to_internal_value(str(data) if is_number else data)


class IntegerField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class BooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class UUIDField(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class NumberField(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class ChoiceField(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class SpeedField(NumberField):
    """How fast to speak; 1 is the voice's own pace."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=MIN_SPEED, max_value=MAX_SPEED, **kwargs)


class SeedField(IntegerField):
    """Which take of a text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_SEED, **kwargs)


class MarkupField(ChoiceField):
    """What a text is written in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=VoiceRequest.Markup.choices, **kwargs)


class MemberField(serializers.PrimaryKeyRelatedField[Member]):
    """A member by its number."""

    def to_internal_value(self, data: Any) -> Member:
        # A larger number does not fit bigint: Postgres would refuse the query.
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < data < 2**63:
            self.fail("does_not_exist", pk_value=data)
        member: Member = super().to_internal_value(data)  # type: ignore[arg-type]  # the stubs take the output's type
        return member


class LenientMemberField(MemberField):
    """A member by its number, or by a string of digits as the Flask server took it."""

    def to_internal_value(self, data: Any) -> Member:
        is_number = isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 20
        number: Any = int(data) if is_number else data
        return super().to_internal_value(number)


class WrittenField(TextField):
    """A word as it is written, to which a reading can be given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=MAX_WRITTEN_CHARACTERS, trim_whitespace=False, validators=[validate_written], **kwargs
        )


class ReadingField(TextField):
    """How a word is read, in Hangul."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_READING_CHARACTERS, validators=[HANGUL], **kwargs)


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "string", "maxLength": MAX_READING_CHARACTERS},
        "maxProperties": MAX_READINGS,
        "example": {"넷플릭스": "넫플릭쓰"},
    }
)
class ReadingsField(serializers.DictField):
    """Words as they are written, each with its reading in Hangul, for one text."""

    default_error_messages = {"too_many": _("At most {most} words can be given a reading.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=ReadingField(), **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, dict) and len(data) > MAX_READINGS:
            self.fail("too_many", most=MAX_READINGS)
        readings: dict[str, str] = super().to_internal_value(data)
        for written in readings:
            WrittenField().run_validation(written)
        return readings
