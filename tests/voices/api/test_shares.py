"""`/api/shares/`: who gives out what, and takes it back. Alice asks; Bob is another; Charlie shows no token."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from testing import factories
from testing.factories import Fan, client_with, make_api_key
from voices.models import Member, Share, VoiceRequest

ADDRESS = "/api/shares/"


@pytest.fixture
def spoken(alice: Fan, member: Member) -> VoiceRequest:
    """Return a request of Alice's that has succeeded."""
    return factories.succeeded(member, asker=alice.asker)


def give_out(client: Client, request: VoiceRequest) -> Any:
    return client.post(ADDRESS, {"request": str(request.pk)}, content_type="application/json")


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


class TestGivingOut:
    def test_its_owner_gets_an_address_that_works_for_thirty_days(self, alice: Fan, spoken: VoiceRequest) -> None:
        made = give_out(alice.client, spoken)
        assert made.status_code == 201
        share = made.json()
        assert share["url"] == f"http://testserver/s/{share['token']}"
        assert share["request"] == str(spoken.pk)
        assert len(share["token"]) == 22
        expires_at = parse_datetime(share["expires_at"])
        assert expires_at is not None
        assert timedelta(days=29, hours=23) < expires_at - timezone.now() < timedelta(days=30, hours=1)
        assert alice.client.get(f"/s/{share['token']}").status_code == 200

    def test_a_setting_says_for_how_long(self, alice: Fan, spoken: VoiceRequest, settings: Any) -> None:
        settings.SHARE_DAYS = 1
        give_out(alice.client, spoken)
        assert Share.objects.get().expires_at < timezone.now() + timedelta(days=1, hours=1)

    def test_again_it_is_the_same_address_for_longer(self, alice: Fan, spoken: VoiceRequest) -> None:
        first = give_out(alice.client, spoken).json()
        Share.objects.update(expires_at=Now() - timedelta(days=1))
        again = give_out(alice.client, spoken).json()
        assert again["token"] == first["token"]
        assert alice.client.get(f"/s/{first['token']}").status_code == 200

    def test_withdrawn_it_gets_another(self, alice: Fan, spoken: VoiceRequest) -> None:
        first = give_out(alice.client, spoken).json()["token"]
        assert alice.client.delete(f"{ADDRESS}{first}/").status_code == 204
        second = give_out(alice.client, spoken).json()["token"]
        assert [alice.client.get(f"/s/{token}").status_code for token in (first, second)] == [410, 200]

    @pytest.mark.parametrize("state", ["queued", "processing", "failed", "cancelled"])
    def test_only_what_has_succeeded(self, state: str, alice: Fan, member: Member) -> None:
        request = getattr(factories, state)(member, asker=alice.asker)
        assert code(give_out(alice.client, request)) == (409, "not_ready")

    def test_no_word_that_was_only_tried_out(self, alice: Fan, member: Member) -> None:
        trial = factories.succeeded(member, asker=alice.asker, purpose=VoiceRequest.Purpose.TRIAL)
        assert code(give_out(alice.client, trial)) == (409, "not_ready")

    def test_nobody_else_does(self, bob: Fan, spoken: VoiceRequest, member: Member) -> None:
        for stranger in (bob.client, Client(), client_with(make_api_key("a site"))):
            assert code(give_out(stranger, spoken)) == (403, "not_yours")
            assert code(give_out(stranger, factories.succeeded(member))) == (403, "not_yours")
        assert not Share.objects.exists()

    def test_an_api_key_that_only_reads_does_not(self, spoken: VoiceRequest) -> None:
        assert code(give_out(client_with(make_api_key("a site", scope="read")), spoken)) == (403, "insufficient_scope")

    def test_who_asked_from_an_address_gives_out_from_there(self, client: Client, member: Member) -> None:
        made = client.post(
            "/api/voice-requests/", {"member": member.pk, "text": "안녕."}, content_type="application/json"
        )
        request = VoiceRequest.objects.get(pk=made.json()["id"])
        begun = factories.claimed(request)
        assert begun.succeed(audio_name="x.wav", **factories.SOUND)
        assert give_out(Client(REMOTE_ADDR="192.0.2.9"), request).status_code == 403
        assert give_out(client, request).status_code == 201

    @pytest.mark.parametrize("request_id", ["", "x", 7, None])
    def test_what_is_no_id_is_refused(self, request_id: Any, alice: Fan) -> None:
        answer = alice.client.post(ADDRESS, {"request": request_id}, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json()["error"]["field"] == "request"

    def test_an_unknown_one_is_not_found(self, alice: Fan) -> None:
        answer = alice.client.post(
            ADDRESS, {"request": "00000000-0000-4000-8000-000000000000"}, content_type="application/json"
        )
        assert code(answer) == (404, "not_found")


class TestListing:
    def test_it_shows_ones_own_that_still_work(self, alice: Fan, bob: Fan, member: Member) -> None:
        requests = [factories.succeeded(member, asker=alice.asker) for _ in range(3)]
        tokens = [give_out(alice.client, request).json()["token"] for request in requests]
        give_out(bob.client, factories.succeeded(member, asker=bob.asker))
        alice.client.delete(f"{ADDRESS}{tokens[0]}/")
        Share.objects.filter(token=tokens[1]).update(expires_at=Now())
        listed = alice.client.get(ADDRESS).json()["results"]
        assert [share["token"] for share in listed] == [tokens[2]]
        for request, count in [(requests[2], 1), (requests[0], 0)]:
            assert alice.client.get(f"{ADDRESS}?request={request.pk}").json()["count"] == count

    def test_it_needs_a_token(self, client: Client, db: None) -> None:
        assert code(client.get(ADDRESS)) == (401, "not_authenticated")


class TestWithdrawing:
    def test_nobody_else_does(self, alice: Fan, bob: Fan, client: Client, spoken: VoiceRequest) -> None:
        token = give_out(alice.client, spoken).json()["token"]
        for stranger in (bob.client, client):
            assert code(stranger.delete(f"{ADDRESS}{token}/")) == (403, "not_yours")
        assert client.get(f"/s/{token}").status_code == 200

    def test_an_unknown_address_is_not_found(self, alice: Fan, spoken: VoiceRequest) -> None:
        for token in ("x" * 22, "x"):
            assert code(alice.client.delete(f"{ADDRESS}{token}/")) == (404, "not_found")
