"""What migrations must not lose."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from voices.models import Owner, VoiceRequest

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str) -> StateApps:
    """Migrate the app to ``name``, forwards or backwards. Returns the models of that time."""
    executor = MigrationExecutor(connection)
    return executor.migrate([("voices", name)]).apps


def migrate_to_the_latest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] == "voices"])


@pytest.fixture(autouse=True)
def to_the_latest(db: None) -> Iterator[None]:
    """Migrate to the latest after each test; others need it."""
    yield
    migrate_to_the_latest()


def test_renaming_the_columns_of_clients_keeps_rows_and_indexes() -> None:
    before = migrate("0005_voices_are_checked")
    member = before.get_model("voices", "Member").objects.create(name="가", slug="a")
    old = before.get_model("voices", "VoiceRequest").objects.create(
        member=member, text="안녕.", uuid="fan-1", created_at="2022-08-22T10:15:30"
    )
    after = migrate("0006_names_of_client_columns")
    new = after.get_model("voices", "VoiceRequest").objects.get(pk=old.pk)
    assert (new.client_uuid, new.client_created_at) == ("fan-1", "2022-08-22T10:15:30")
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "voices_voicerequest")
    assert constraints["request_by_client"]["columns"] == ["client_uuid", "queued_at"]


class TestOwnersOfEarlierRequests:
    @pytest.fixture
    def earlier(self) -> dict[str, Any]:
        """Make requests of two clients, of one without a uuid, and of a check, by the models before owners."""
        before = migrate("0006_names_of_client_columns")
        member = before.get_model("voices", "Member").objects.create(name="가", slug="a")
        requests = before.get_model("voices", "VoiceRequest").objects
        rows = {
            text: requests.create(member=member, text=text, client_uuid=uuid, purpose=purpose).pk
            for text, uuid, purpose in [
                ("a1", "fan-a", "fan"), ("a2", "fan-a", "fan"), ("b1", "fan-b", "fan"), ("none", "", "fan"),
                ("check", "", "check"),
            ]
        }  # fmt: skip
        migrate_to_the_latest()  # today's models read the rows
        return rows

    def owner_of(self, pk: Any) -> Owner | None:
        return VoiceRequest.objects.get(pk=pk).owner

    def test_each_client_gets_one(self, earlier: dict[str, Any]) -> None:
        owners = {text: self.owner_of(pk) for text, pk in earlier.items()}
        assert owners["a1"] == owners["a2"] != owners["b1"]
        assert owners["a1"] and owners["b1"]
        assert owners["none"] is owners["check"] is None

    def test_the_first_who_names_its_uuid_gets_its_requests(self, earlier: dict[str, Any]) -> None:
        first, second = (Owner.objects.of_key(Owner.objects.add_listener("fan-a")) for _ in range(2))
        assert set(VoiceRequest.objects.filter(owner=first)) == set(
            VoiceRequest.objects.filter(pk__in=[earlier["a1"], earlier["a2"]])
        )
        assert not second.requests.exists()

    def test_without_a_uuid_nothing_is_got(self, earlier: dict[str, Any]) -> None:
        for name in ("", "fan-c", "fan"):
            assert not Owner.objects.of_key(Owner.objects.add_listener(name)).requests.exists()

    def test_who_has_no_token_yet_is_let_in_by_none(self, earlier: dict[str, Any]) -> None:
        former = self.owner_of(earlier["a1"])
        assert former is not None
        with pytest.raises(Owner.DoesNotExist):
            Owner.objects.of_key(f"{former.prefix}.{'x' * 32}")
