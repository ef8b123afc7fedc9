"""The vocabulary of errors: every code that the API answers stands in its documentation."""

import json
import re

import pytest
from rest_framework.exceptions import APIException, ValidationError

from testing.processes import REPOSITORY
from voices.api import errors

DOCUMENTED = set(re.findall(r"`([a-z_]+)`", (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")))
# Codes that a view or a field names where it refuses.
NAMED_IN_CODE = {
    code
    for path in (REPOSITORY / "voices" / "api").rglob("*.py")
    for code in re.findall(r'(?:NotInThisState|ValidationError)\(.*, "([a-z_]+)"\)', path.read_text(encoding="utf-8"))
}
OF_EXCEPTIONS = {
    kind.default_code
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, APIException) and kind.default_code != APIException.default_code
}


CODES = set(errors.FAILURES) | set(errors.CODES.values()) | OF_EXCEPTIONS | NAMED_IN_CODE


@pytest.mark.parametrize("code", sorted(errors.all_codes()))
def test_a_code_is_documented(code: str) -> None:
    assert code in DOCUMENTED


def test_the_schema_lists_every_code() -> None:
    schema = json.loads((REPOSITORY / "frontend" / "openapi.json").read_text(encoding="utf-8"))
    assert schema["components"]["schemas"]["ErrorBody"]["properties"]["code"]["enum"] == sorted(errors.all_codes())
    assert errors.all_codes() >= CODES


def test_a_word_of_drf_that_nobody_knows_is_invalid() -> None:
    body = errors.error_response_body(ValidationError({"file": ["No picture."]}, "invalid_image"))
    assert body["error"] == {"code": "invalid", "message": "No picture.", "field": "file"}


def test_the_codes_are_found() -> None:
    assert {"not_ready", "no_voice", "too_large"} <= NAMED_IN_CODE
    assert {"busy", "queue_full", "request_too_slow", "database_unavailable"} <= OF_EXCEPTIONS
