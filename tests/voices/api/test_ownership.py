"""What belongs to whom. Alice asks; Bob has a token of his own and knows her uuid; Charlie has none.

The same holds for every way to prove who one is: a listener's token, an API key, or only an address.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from testing import factories
from testing.factories import SENTENCE, Fan, client_with, make_api_key
from voices.models import Member, Owner, VoiceRequest
from voices.queue import BETWEEN_TURNS
from voices.tasks import synthesize_next

ADDRESS = "/api/voice-requests/"
ALICES_NAME = {"uuid": "alice", "created_at": "2026-11-25T10:00:00"}


def by_token() -> Client:
    return Fan("alice").client


def by_api_key() -> Client:
    return client_with(make_api_key("a fan site"))


def by_address() -> Client:
    return Client(REMOTE_ADDR="192.0.2.1")


def stranger_with_a_token() -> Client:
    return Fan("alice").client


def stranger_with_an_api_key() -> Client:
    return client_with(make_api_key("alice"))


def stranger_elsewhere() -> Client:
    return Client(REMOTE_ADDR="192.0.2.2")


@pytest.fixture(params=[by_token, by_api_key, by_address])
def owner(request: pytest.FixtureRequest, db: None) -> Client:
    """Return the client of Alice, however she proves who she is."""
    client: Client = request.param()
    return client


@pytest.fixture(params=[stranger_with_a_token, stranger_with_an_api_key, stranger_elsewhere])
def stranger(request: pytest.FixtureRequest, db: None) -> Client:
    client: Client = request.param()
    return client


def ask(client: Client, member: Member, path: str = ADDRESS, key: str = "", **fields: Any) -> Any:
    body = {"member": member.pk, "text": SENTENCE, **fields}
    headers = {"idempotency-key": key} if key else None
    return client.post(path, body, content_type="application/json", headers=headers)


def asked(client: Client, member: Member, **fields: Any) -> VoiceRequest:
    response = ask(client, member, **fields)
    assert response.status_code == 202, response.content
    return VoiceRequest.objects.get(pk=response.json()["id"])


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


Change = Callable[[Client, VoiceRequest], Any]
CHANGES: list[Change] = [
    lambda client, request: client.delete(f"{ADDRESS}{request.pk}/"),
    lambda client, request: client.post(f"{ADDRESS}{request.pk}/cancel/"),
    lambda client, request: client.post(f"{ADDRESS}{request.pk}/retry/"),
]


class TestSeeing:
    def test_who_knows_the_id_sees_and_hears_it(self, owner: Client, stranger: Client, member: Member) -> None:
        request = asked(owner, member, **ALICES_NAME)
        assert stranger.get(f"{ADDRESS}{request.pk}/").json()["text"] == SENTENCE
        synthesize_next()
        assert stranger.get(f"{ADDRESS}{request.pk}/audio/").status_code == 302


class TestListing:
    @pytest.mark.parametrize("client", [by_token, by_api_key])
    def test_it_shows_ones_own(self, client: Callable[[], Client], member: Member) -> None:
        one = client()
        request = asked(one, member, uuid="any")
        for query in ("", "?uuid=any"):
            assert [item["id"] for item in one.get(f"{ADDRESS}{query}").json()["results"]] == [str(request.pk)]

    @pytest.mark.parametrize("query", ["", "?uuid=alice"])
    def test_her_uuid_shows_nothing_of_hers(self, query: str, owner: Client, member: Member) -> None:
        asked(owner, member, **ALICES_NAME)
        for client in (stranger_with_a_token(), stranger_with_an_api_key()):
            asked(client, member, uuid="alice")
            assert client.get(f"{ADDRESS}{query}").json()["count"] == 1

    @pytest.mark.parametrize("query", ["", "?uuid=alice", "?uuid=a/b"])
    def test_who_shows_no_key_has_no_list(self, query: str, owner: Client, member: Member, client: Client) -> None:
        asked(owner, member, **ALICES_NAME)
        response = client.get(f"{ADDRESS}{query}")
        assert (code(response), response["WWW-Authenticate"]) == ((401, "not_authenticated"), "Bearer")


class TestChanging:
    @pytest.mark.parametrize("change", CHANGES, ids=["delete", "cancel", "retry"])
    def test_a_stranger_changes_nothing(self, change: Change, owner: Client, stranger: Client, member: Member) -> None:
        request = asked(owner, member, **ALICES_NAME)
        request.fail("internal_error", "")
        before = list(VoiceRequest.objects.values())
        assert code(change(stranger, request)) == (403, "not_yours")
        assert list(VoiceRequest.objects.values()) == before

    def test_its_owner_may(self, owner: Client, member: Member) -> None:
        first = asked(owner, member, **ALICES_NAME)
        delete, cancel, retry = CHANGES
        assert cancel(owner, first).json()["status"] == "cancelled"
        again = retry(owner, first)
        assert again.status_code == 202
        again = VoiceRequest.objects.get(pk=again.json()["id"])
        assert (again.owner, again.address) == (first.owner, first.address)
        assert delete(owner, again).status_code == delete(owner, first).status_code == 204

    @pytest.mark.parametrize("change", CHANGES, ids=["delete", "cancel", "retry"])
    def test_what_the_service_asked_for_itself_is_nobodys(
        self, change: Change, stranger: Client, member: Member
    ) -> None:
        assert code(change(stranger, factories.failed(member))) == (403, "not_yours")

    def test_an_address_owns_nothing_that_a_token_from_there_asked_for(self, member: Member) -> None:
        request = asked(Fan().client, member)
        assert request.address
        assert code(Client().delete(f"{ADDRESS}{request.pk}/")) == (403, "not_yours")


class TestIdempotencyKeys:
    def test_a_strangers_key_is_another_key(self, owner: Client, stranger: Client, member: Member) -> None:
        hers = asked(owner, member, key="key-1")
        assert asked(stranger, member, key="key-1") != hers
        assert ask(stranger, member, key="key-1", speed=2.0).status_code == 422
        assert asked(owner, member, key="key-1") == hers
        assert VoiceRequest.objects.count() == 2

    def test_a_token_and_its_address_have_keys_of_their_own(self, alice: Fan, client: Client, member: Member) -> None:
        assert asked(alice.client, member, key="key-1") != asked(client, member, key="key-1")


@pytest.mark.django_db(transaction=True)
class TestNamesOfAudio:
    @pytest.fixture(autouse=True)
    def no_wait(self, settings: Any) -> None:
        settings.MAX_WAIT_SECONDS = 0

    def texts(self, client: Client, member: Member, text: str) -> Any:
        return ask(client, member, "/api/texts", text=text, member_id=member.pk, **ALICES_NAME)

    def test_a_stranger_does_not_replace_hers(
        self, owner: Client, stranger: Client, member: Member, media_dir: Path
    ) -> None:
        assert self.texts(owner, member, "내 목소리예요.").status_code == 202
        synthesize_next()
        public = f"wav_files/{member.pk}/alice_2026-11-25T10:00:00_voice.wav"
        audio = (media_dir / public).read_bytes()
        assert code(self.texts(stranger, member, "남의 목소리를 훔쳐요.")) == (409, "name_taken")
        assert code(ask(stranger, member, text="남의 목소리를 훔쳐요.", **ALICES_NAME)) == (409, "name_taken")
        synthesize_next()
        assert (media_dir / public).read_bytes() == audio

    def test_a_stranger_does_not_come_first_while_hers_waits(
        self, owner: Client, stranger: Client, member: Member
    ) -> None:
        self.texts(owner, member, "내 목소리예요.")
        assert code(self.texts(stranger, member, "남의 목소리를 훔쳐요.")) == (409, "name_taken")

    def test_of_strangers_who_ask_at_one_moment_one_gets_the_name(self, member: Member) -> None:
        clients = [Fan("alice").client for _ in range(4)]

        def post(client: Client) -> int:
            try:
                status: int = self.texts(client, member, "내 목소리예요.").status_code
                return status
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(post, clients)) == [202, 409, 409, 409]

    def test_its_owner_replaces_it_as_before(self, owner: Client, member: Member) -> None:
        for text in ("처음이에요.", "다시 할게요."):
            assert self.texts(owner, member, text).status_code == 202
            synthesize_next()
        names = {request.audio_name for request in VoiceRequest.objects.all()}
        public = default_storage.open(f"wav_files/{member.pk}/alice_2026-11-25T10:00:00_voice.wav").read()
        assert public in [default_storage.open(name).read() for name in names]

    def test_another_format_time_or_member_is_another_name(
        self, alice: Fan, bob: Fan, member: Member, broken_member: Member
    ) -> None:
        asked(alice.client, member, **ALICES_NAME)
        for other in ({"format": "mp3"}, {"created_at": "later"}, {"uuid": "bob"}):
            asked(bob.client, member, **{**ALICES_NAME, **other})
        asked(bob.client, broken_member, **ALICES_NAME)


class TestTheQueue:
    def in_order(self) -> list[str]:
        return [request.text for request in VoiceRequest.objects.waiting().in_order()]

    def test_posts_under_her_uuid_do_not_push_her_back(self, owner: Client, stranger: Client, member: Member) -> None:
        for number in range(5):
            asked(stranger, member, text=f"남의 {number}.", uuid="alice")
        asked(owner, member, text="내 말.", uuid="alice")
        assert self.in_order()[:2] == ["남의 0.", "내 말."]

    def test_a_listener_gains_nothing_by_changing_its_uuid(self, alice: Fan, bob: Fan, member: Member) -> None:
        for number in range(3):
            asked(bob.client, member, text=f"밥 {number}.", uuid=f"bob-{number}")
        asked(alice.client, member, text="앨리스.")
        assert self.in_order() == ["밥 0.", "앨리스.", "밥 1.", "밥 2."]

    def test_a_sites_fans_are_told_apart_by_their_uuids(self, member: Member) -> None:
        site = by_api_key()
        for text, uuid in (("가1", "가"), ("가2", "가"), ("나1", "나")):
            asked(site, member, text=text, uuid=uuid.replace("가", "a").replace("나", "b"))
        assert self.in_order() == ["가1", "나1", "가2"]

    @pytest.mark.parametrize("with_tokens", [True, False])
    def test_an_address_under_changing_names_pushes_a_fan_back_as_so_many_fans_only(
        self, with_tokens: bool, member: Member, settings: Any
    ) -> None:
        settings.FANS_PER_ADDRESS = 2
        for number in range(7):
            somebody = Fan().client if with_tokens else Client()
            asked(somebody, member, text=f"몰려와요 {number}.", uuid=f"crowd-{number}")
        asked(Client(REMOTE_ADDR="192.0.2.77"), member, text="한 번만 물어요.")
        crowd = [f"몰려와요 {number}." for number in range(7)]
        assert self.in_order() == [*crowd[:2], "한 번만 물어요.", *crowd[2:]]
        first, *others = (request.turn for request in VoiceRequest.objects.in_order())
        assert [round((turn - first) / BETWEEN_TURNS) for turn in others] == [0, 0, 1, 1, 2, 2, 3]

    def test_a_crowds_batch_does_not_delay_what_its_address_waits_for(self, member: Member, settings: Any) -> None:
        settings.FANS_PER_ADDRESS = 1
        for number in range(3):
            asked(Client(), member, text=f"일괄 {number}.", priority="batch")
        asked(Client(), member, text="대화.")
        asked(Client(REMOTE_ADDR="192.0.2.77"), member, text="한 번만 물어요.")
        assert self.in_order()[:2] == ["대화.", "한 번만 물어요."]


class TestHowManyMayWait:
    def test_one_fan_has_its_share_only(self, alice: Fan, bob: Fan, member: Member, settings: Any) -> None:
        settings.MAX_QUEUED_PER_FAN = 2
        for number in range(2):
            asked(alice.client, member, uuid=f"changing-{number}")
        response = ask(alice.client, member, uuid="changing-2")
        assert code(response) == (429, "too_many_waiting")
        assert int(response["Retry-After"]) >= 1
        assert VoiceRequest.objects.count() == 2
        asked(bob.client, member)
        VoiceRequest.objects.claim_next("a cluster")
        asked(alice.client, member)

    @pytest.mark.parametrize("with_tokens", [True, False])
    def test_one_address_can_not_fill_the_queue_under_changing_names(
        self, with_tokens: bool, member: Member, settings: Any
    ) -> None:
        settings.MAX_QUEUED_PER_FAN, settings.FANS_PER_ADDRESS = 2, 2

        def somebody() -> Client:
            return Fan().client if with_tokens else Client()

        answers = [ask(somebody(), member, uuid=f"fan-{number}").status_code for number in range(7)]
        assert answers == [202] * 4 + [429] * 3
        asked(Client(REMOTE_ADDR="192.0.2.77"), member)

    def test_ipv6_is_counted_by_its_network(self, member: Member, settings: Any) -> None:
        settings.MAX_QUEUED_PER_FAN = settings.FANS_PER_ADDRESS = 1
        asked(Client(REMOTE_ADDR="2001:db8:0:1::1"), member)
        assert ask(Client(REMOTE_ADDR="2001:db8:0:1:ffff::2"), member).status_code == 429
        asked(Client(REMOTE_ADDR="2001:db8:0:2::1"), member)

    def test_an_api_key_has_a_bound_of_its_own(self, member: Member, settings: Any) -> None:
        settings.MAX_QUEUED_PER_FAN = 1
        site = client_with(make_api_key("a fan site", max_waiting=3))
        answers = [ask(site, member, uuid=f"fan-{number}").status_code for number in range(4)]
        assert answers == [202] * 3 + [429]
        asked(Client(), member)


class TestKeys:
    @pytest.mark.parametrize(
        "key", ["x", "", "x.y", f"{'x' * 16}.{'y' * 32}", "가" * 49, "a\0b", f"{'x' * 16}.{'y' * 32} "]
    )
    def test_a_wrong_key_is_refused_everywhere(self, key: str, member: Member) -> None:
        client = client_with(key)
        request = factories.queued(member)
        for response in (
            client.get(ADDRESS),
            ask(client, member),
            client.get(f"{ADDRESS}{request.pk}/"),
            client.delete(f"{ADDRESS}{request.pk}/"),
            client.post("/api/text-preview/", {"text": ""}, content_type="application/json"),
        ):
            assert code(response) == (401, "authentication_failed")
            assert response["WWW-Authenticate"] == "Bearer"
        assert VoiceRequest.objects.count() == 1

    def test_other_schemes_are_not_ours(self, client: Client, member: Member) -> None:
        headers = {"authorization": "Basic YTpi"}
        body = {"member": member.pk, "text": SENTENCE}
        assert client.post(ADDRESS, body, content_type="application/json", headers=headers).status_code == 202

    @pytest.mark.parametrize("state", [{"revoked": True}, {"expiry_date": timezone.now() - timedelta(seconds=1)}])
    def test_a_revoked_or_expired_key_is_refused(self, state: dict[str, Any], member: Member) -> None:
        assert code(ask(client_with(make_api_key("a", **state)), member)) == (401, "authentication_failed")
        later = {"expiry_date": timezone.now() + timedelta(days=1)}
        asked(client_with(make_api_key("b", **later)), member)

    def test_no_key_is_stored(self, alice: Fan) -> None:
        key = make_api_key("a fan site")
        stored = str(list(Owner.objects.values()))
        for secret in (key, alice.token):
            assert secret not in stored and secret.split(".")[1] not in stored

    def test_a_key_that_only_reads_asks_for_nothing(self, member: Member) -> None:
        reader = client_with(make_api_key("a dashboard", scope=Owner.Scope.READ))
        request = factories.failed(member)
        assert reader.get(ADDRESS).json()["count"] == 0
        assert reader.get(f"{ADDRESS}{request.pk}/").status_code == 200
        assert reader.post("/api/text-preview/", {"text": "네"}, content_type="application/json").status_code == 200
        for response in (
            ask(reader, member),
            ask(reader, member, "/api/texts"),
            *(c(reader, request) for c in CHANGES),
        ):
            assert code(response) == (403, "insufficient_scope")
        assert VoiceRequest.objects.count() == 1

    @pytest.mark.parametrize("body", [{"uuid": 5}, {"uuid": "a/b"}, []])
    def test_a_token_is_not_given_for_a_wrong_body(self, body: Any, client: Client, db: None) -> None:
        response = client.post("/api/listeners/", body, content_type="application/json")
        assert response.status_code == 400
        assert not Owner.objects.exists()

    def test_a_token_is_given_once_and_works(self, client: Client, member: Member) -> None:
        response = client.post("/api/listeners/", {"uuid": "alice"}, content_type="application/json")
        assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
        mine = client_with(response.json()["token"])
        request = asked(mine, member)
        assert mine.get(ADDRESS).json()["results"][0]["id"] == str(request.pk)


class TestWithoutAnonymousUse:
    @pytest.fixture(autouse=True)
    def off(self, settings: Any) -> None:
        settings.ANONYMOUS_USE = False

    def test_only_api_keys_are_answered(self, client: Client, alice: Fan, member: Member) -> None:
        request = factories.failed(member)
        for somebody in (client, alice.client):
            for response in (
                ask(somebody, member),
                ask(somebody, member, "/api/texts"),
                somebody.get(ADDRESS),
                somebody.post("/api/text-preview/", {"text": "네"}, content_type="application/json"),
                somebody.post("/api/listeners/", {}, content_type="application/json"),
                *(change(somebody, request) for change in CHANGES),
            ):
                assert code(response) == (401, "api_key_required")
        asked(by_api_key(), member)

    def test_what_a_page_shows_to_everybody_is_shown(self, client: Client, member: Member) -> None:
        for path in ("/api/", "/api/members/", f"{ADDRESS}{factories.queued(member).pk}/"):
            assert client.get(path).status_code == 200
