"""How long a request still takes, as those who wait for it are told."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.cache import cache
from django.db.models import F
from django.db.models.functions import Now
from django.test import AsyncClient, Client

from testing import factories
from testing.factories import CLUSTER, reloaded
from voices.api import events
from voices.clusters import AWAY_AFTER, BEAT_SECONDS
from voices.models import Cluster, Member, VoiceRequest
from voices.waiting_time import EXTRA_CHARACTERS, SECONDS_PER_CHARACTER

TEN, HUNDRED = "가" * 10, "가" * 100


def shown(client: Client, request: VoiceRequest) -> dict[str, Any]:
    content: dict[str, Any] = client.get(f"/api/voice-requests/{request.pk}/").json()
    return content


def work(*texts: str) -> float:
    """Return how long the texts take one worker, before anything was measured."""
    return SECONDS_PER_CHARACTER * sum(len(text) + EXTRA_CHARACTERS for text in texts)


def place(request: VoiceRequest) -> Any:
    found = reloaded(request).place
    assert found is not None
    return found


@pytest.fixture
def workers(db: None) -> Callable[[int], str]:
    """Return a function that makes a cluster of so many workers, and returns its id."""

    def start(count: int) -> str:
        cluster_id = str(uuid4())
        Cluster.objects.beat(cluster_id, count)
        return cluster_id

    return start


class TestEstimate:
    def test_a_free_worker_begins_at_once(self, member: Member, workers: Callable[[int], str]) -> None:
        workers(1)
        request = factories.queued(member, text=TEN)
        assert place(request) == (1, 0.0, pytest.approx(work(TEN)), False)

    def test_it_follows_from_the_lengths_of_the_texts_before(
        self, member: Member, workers: Callable[[int], str]
    ) -> None:
        workers(1)
        long, short, last = (factories.queued(member, text=text) for text in (HUNDRED, TEN, TEN))
        assert place(long).seconds_until_begun == 0
        assert place(short) == (2, pytest.approx(work(HUNDRED)), pytest.approx(work(HUNDRED, TEN)), False)
        assert place(last).seconds_until_begun == pytest.approx(work(HUNDRED, TEN))

    def test_workers_share_what_waits(self, member: Member, workers: Callable[[int], str]) -> None:
        workers(1), workers(1)
        requests = [factories.queued(member, text=HUNDRED) for _ in range(3)]
        waits = [place(request).seconds_until_begun for request in requests]
        assert waits == [0, 0, pytest.approx(work(HUNDRED, HUNDRED) / 2)]

    def test_it_follows_from_how_fast_others_were_spoken(self, member: Member, workers: Callable[[int], str]) -> None:
        workers(1)
        for _ in range(2):
            factories.succeeded(member, text=TEN)
        VoiceRequest.objects.update(started_at=F("finished_at") - timedelta(seconds=4))
        cache.clear()
        request = factories.queued(member, text=HUNDRED)
        per_character = 4 / (10 + EXTRA_CHARACTERS)
        assert place(request).seconds_until_finished == pytest.approx(per_character * (100 + EXTRA_CHARACTERS))

    def test_what_is_being_spoken_counts_for_what_is_left_of_it(
        self, member: Member, workers: Callable[[int], str]
    ) -> None:
        workers(1)
        running = factories.processing(member, text=HUNDRED)
        waiting = factories.queued(member, text=TEN)
        VoiceRequest.objects.filter(pk=running.pk).update(started_at=Now() - timedelta(seconds=1))
        left = place(running)
        assert left.position is None
        assert left.seconds_until_finished == pytest.approx(work(HUNDRED) - 1, abs=0.3)
        assert place(waiting).seconds_until_begun == pytest.approx(work(HUNDRED) - 1, abs=0.3)

    def test_spoken_sentences_tell_more_than_the_length(self, member: Member, workers: Callable[[int], str]) -> None:
        workers(1)
        running = factories.processing(member, text=TEN)
        running.begin_speaking("하나. 둘. 셋. 넷.", [], 4)
        running.store_sentence(factories.sentence_of(running))
        VoiceRequest.objects.filter(pk=running.pk).update(started_at=Now() - timedelta(seconds=10))
        assert place(running).seconds_until_finished == pytest.approx(30, abs=2)

    def test_who_waits_for_the_same_is_ready_with_it(
        self, member: Member, workers: Callable[[int], str], settings: Any
    ) -> None:
        settings.SAME_AGAIN_DAYS = 1
        workers(1)
        first = factories.queued(member, text=HUNDRED)
        for _ in range(3):
            factories.queued(member)
        last = factories.queued(member, text=HUNDRED)
        assert VoiceRequest.objects.claim_next(CLUSTER) == first
        assert place(last).seconds_until_finished == pytest.approx(work(HUNDRED), abs=0.5)

    def test_a_finished_request_has_none(self, client: Client, member: Member) -> None:
        done = shown(client, factories.succeeded(member))
        names = ("queue_position", "expected_seconds", "estimated_seconds", "worker_away")
        assert [done[name] for name in names] == [None, None, None, False]


class TestWorkersAway:
    @pytest.mark.parametrize("state", ["queued", "processing"])
    def test_it_is_told_while_no_worker_is_alive(
        self, state: str, client: Client, member: Member, workers: Callable[[int], str]
    ) -> None:
        request = getattr(factories, state)(member)
        away = shown(client, request)
        assert (away["worker_away"], away["expected_seconds"], away["estimated_seconds"]) == (True, None, None)
        cluster_id = workers(1)
        assert shown(client, request)["worker_away"] is False
        assert shown(client, request)["estimated_seconds"] is not None
        Cluster.objects.filter(pk=cluster_id).update(seen_at=Now() - AWAY_AFTER)
        assert shown(client, request)["worker_away"] is True

    def test_it_is_noticed_within_five_seconds(self) -> None:
        assert AWAY_AFTER.total_seconds() + events.RENEW_SECONDS <= 5
        assert AWAY_AFTER.total_seconds() >= 3 * BEAT_SECONDS

    def test_one_of_two_clusters_is_enough(self, member: Member, workers: Callable[[int], str]) -> None:
        gone = workers(1)
        workers(2)
        Cluster.objects.filter(pk=gone).update(seen_at=Now() - AWAY_AFTER)
        assert Cluster.objects.count_workers() == 2
        assert not place(factories.queued(member)).worker_away

    def test_clusters_of_long_ago_are_forgotten(self, workers: Callable[[int], str]) -> None:
        workers(1)
        Cluster.objects.update(seen_at=Now() - timedelta(hours=2))
        workers(1)
        assert Cluster.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_stream_renews_what_it_says(
    member: Member, workers: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "RENEW_SECONDS", 0.05)
    request = factories.queued(member)

    async def follow() -> list[dict[str, Any]]:
        response: Any = await AsyncClient().get(f"/api/voice-requests/{request.pk}/events/")
        seen: list[dict[str, Any]] = []
        async for event in response.streaming_content:
            seen.append(json.loads(event.decode().split("data: ")[1]))
            if len(seen) == 1:
                await sync_to_async(workers)(1)
            elif len(seen) == 2:
                await sync_to_async(Cluster.objects.all().delete)()
            else:
                await sync_to_async(request.cancel)()
        return seen

    started = time.monotonic()
    seen = async_to_sync(follow)()
    assert [event["worker_away"] for event in seen] == [True, False, True, False]
    assert [event["estimated_seconds"] is None for event in seen] == [True, False, True, True]
    assert seen[-1]["status"] == "cancelled"
    assert time.monotonic() - started < 60


def test_the_workers_of_the_live_service_are_there(live_service: str) -> None:
    """Its cluster says that it is alive."""
    body = {"member": 1, "text": "하나. 둘. 셋. " * 40, "fresh": True}
    # The service may just have started: its worker is there when something is spoken.
    spoken = httpx.post(f"{live_service}/api/voice-requests/", json=body, headers={"Prefer": "wait=30"}, timeout=60)
    assert spoken.status_code == 303
    made = httpx.post(f"{live_service}/api/voice-requests/", json=body, timeout=60).json()
    assert made["worker_away"] is False
    assert made["estimated_seconds"] > 0
