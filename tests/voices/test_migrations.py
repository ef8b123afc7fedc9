"""What migrations must not lose."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps


def migrate(name: str) -> StateApps:
    """Migrate the app to ``name``, forwards or backwards. Returns the models of that time."""
    executor = MigrationExecutor(connection)
    return executor.migrate([("voices", name)]).apps


@pytest.mark.django_db(transaction=True)
def test_renaming_the_columns_of_clients_keeps_rows_and_indexes() -> None:
    before = migrate("0005_voices_are_checked")
    try:
        member = before.get_model("voices", "Member").objects.create(name="가", slug="a")
        old = before.get_model("voices", "VoiceRequest").objects.create(
            member=member, text="안녕.", uuid="fan-1", created_at="2022-08-22T10:15:30"
        )
    finally:
        after = migrate("0006_names_of_client_columns")
    new = after.get_model("voices", "VoiceRequest").objects.get(pk=old.pk)
    assert (new.client_uuid, new.client_created_at) == ("fan-1", "2022-08-22T10:15:30")
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "voices_voicerequest")
    assert constraints["request_by_client"]["columns"] == ["client_uuid", "queued_at"]
