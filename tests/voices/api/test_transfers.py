"""`/api/transfers/`: one's voices on another device. Alice makes a code; Bob is somebody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from testing import factories
from testing.factories import Fan, client_with, make_api_key
from voices.models import Member, Owner, Transfer, VoiceRequest
from voices.worker.sweeper import delete_old_transfers, forget_unused_listeners

ADDRESS = "/api/transfers/"
REQUESTS = "/api/voice-requests/"


def code_of(fan: Fan) -> str:
    made = fan.client.post(ADDRESS)
    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    code: str = made.json()["code"]
    return code


def claim(client: Client, code: str, **fields: Any) -> Any:
    return client.post(f"{ADDRESS}claim/", {"code": code, **fields}, content_type="application/json")


def device(code: str) -> Client:
    """Return a client with the token that a new device gets for the code."""
    claimed = claim(Client(), code)
    assert claimed.status_code == 201, claimed.content
    return client_with(claimed.json()["token"])


def listed(client: Client) -> set[str]:
    return {request["id"] for request in client.get(REQUESTS).json()["results"]}


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


class TestCarrying:
    def test_the_other_device_is_the_same_listener(self, alice: Fan, bob: Fan, member: Member) -> None:
        before = factories.succeeded(member, asker=alice.asker)
        factories.succeeded(member, asker=bob.asker)
        phone = device(code_of(alice))
        assert listed(phone) == listed(alice.client) == {str(before.pk)}
        made = phone.post(REQUESTS, {"member": member.pk, "text": "안녕."}, content_type="application/json")
        assert VoiceRequest.objects.get(pk=made.json()["id"]).owner == alice.owner
        assert len(listed(alice.client)) == 2
        assert phone.delete(f"{REQUESTS}{before.pk}/").status_code == 204

    def test_each_device_has_a_token_of_its_own_and_carries_further(self, alice: Fan, member: Member) -> None:
        factories.succeeded(member, asker=alice.asker)
        phone = device(code_of(alice))
        tablet = device(phone.post(ADDRESS).json()["code"])
        assert listed(tablet) == listed(phone) == listed(alice.client)
        assert Owner.objects.filter(acts_for=alice.owner).count() == 2

    def test_a_code_works_once(self, alice: Fan) -> None:
        code = code_of(alice)
        device(code)
        assert error(claim(Client(), code)) == (410, "transfer_over")

    @pytest.mark.django_db(transaction=True)
    def test_of_two_who_use_it_at_one_moment_one_gets_in(self, alice: Fan) -> None:
        code = code_of(alice)

        def use(_number: int) -> int:
            try:
                status: int = claim(Client(), code).status_code
                return status
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(use, range(4))) == [201, 410, 410, 410]

    def test_it_ends_after_ten_minutes(self, alice: Fan) -> None:
        code = code_of(alice)
        Transfer.objects.update(expires_at=Now() - timedelta(seconds=1))
        assert error(claim(Client(), code)) == (410, "transfer_over")
        delete_old_transfers()
        assert not Transfer.objects.exists()

    def test_another_one_ends_the_one_before(self, alice: Fan) -> None:
        first, second = code_of(alice), code_of(alice)
        assert error(claim(Client(), first)) == (410, "transfer_over")
        device(second)

    def test_only_its_hash_is_kept(self, alice: Fan) -> None:
        code = code_of(alice)
        assert code not in str(list(Transfer.objects.values()))
        assert len(code) == 32

    def test_a_device_that_is_new_stays_when_unused_listeners_go(self, alice: Fan, member: Member) -> None:
        factories.succeeded(member, asker=alice.asker)
        phone = device(code_of(alice))
        Owner.objects.update(created=Now() - timedelta(days=2))
        forget_unused_listeners()
        assert listed(phone) == listed(alice.client)

    def test_a_revoked_listener_has_no_devices(self, alice: Fan) -> None:
        phone = device(code_of(alice))
        Owner.objects.filter(pk=alice.owner.pk).update(revoked=True)
        assert phone.get(REQUESTS).status_code == 401


class TestMerging:
    def test_what_the_device_has_asked_for_comes_along_if_it_says_so(
        self, alice: Fan, bob: Fan, member: Member
    ) -> None:
        for fan in (alice, bob):
            fan.client.post(
                REQUESTS,
                {"member": member.pk, "text": "안녕."},
                content_type="application/json",
                headers={"idempotency-key": "the same key"},
            )
        claimed = claim(bob.client, code_of(alice), merge=True)
        assert claimed.status_code == 201
        everything = listed(alice.client)
        assert len(everything) == 2
        assert listed(client_with(claimed.json()["token"])) == listed(bob.client) == everything

    def test_otherwise_it_stays_where_it_is(self, alice: Fan, bob: Fan, member: Member) -> None:
        factories.succeeded(member, asker=bob.asker)
        assert claim(bob.client, code_of(alice)).status_code == 201
        assert listed(alice.client) == set()
        assert len(listed(bob.client)) == 1

    def test_devices_of_who_joins_come_along(self, alice: Fan, bob: Fan, member: Member) -> None:
        phone = device(code_of(bob))
        open_code = code_of(bob)
        factories.succeeded(member, asker=alice.asker)
        claim(bob.client, code_of(alice), merge=True)
        assert listed(phone) == listed(bob.client) == listed(alice.client) != set()
        assert error(claim(Client(), open_code)) == (410, "transfer_over")

    def test_two_who_join_each_other_are_one(self, alice: Fan, bob: Fan, member: Member) -> None:
        codes = code_of(alice), code_of(bob)
        factories.succeeded(member, asker=alice.asker)
        assert claim(bob.client, codes[0], merge=True).status_code == 201
        assert claim(alice.client, codes[1], merge=True).status_code == 410
        assert claim(alice.client, code_of(bob), merge=True).status_code == 201
        assert listed(alice.client) == listed(bob.client) != set()

    def test_it_needs_a_token(self, alice: Fan) -> None:
        code = code_of(alice)
        assert error(claim(Client(), code, merge=True)) == (401, "not_authenticated")
        device(code)


class TestWhoMay:
    def test_who_has_no_token_has_nothing_to_carry(self, client: Client, db: None) -> None:
        assert error(client.post(ADDRESS)) == (401, "not_authenticated")

    def test_an_api_key_is_carried_by_nobody(self, db: None) -> None:
        site = client_with(make_api_key("a site"))
        assert error(site.post(ADDRESS)) == (403, "permission_denied")

    @pytest.mark.parametrize("code", ["", "x" * 65, 7, None])
    def test_what_is_no_code_is_refused(self, code: Any, client: Client, db: None) -> None:
        assert claim(client, code).status_code == 400

    def test_guesses_are_throttled(self, client: Client, db: None, settings: Any) -> None:
        settings.CALLS_PER_MINUTE = {**settings.CALLS_PER_MINUTE, "posts": 2}
        settings.FANS_PER_ADDRESS = 1
        assert [claim(client, "x" * 32).status_code for _ in range(3)] == [410, 410, 429]
