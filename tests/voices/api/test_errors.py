"""The vocabulary of errors: every code that the API answers stands in its documentation."""

import re

import pytest
from rest_framework.exceptions import APIException

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


@pytest.mark.parametrize(
    "code", sorted(set(errors.FAILURES) | set(errors.CODES.values()) | OF_EXCEPTIONS | NAMED_IN_CODE)
)
def test_a_code_is_documented(code: str) -> None:
    assert code in DOCUMENTED


def test_the_codes_are_found() -> None:
    assert {"not_ready", "no_voice", "too_large"} <= NAMED_IN_CODE
    assert {"busy", "queue_full", "request_too_slow", "database_unavailable"} <= OF_EXCEPTIONS
