"""A request under review is heard by staff alone; a rejection takes it back wherever it was given out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now
from django.test import AsyncClient, Client

from testing import factories
from testing.factories import AUDIO, SENTENCE, Fan, files_below, reloaded, sentence_of, succeeded
from voices import decisions
from voices.audio_objects import public_audio_name
from voices.choices import RejectionReason, ReviewStatus, Withdrawal
from voices.decisions import NotReviewable
from voices.models import Member, ObjectToDelete, Report, Share, StoredSentence, VoiceRequest, Webhook
from voices.storage import temporary_url
from voices.tasks import synthesize_next
from voices.webhooks.outbox import WebhookDelivery
from voices.withdrawal import withdraw
from voices.worker.sweeper import delete_objects
from voices.worker.webhook_sender import body

PUBLIC = {"client_uuid": "fan-1", "client_created_at": "2022-08-22T10:15:30"}
HURTFUL = RejectionReason.HURTFUL


@pytest.fixture
def reviewed(settings: Any) -> None:
    settings.REVIEW = "before_playing"


@pytest.fixture
def reviewer(db: None) -> User:
    return User.objects.create_user("reviewer", is_staff=True)


def fetched(address: str) -> tuple[int, bytes]:
    """Return the answer of an address that may stream."""

    async def fetch() -> tuple[int, bytes]:
        response: Any = await AsyncClient().get(address)
        if response.streaming:
            return response.status_code, b"".join([part async for part in response.streaming_content])
        return response.status_code, response.content

    return async_to_sync(fetch)()


def exits_of(request: VoiceRequest) -> dict[str, str]:
    """Return every address at which a fan could hear the request."""
    own = f"/api/voice-requests/{request.pk}/"
    return {
        "audio": f"{own}audio/",
        "another format": f"{own}audio/?format=mp3",
        "stream": f"{own}audio/stream",
        "another stream": f"{own}audio/stream?format=pcm",
        "subtitles": f"{own}captions.srt",
        "signed": temporary_url(request.audio_name),
    }


def heard_at(request: VoiceRequest) -> list[str]:
    return [name for name, address in exits_of(request).items() if fetched(address)[0] in (200, 302)]


@pytest.mark.django_db(transaction=True)
class TestBeforeApproval:
    def test_only_staff_hear_it(self, reviewed: None, alice: Fan, member: Member, admin_client: Client) -> None:
        spoken = succeeded(member, asker=alice.asker)
        StoredSentence.objects.all().delete()
        shown = alice.client.get(f"/api/voice-requests/{spoken.pk}/").json()
        assert (shown["status"], shown["audio"], shown["audio_stream"]) == ("succeeded", None, None)
        assert shown["review"]["status"] == "under_review" and shown["review"]["message"]
        assert heard_at(spoken) == []
        refused = alice.client.post("/api/shares/", {"request": str(spoken.pk)}, "application/json")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "under_review")
        staff = admin_client.get(f"/admin/voices/voicerequest/{spoken.pk}/audio/")
        assert (staff.status_code, staff.content) == (200, AUDIO)

    def test_what_is_spoken_of_it_is_not_heard_sentence_by_sentence(self, reviewed: None, member: Member) -> None:
        request = factories.processing(member)
        assert request.begin_speaking(SENTENCE, [], 2)
        assert request.store_sentence(sentence_of(request))
        status, answer = fetched(f"/api/voice-requests/{request.pk}/audio/stream?format=pcm")
        assert (status, b'"under_review"' in answer) == (409, True)

    def test_a_client_that_waits_is_told_at_once(self, reviewed: None, member: Member) -> None:
        async def post(address: str, data: Any, **headers: str) -> Any:
            return await AsyncClient().post(address, data, "application/json", headers=headers)

        asked = {"member": member.pk, "text": SENTENCE}
        waited = async_to_sync(post)("/api/voice-requests/", asked, prefer="wait=30")
        assert (waited.status_code, waited.json()["review"]["status"]) == (202, "under_review")
        old = {"uuid": "fan-9", "created_at": "2022", "member_id": member.pk, "text": SENTENCE}
        assert async_to_sync(post)("/api/texts", old).status_code == 202
        speech = {"model": "forv", "voice": member.slug, "input": SENTENCE}
        answer = async_to_sync(post)("/v1/audio/speech", speech)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "under_review")

    def test_no_copy_is_stored_where_clients_of_the_flask_server_look(
        self, reviewed: None, reviewer: User, member: Member, media_dir: Path
    ) -> None:
        request = factories.queued(member, **PUBLIC)
        synthesize_next()
        spoken = reloaded(request)
        assert files_below(media_dir) == [spoken.audio_name]
        decisions.approve(spoken, reviewer)
        assert sorted(files_below(media_dir)) == sorted([spoken.audio_name, public_audio_name(spoken) or ""])

    def test_the_same_again_is_never_shared_with_it(
        self, reviewed: None, reviewer: User, member: Member, settings: Any
    ) -> None:
        settings.SAME_AGAIN_DAYS = 30
        decisions.approve(factories.queued(member), reviewer)
        synthesize_next()
        again = factories.queued(member)
        assert (again.status, again.review_status) == ("queued", ReviewStatus.PENDING)
        settings.REVIEW = "off"
        assert factories.queued(member).status == "queued"

    def test_a_batch_is_complete_once_all_lines_are_reviewed(
        self, reviewed: None, reviewer: User, member: Member, client: Client
    ) -> None:
        asked = client.post(
            "/api/batches/", {"member": member.pk, "lines": ["하나.", "둘."]}, "application/json"
        ).json()
        for _line in asked["lines"]:
            synthesize_next()
        address = f"/api/batches/{asked['id']}/"
        assert client.get(address).json()["done"] == 0
        assert fetched(f"{address}joined/")[0] == fetched(f"{address}archive.zip")[0] == 409
        first, second = VoiceRequest.objects.order_by("batch_number")
        decisions.approve(first, reviewer)
        decisions.reject(second, HURTFUL, reviewer)
        shown = client.get(address).json()
        assert (shown["done"], shown["failed"]) == (2, 1)
        assert shown["lines"][1]["review"]["reason"] == "hurtful"
        status, archive = fetched(f"{address}archive.zip")
        assert status == 200 and archive.count("하나".encode()) and not archive.count("둘".encode())

    def test_the_service_speaks_for_itself_without_review(self, reviewed: None, member: Member) -> None:
        assert member.voices.get().audition(SENTENCE).review_status == ReviewStatus.NOT_REQUIRED

    def test_webhooks_give_no_address_until_it_is_approved(
        self, reviewed: None, reviewer: User, member: Member
    ) -> None:
        Webhook.objects.create(url="https://example.com/")
        spoken = succeeded(member)
        told = WebhookDelivery.objects.get()
        assert (told.event, b'"audio":null' in body(told)) == ("voice_request.succeeded", True)
        decisions.approve(spoken, reviewer)
        told = WebhookDelivery.objects.get(event="voice_request.approved")
        assert f"/api/voice-requests/{spoken.pk}/audio/".encode() in body(told)


@pytest.mark.django_db(transaction=True)
class TestDecisions:
    def test_what_is_approved_is_heard_everywhere(self, reviewed: None, reviewer: User, member: Member) -> None:
        request = factories.queued(member)
        synthesize_next()
        decisions.approve(reloaded(request), reviewer)
        spoken = reloaded(request)
        assert heard_at(spoken) == list(exits_of(spoken))
        assert (spoken.reviewed_by, bool(spoken.reviewed_at)) == (reviewer, True)

    def test_a_rejection_takes_back_what_was_heard(
        self, reviewer: User, alice: Fan, member: Member, media_dir: Path
    ) -> None:
        Webhook.objects.create(url="https://example.com/")
        spoken = succeeded(member, asker=alice.asker, **PUBLIC)
        signed = temporary_url(spoken.audio_name)
        share = Share.objects.give_out(spoken)
        Report.objects.file(share, "hurtful", "a network")
        assert Client().get(f"/s/{share.token}/audio").status_code == 200
        decisions.reject(spoken, HURTFUL, reviewer, note="names a pupil")
        assert heard_at(spoken) == [] and fetched(signed)[0] == 404
        assert files_below(media_dir) == []
        assert [fetched(f"/s/{share.token}{rest}")[0] for rest in ("", "/audio")] == [410, 404]
        assert Report.objects.get().handled_at
        shown = alice.client.get(f"/api/voice-requests/{spoken.pk}/", headers={"accept-language": "ko"}).json()
        assert shown["review"] == {
            "status": "rejected",
            "reason": "hurtful",
            "message": "누군가에게 상처가 될 수 있어서 들려드리지 못해요.",
        }
        assert "a pupil" not in str(shown)
        assert WebhookDelivery.objects.order_by("created_at").last().event == "voice_request.withdrawn"  # type: ignore[union-attr]

    def test_a_rejection_reaches_those_who_got_the_same_audio(
        self, reviewer: User, member: Member, settings: Any, media_dir: Path
    ) -> None:
        settings.SAME_AGAIN_DAYS = 30
        first = succeeded(member)
        same = factories.queued(member)
        assert same.audio_name == first.audio_name
        decisions.reject(same, HURTFUL, reviewer)
        assert heard_at(first) == heard_at(same) == [] and files_below(media_dir) == []
        again = factories.queued(member)
        assert again.status == "queued"

    def test_what_is_rejected_before_it_is_spoken_is_cancelled(
        self, reviewed: None, reviewer: User, member: Member
    ) -> None:
        request = factories.queued(member)
        decisions.reject(request, HURTFUL, reviewer)
        assert (request.status, request.withheld) == ("cancelled", "rejected")
        assert VoiceRequest.objects.claim_next("a cluster") is None

    @pytest.mark.parametrize(
        ("steps", "allowed"),
        [
            (["approve", "hold", "approve", "reject"], True),
            (["hold", "hold"], False),
            (["approve", "approve"], False),
            (["reject", "approve"], False),
            (["reject", "reject"], False),
        ],
    )
    def test_a_step_that_is_not_allowed_changes_nothing(
        self, steps: list[str], allowed: bool, reviewed: None, reviewer: User, member: Member
    ) -> None:
        request = succeeded(member)
        take: dict[str, Callable[[], None]] = {
            "approve": lambda: decisions.approve(request, reviewer),
            "hold": lambda: decisions.hold(request, reviewer),
            "reject": lambda: decisions.reject(request, HURTFUL, reviewer),
        }
        for step in steps[:-1]:
            take[step]()
        before = reloaded(request).review_status
        if allowed:
            take[steps[-1]]()
        else:
            with pytest.raises(NotReviewable):
                take[steps[-1]]()
            assert reloaded(request).review_status == before

    def test_of_two_who_decide_at_once_one_is_too_late(self, reviewed: None, reviewer: User, member: Member) -> None:
        request = succeeded(member)
        ready = Barrier(2)

        def approve() -> bool:
            try:
                ready.wait(10)
                decisions.approve(VoiceRequest.objects.get(pk=request.pk), reviewer)
            except NotReviewable:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(lambda _: approve(), range(2))) == [False, True]


@pytest.mark.django_db(transaction=True)
class TestWithdrawal:
    def test_it_takes_back_many_at_once_and_says_why(self, member: Member, media_dir: Path) -> None:
        spoken, waiting, speaking = succeeded(member), factories.queued(member), factories.processing(member)
        assert withdraw(VoiceRequest.objects.filter(member=member), Withdrawal.REVOKED) == 3
        assert withdraw(VoiceRequest.objects.filter(member=member), Withdrawal.EXPIRED) == 0
        assert [reloaded(one).status for one in (spoken, waiting, speaking)] == ["succeeded", "cancelled", "cancelled"]
        assert {reloaded(one).withheld for one in (spoken, waiting, speaking)} == {"revoked"}
        assert files_below(media_dir) == []
        with pytest.raises(NotReviewable):
            decisions.approve(spoken, None)

    def test_audio_stays_as_long_as_somebody_has_it(self, member: Member, settings: Any, media_dir: Path) -> None:
        settings.SAME_AGAIN_DAYS = 30
        first = succeeded(member)
        second = factories.queued(member)
        withdraw(VoiceRequest.objects.filter(pk=first.pk), Withdrawal.EXPIRED)
        assert fetched(temporary_url(second.audio_name)) == (200, AUDIO)
        assert fetched(exits_of(first)["audio"])[0] == 409
        second.delete()
        assert files_below(media_dir) == []

    def test_the_sweeper_deletes_what_the_storage_did_not(
        self, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spoken = succeeded(member)
        with monkeypatch.context() as away:
            away.setattr(type(default_storage._wrapped), "delete", lambda *_: (_ for _ in ()).throw(OSError("away")))  # type: ignore[attr-defined]
            withdraw(VoiceRequest.objects.filter(pk=spoken.pk), Withdrawal.REVOKED)
        assert files_below(media_dir) == [spoken.audio_name]
        ObjectToDelete.objects.update(due_at=Now())
        delete_objects()
        assert files_below(media_dir) == [] and not ObjectToDelete.objects.exists()
