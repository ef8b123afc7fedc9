"""Serializer fields that take only their own JSON type: ``"1"`` is not a number, and ``1`` is not text."""

from typing import Any

from rest_framework import serializers

from voices.models import Member


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
