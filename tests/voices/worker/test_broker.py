"""Queue rows are taken in order, by one worker each, and without delay."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Timer

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ

from testing.factories import second_connection
from voices.worker.broker import NotifyingBroker

pytestmark = pytest.mark.django_db(transaction=True)


def close(broker: NotifyingBroker) -> None:
    if broker._listener is not None:
        broker._listener.close()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotifyingBroker]:
    """Return a broker that waits only for a moment when the queue is empty."""
    monkeypatch.setattr(Conf, "POLL", 0.05)
    broker = NotifyingBroker()
    yield broker
    close(broker)


def test_rows_are_taken_in_order(broker: NotifyingBroker) -> None:
    for payload in "abc":
        broker.enqueue(payload)
    assert [broker.dequeue()[0][1] for _ in range(3)] == ["a", "b", "c"]
    assert broker.dequeue() == []


def test_bulk_says_how_many_rows_are_taken_at_once(broker: NotifyingBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conf, "BULK", 2)
    for payload in "abc":
        broker.enqueue(payload)
    assert [[payload for _, payload in broker.dequeue()] for _ in range(2)] == [["a", "b"], ["c"]]


def test_a_taken_row_is_taken_again_when_its_lock_expires(broker: NotifyingBroker) -> None:
    broker.enqueue("a")
    (taken,) = broker.dequeue()
    row = OrmQ.objects.get()
    assert timedelta(0) < row.lock - timezone.now() <= timedelta(seconds=Conf.RETRY)
    assert broker.dequeue() == []
    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=1))
    assert broker.dequeue() == [taken]


def test_an_acknowledged_row_is_deleted(broker: NotifyingBroker) -> None:
    broker.enqueue("a")
    ((row_id, _),) = broker.dequeue()
    broker.acknowledge(row_id)
    assert not OrmQ.objects.exists()


def test_a_locked_row_is_skipped(broker: NotifyingBroker) -> None:
    held, free = broker.enqueue("held"), broker.enqueue("free")
    with second_connection() as other, other.transaction():
        other.execute(f"SELECT 1 FROM {OrmQ._meta.db_table} WHERE id = %s FOR UPDATE", [held])
        assert broker.dequeue() == [(free, "free")]
        assert broker.dequeue() == []
    assert broker.dequeue() == [(held, "held")]


def test_rows_of_another_cluster_are_not_taken(broker: NotifyingBroker) -> None:
    OrmQ.objects.create(key="another", payload="a", lock=timezone.now())
    assert broker.dequeue() == []


def test_an_idle_broker_is_woken_before_its_poll_interval_is_over(
    broker: NotifyingBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Conf, "POLL", 1)
    enqueued_at: list[float] = []

    def enqueue() -> None:
        NotifyingBroker().enqueue("a")
        enqueued_at.append(time.monotonic())
        connection.close()

    broker.dequeue()  # connects, and finds nothing
    timer = Timer(0.2, enqueue)
    timer.start()
    # Without the notification this would return nothing.
    assert [payload for _, payload in broker.dequeue()] == ["a"]
    woken_at = time.monotonic()
    timer.join()
    assert woken_at - enqueued_at[0] < 0.5


def test_a_rolled_back_row_is_neither_stored_nor_notified(broker: NotifyingBroker) -> None:
    broker.dequeue()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        broker.enqueue("a")
        raise ZeroDivisionError
    assert broker.dequeue() == []


def test_two_brokers_never_take_one_row(broker: NotifyingBroker) -> None:
    count = 40
    for number in range(count):
        broker.enqueue(str(number))
    together = Barrier(4)

    def take_all(_: int) -> list[str]:
        mine = NotifyingBroker()
        taken: list[str] = []
        try:
            mine._listening()
            together.wait()
            while rows := mine.dequeue():
                taken += [payload for _, payload in rows]
        finally:
            close(mine)
            connection.close()
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [payload for mine in pool.map(take_all, range(4)) for payload in mine]
    assert sorted(taken, key=int) == [str(number) for number in range(count)]


def test_a_row_is_due_by_the_databases_clock(broker: NotifyingBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(minutes=5))
    broker.enqueue("a")
    assert [payload for _, payload in broker.dequeue()] == ["a"]


@pytest.mark.parametrize("lost", ["the listener", "Django's connection"])
def test_a_lost_connection_is_replaced(lost: str, broker: NotifyingBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voices.worker.broker._OUTAGE_PAUSE_SECONDS", 0.05)
    broker.dequeue()
    assert broker._listener is not None
    with second_connection() as other:
        mine = broker._listener if lost == "the listener" else connection.connection
        other.execute("SELECT pg_terminate_backend(%s)", [mine.info.backend_pid])
        time.sleep(0.1)
    assert broker.dequeue() == []
    broker.enqueue("a")
    assert [payload for _, payload in broker.dequeue()] == ["a"]


def test_acknowledging_while_the_database_is_away_is_no_error(broker: NotifyingBroker) -> None:
    row_id = broker.enqueue("a")
    with second_connection() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        time.sleep(0.1)
    broker.acknowledge(row_id)
    assert OrmQ.objects.exists()
    broker.acknowledge(row_id)
    assert not OrmQ.objects.exists()
