"""A lease is renewed while an attempt runs; a short attempt needs no renewal."""

import time

import pytest
from django.db import connection

from testing import factories
from testing.factories import reloaded, second_connection
from voices.models import Member, VoiceRequest
from voices.worker.lease import renewed_lease

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def request_(member: Member, settings: pytest.FixtureRequest) -> VoiceRequest:
    settings.LEASE_SECONDS = 1  # type: ignore[attr-defined]
    return factories.processing(member)


def renewals(request: VoiceRequest, seconds: float) -> int:
    """Return how often the lease is renewed within ``seconds``."""
    seen = set()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen.add(reloaded(request).lease_expires_at)
        time.sleep(0.05)
    return len(seen - {request.lease_expires_at})


def test_a_long_attempt_keeps_its_lease(request_: VoiceRequest) -> None:
    with renewed_lease(request_):
        assert renewals(request_, 2) >= 3
        assert VoiceRequest.objects.recover_abandoned() == 0
    assert renewals(request_, 1) <= 1


def test_a_short_attempt_opens_no_second_connection(request_: VoiceRequest) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        (before,) = cursor.fetchone()
        with renewed_lease(request_):
            time.sleep(0.1)
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            assert cursor.fetchone() == (before,)


def test_a_lost_attempt_is_not_renewed(request_: VoiceRequest) -> None:
    with renewed_lease(request_):
        assert request_.put_back()
        assert renewals(request_, 1) <= 1
    assert reloaded(request_).lease_expires_at is None


def test_a_lost_connection_is_replaced(request_: VoiceRequest) -> None:
    with second_connection() as other, renewed_lease(request_):
        assert renewals(request_, 1) >= 1
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            [connection.connection.info.backend_pid],
        )
        assert renewals(request_, 1.5) >= 2
