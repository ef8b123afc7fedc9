"""The log says what went wrong without anybody's words."""

import json
import logging

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from forv.log_format import JsonFormatter, ReticentFormatter
from voices.telemetry.request_id import working_on

SECRET = "아무도 모르는 문장"  # noqa: S105


def line(message: str, *arguments: object, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("voices", logging.ERROR, __file__, 1, message, arguments, exc_info)
    return ReticentFormatter("%(levelname)s %(message)s").format(record)


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.value


def test_a_traceback_has_types_and_places_but_no_messages() -> None:
    error = raised(ValueError(SECRET), raised(KeyError(SECRET)))
    logged = line("it failed", error=error)
    assert SECRET not in logged
    assert "KeyError" in logged
    assert logged.index("KeyError") < logged.index("ValueError")
    assert __file__ in logged


def test_an_error_of_the_system_says_which() -> None:
    assert "No space left" in line("it failed", error=raised(OSError(28, "No space left on device", f"/{SECRET}")))
    assert SECRET not in line("it failed", error=raised(OSError(28, "No space left on device", f"/{SECRET}")))


def test_an_error_of_the_database_is_told_by_its_code(db: None) -> None:
    with connection.cursor() as cursor, pytest.raises(IntegrityError) as caught, transaction.atomic():
        cursor.execute("CREATE TEMPORARY TABLE told (words text CONSTRAINT few_words CHECK (length(words) < 2))")
        cursor.execute("INSERT INTO told VALUES (%s)", [SECRET])
    assert SECRET in str(caught.value)
    for logged in (line("database: %s", caught.value), line("it failed", error=caught.value)):
        assert SECRET not in logged
        assert "sqlstate 23514, table told, constraint few_words" in logged


def test_other_arguments_are_kept() -> None:
    assert line("%s of %s", "two", 3).endswith("two of 3")
    assert "OperationalError" in line("lost: %s", psycopg.OperationalError(SECRET))


def test_a_record_in_json_is_one_line_with_the_id_and_the_same_reticence() -> None:
    error = raised(ValueError(SECRET))
    record = logging.LogRecord(
        "voices.tasks", logging.ERROR, __file__, 1, "it failed", (), (type(error), error, error.__traceback__)
    )
    with working_on("an-id"):
        written = JsonFormatter().format(record)
    assert "\n" not in written
    line = json.loads(written)
    assert (line["level"], line["logger"], line["request_id"]) == ("ERROR", "voices.tasks", "an-id")
    assert line["message"].startswith("it failed\n") and "ValueError" in line["message"]
    assert SECRET not in written
    assert json.loads(JsonFormatter().format(record))["request_id"] is None
