"""Calls of one owner and of one address a minute, and event streams at once: the next is told when to come again."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.test import AsyncClient, Client

from testing import factories
from testing.factories import SENTENCE, Fan, client_with, make_api_key
from testing.processes import Service, wait_until
from voices.api.throttles import open_streams
from voices.models import Member, VoiceRequest

ADDRESS = "/api/voice-requests/"

Call = Callable[[Client, Member], Any]


def send(path: str, **body: Any) -> Call:
    def call(client: Client, member: Member) -> Any:
        return client.post(path, {"member": member.pk, **body}, content_type="application/json")

    return call


def retry(client: Client, member: Member) -> Any:
    return client.post(f"{ADDRESS}{VoiceRequest.objects.get(text='again', retry_of=None).pk}/retry/")


POSTS: list[Call] = [
    send(ADDRESS, text=SENTENCE),
    send("/api/texts"),  # refused for its fields: that counts, too
    send("/api/listeners/"),
    send("/api/reading-proposals/", written="QQX", reading="꾸꾸"),
    retry,
]
PREVIEW = send("/api/text-preview/", text=SENTENCE)


def a_list(client: Client, member: Member) -> Any:
    return client.get(ADDRESS)


@pytest.fixture(autouse=True)
def two_calls(settings: Any) -> None:
    settings.CALLS_PER_MINUTE = {"posts": 2, "previews": 2, "lists": 2}
    settings.FANS_PER_ADDRESS = 2


def refused(response: Any) -> bool:
    if response.status_code != 429:
        return False
    assert response.json()["error"]["code"] == "throttled"
    assert 1 <= int(response["Retry-After"]) <= 60
    return True


def refusals(call: Call, member: Member, *clients: Client) -> list[bool]:
    return [refused(call(client, member)) for client in clients]


@pytest.mark.parametrize("call", [*POSTS, PREVIEW, a_list])
def test_one_owner_may_call_so_often(call: Call, alice: Fan, bob: Fan, member: Member) -> None:
    factories.failed(member, asker=alice.asker, text="again")
    assert refusals(call, member, *[alice.client] * 3) == [False, False, True]
    assert refusals(call, member, bob.client) == [False]


@pytest.mark.parametrize("call", [POSTS[0], PREVIEW, a_list])
@pytest.mark.parametrize("with_tokens", [True, False])
def test_one_address_may_call_so_often_for_all_its_fans(call: Call, with_tokens: bool, member: Member) -> None:
    def new() -> Client:
        return Fan().client if with_tokens else Client()

    assert refusals(call, member, *(new() for _ in range(5))) == [False] * 4 + [True]
    assert refusals(call, member, Client(REMOTE_ADDR="192.0.2.1")) == [False]


def test_all_posts_are_counted_together_and_apart_from_others(alice: Fan, member: Member) -> None:
    assert [refused(call(alice.client, member)) for call in POSTS[:3]] == [False, False, True]
    assert refusals(PREVIEW, member, alice.client) == [False]


def test_an_api_key_has_a_rate_of_its_own_and_its_address_does_not_count(member: Member) -> None:
    site = client_with(make_api_key("a fan site", calls_per_minute=6))
    assert refusals(PREVIEW, member, *[site] * 7) == [False] * 6 + [True]
    assert refusals(PREVIEW, member, Client()) == [False]


def test_seeing_cancelling_and_deleting_are_not_counted(alice: Fan, member: Member) -> None:
    address = f"{ADDRESS}{factories.queued(member, asker=alice.asker).pk}/"
    for _ in range(9):
        assert alice.client.get(address).status_code == 200
    assert alice.client.post(f"{address}cancel/").status_code == 200
    assert alice.client.delete(address).status_code == 204


def test_after_a_minute_there_is_room_again(alice: Fan, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusals(PREVIEW, member, *[alice.client] * 3) == [False, False, True]
    later = time.time() + 61
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.timer", lambda self: later)
    assert refusals(PREVIEW, member, alice.client) == [False]


class TestTrustedProxies:
    def ask(self, member: Member, forwarded: str, peer: str = "10.0.0.1") -> bool:
        client = Client(REMOTE_ADDR=peer, headers={"x-forwarded-for": forwarded} if forwarded else None)
        return refused(PREVIEW(client, member))

    def test_without_a_proxy_nobody_chooses_its_address(self, member: Member) -> None:
        assert [self.ask(member, f"192.0.2.{number}") for number in range(5)] == [False] * 4 + [True]

    @pytest.fixture
    def one_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rest_framework.settings.api_settings.NUM_PROXIES", 1)

    @pytest.mark.usefixtures("one_proxy")
    def test_a_proxy_tells_the_address(self, member: Member) -> None:
        assert [self.ask(member, f"192.0.2.{number}") for number in range(9)] == [False] * 9

    @pytest.mark.usefixtures("one_proxy")
    @pytest.mark.parametrize("pretended", ["192.0.2.{}, ", "not an address {}, ", "2001:db8:{}::1, "])
    def test_what_the_client_itself_has_written_there_does_not_count(self, pretended: str, member: Member) -> None:
        answers = [self.ask(member, f"{pretended.format(number)}203.0.113.7") for number in range(5)]
        assert answers == [False] * 4 + [True]

    @pytest.mark.usefixtures("one_proxy")
    @pytest.mark.parametrize(
        "same",
        [
            ["192.0.2.1", "192.0.2.1:5000", "192.0.2.1:5001", "::ffff:192.0.2.1", "::ffff:c000:201"],
            ["2001:db8::1", "2001:db8::2", "[2001:db8::3]:443", "[2001:DB8::4]", "2001:db8:0:0:ffff::5"],
        ],
    )
    def test_ports_and_other_ways_to_write_it_change_nothing(self, same: list[str], member: Member) -> None:
        assert [self.ask(member, written) for written in same] == [False] * 4 + [True]


async def closed(stream: Any) -> None:
    """End a stream as Django does when its client has gone: the loop ends what it wraps once nothing refers to it."""
    await stream.aclose()
    del stream
    gc.collect()  # a response of the test client refers to itself
    for _ in range(10):
        await asyncio.sleep(0)


class TestStreams:
    @pytest.fixture(autouse=True)
    def two_streams(self, settings: Any) -> None:
        settings.STREAMS_PER_FAN = 2

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize(("with_token", "room"), [(True, 2), (False, 4)])
    def test_so_many_are_open_at_once(self, with_token: bool, room: int, alice: Fan, member: Member) -> None:
        address = f"{ADDRESS}{factories.queued(member).pk}/events/"
        headers = {"authorization": f"Bearer {alice.token}"} if with_token else {}

        async def follow() -> list[int]:
            streams, statuses = [], []
            for _ in range(room + 1):
                response: Any = await AsyncClient().get(address, headers=headers)
                statuses.append(response.status_code)
                if response.streaming:
                    streams.append(aiter(response.streaming_content))
                    await anext(streams[-1])
            assert response.json()["error"]["code"] == "too_many_streams"
            assert int(response["Retry-After"]) >= 1
            await closed(streams.pop())
            statuses.append((await AsyncClient().get(address, headers=headers)).status_code)
            while streams:
                await closed(streams.pop())
            return statuses

        assert async_to_sync(follow)() == [200] * room + [429, 200]
        assert not open_streams._open

    def test_who_comes_at_the_same_moment_gets_no_more(self, alice: Fan) -> None:
        with ExitStack() as open_ones:
            for _ in range(2):
                assert open_streams.has_room(alice.asker)
                open_ones.enter_context(open_streams.opened(alice.asker))
            assert not open_streams.has_room(alice.asker)
        assert open_streams.has_room(alice.asker)


@pytest.fixture
def small_service(new_database: str, voice_model_dir: Path, tmp_path: Path) -> Iterator[Service]:
    """Run a service whose addresses may have two streams open."""
    service = Service(
        tmp_path,
        DATABASE_URL=new_database,
        FORV_VOICE_MODEL_DIR=str(voice_model_dir),
        FORV_STREAMS_PER_FAN="2",
        FORV_FANS_PER_ADDRESS="1",
    )
    try:
        service.wait_until_up()
        yield service
    finally:
        service.stop()


def test_a_stream_whose_client_has_gone_makes_room(small_service: Service) -> None:
    for process in small_service.processes():  # without a worker nothing is ever spoken, and streams stay open
        if "qcluster" in process.cmdline():
            process.suspend()
    body = {"member": 1, "text": SENTENCE}
    with httpx.Client(base_url=small_service.address, timeout=30) as client:
        events = f"{client.post(ADDRESS, json=body).headers['Location']}events/"
        with ExitStack() as streams:
            for _ in range(2):
                assert streams.enter_context(client.stream("GET", events)).status_code == 200
            assert client.get(events).status_code == 429

        def there_is_room() -> bool:
            with client.stream("GET", events) as response:
                return response.status_code == 200

        wait_until(there_is_room, 30)


def test_what_is_counted_is_bounded() -> None:
    for number in range(60_000):
        cache.set(f"posts-address-{number}", [1.0], 60)
    assert cache.get("posts-address-59999") and not cache.get("posts-address-0")
