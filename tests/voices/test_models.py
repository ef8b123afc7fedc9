"""Status changes: who may make them, how often, and who hears of them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.db.models.functions import Now
from django_q.models import OrmQ

from tests import factories
from tests.factories import reloaded, second_connection
from voices.models import CHANGED_CHANNEL, Member, Voice, VoiceRequest

Listen = Callable[[], list[str]]


def expire_lease(request: VoiceRequest) -> None:
    VoiceRequest.objects.filter(pk=request.pk).update(lease_expires_at=Now() - timedelta(seconds=1))


def values(request: VoiceRequest) -> dict[str, Any]:
    return dict(VoiceRequest.objects.filter(pk=request.pk).values().get())


class TestSubmit:
    def test_row_and_queue_row_are_written_both_or_neither(
        self, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def enqueue(request: VoiceRequest) -> None:
            raise psycopg.OperationalError("the queue is away")

        monkeypatch.setattr("voices.tasks.enqueue_synthesis", enqueue)
        with pytest.raises(psycopg.OperationalError):
            factories.queued(member)
        assert not VoiceRequest.objects.exists()
        assert not OrmQ.objects.exists()


class TestClaim:
    def test_a_queued_request_is_begun_with_a_lease(self, member: Member, settings: Any) -> None:
        settings.LEASE_SECONDS = 60
        request = VoiceRequest.objects.claim(factories.queued(member).pk)
        assert request is not None
        assert (request.status, request.attempt) == ("processing", 1)
        assert request.started_at is not None and request.lease_expires_at is not None
        assert request.lease_expires_at - request.started_at == timedelta(seconds=60)

    @pytest.mark.parametrize("state", ["processing", "succeeded", "failed", "cancelled"])
    def test_what_is_running_or_over_is_not_begun(self, state: str, member: Member) -> None:
        request = getattr(factories, state)(member)
        before = values(request)
        assert VoiceRequest.objects.claim(request.pk) is None
        assert values(request) == before

    def test_what_is_gone_is_not_begun(self, member: Member) -> None:
        request = factories.queued(member)
        VoiceRequest.objects.filter(pk=request.pk).delete()
        assert VoiceRequest.objects.claim(request.pk) is None

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("lease_is_over", [False, True], ids=["queued", "abandoned"])
    def test_of_concurrent_claims_one_succeeds(self, lease_is_over: bool, member: Member) -> None:
        request = factories.processing(member) if lease_is_over else factories.queued(member)
        if lease_is_over:
            expire_lease(request)
        together = Barrier(4)

        def claim(_: int) -> VoiceRequest | None:
            try:
                connection.ensure_connection()
                together.wait()
                return VoiceRequest.objects.claim(request.pk)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            claimed = [won for won in pool.map(claim, range(4)) if won is not None]
        assert [won.attempt for won in claimed] == [request.attempt + 1]
        assert reloaded(request).attempt == request.attempt + 1

    def test_an_abandoned_request_is_begun_anew_from_its_first_sentence(self, member: Member) -> None:
        request = factories.processing(member)
        request.begin_speaking("하나. 둘.", [], 2)
        request.report_progress(1)
        expire_lease(request)
        again = VoiceRequest.objects.claim(request.pk)
        assert again is not None
        assert (again.attempt, again.sentences_done, again.sentences_total) == (2, 0, None)

    def test_after_the_last_attempt_it_is_given_up(self, member: Member, settings: Any) -> None:
        settings.MAX_ATTEMPTS = 2
        request = factories.processing(member)
        expire_lease(request)
        assert VoiceRequest.objects.claim(request.pk) is not None
        expire_lease(request)
        assert VoiceRequest.objects.claim(request.pk) is None
        given_up = reloaded(request)
        assert (given_up.status, given_up.error_code, given_up.attempt) == ("failed", "attempts_exhausted", 2)

    def test_requests_of_others_are_untouched(self, member: Member) -> None:
        other = factories.queued(member)
        before = values(other)
        VoiceRequest.objects.claim(factories.queued(member).pk)
        assert values(other) == before


WRITES: list[Callable[[VoiceRequest], bool]] = [
    lambda request: request.begin_speaking("하나.", [], 1),
    lambda request: request.report_progress(1),
    lambda request: request.succeed(audio_name="a.wav", duration_seconds=1.0),
    lambda request: request.fail("internal_error", ""),
]


class TestFence:
    @pytest.mark.parametrize("write", WRITES, ids=["begin_speaking", "report_progress", "succeed", "fail"])
    @pytest.mark.parametrize("taken_by", ["a later attempt", "a cancel", "the sweeper", "nobody: it was deleted"])
    def test_an_attempt_that_lost_the_row_changes_nothing(
        self, taken_by: str, write: Callable[[VoiceRequest], bool], member: Member
    ) -> None:
        stale = factories.processing(member)
        match taken_by:
            case "a later attempt":
                expire_lease(stale)
                assert VoiceRequest.objects.claim(stale.pk)
            case "a cancel":
                assert reloaded(stale).cancel()
            case "the sweeper":
                expire_lease(stale)
                assert VoiceRequest.objects.requeue_abandoned() == 1
                assert VoiceRequest.objects.claim(stale.pk)
            case _:
                VoiceRequest.objects.filter(pk=stale.pk).delete()
        before = list(VoiceRequest.objects.values())
        assert write(stale) is False
        assert list(VoiceRequest.objects.values()) == before

    @pytest.mark.parametrize("end", ["succeeded", "failed", "cancelled"])
    def test_a_request_ends_once(self, end: str, member: Member) -> None:
        request = getattr(factories, end)(member)
        before = values(request)
        assert [write(request) for write in WRITES] == [False] * len(WRITES)
        assert request.cancel() is False
        assert values(request) == before

    def test_progress_renews_the_lease(self, member: Member) -> None:
        request = factories.processing(member)
        VoiceRequest.objects.filter(pk=request.pk).update(lease_expires_at=Now() + timedelta(seconds=1))
        before = reloaded(request).lease_expires_at
        assert request.report_progress(1)
        after = reloaded(request).lease_expires_at
        assert before is not None and after is not None
        assert after > before + timedelta(seconds=10)


class TestRequeueAbandoned:
    def test_what_nobody_holds_any_more_is_queued_again(self, member: Member) -> None:
        abandoned, running, waiting = (
            factories.processing(member),
            factories.processing(member),
            factories.queued(member),
        )
        expire_lease(abandoned)
        OrmQ.objects.all().delete()
        assert VoiceRequest.objects.requeue_abandoned() == 1
        assert reloaded(abandoned).status == "queued"
        assert (reloaded(running).status, reloaded(waiting).status) == ("processing", "queued")
        assert [task.name() for task in OrmQ.objects.all()] == [str(abandoned.pk)]
        assert VoiceRequest.objects.requeue_abandoned() == 0

    @pytest.mark.django_db(transaction=True)
    def test_of_two_sweepers_one_queues_it(self, member: Member) -> None:
        abandoned = factories.processing(member)
        expire_lease(abandoned)
        OrmQ.objects.all().delete()
        together = Barrier(2)

        def sweep(_: int) -> int:
            try:
                connection.ensure_connection()
                together.wait()
                return VoiceRequest.objects.requeue_abandoned()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(sweep, range(2))) == 1
        assert OrmQ.objects.count() == 1


class TestConstraints:
    @pytest.mark.parametrize(
        ("state", "wrong", "constraint"),
        [
            ("queued", {"status": "lost"}, "status_is_known|finished_exactly_when_terminal"),
            ("queued", {"format": "ogg"}, "format_is_known"),
            ("queued", {"speed": 0.4}, "speed_in_range"),
            ("queued", {"speed": 2.1}, "speed_in_range"),
            ("queued", {"finished_at": Now()}, "finished_exactly_when_terminal"),
            ("cancelled", {"finished_at": None}, "finished_exactly_when_terminal"),
            ("processing", {"lease_expires_at": None}, "processing_holds_a_lease"),
            ("processing", {"started_at": None}, "processing_holds_a_lease"),
            ("processing", {"attempt": 0}, "processing_holds_a_lease"),
            ("succeeded", {"audio_name": ""}, "audio_exactly_when_succeeded"),
            ("succeeded", {"duration_seconds": 0}, "audio_exactly_when_succeeded"),
            ("failed", {"audio_name": "a.wav"}, "audio_exactly_when_succeeded"),
            ("failed", {"error_code": ""}, "error_exactly_when_failed"),
            ("succeeded", {"error_code": "no_voice"}, "error_exactly_when_failed"),
            ("processing", {"sentences_done": 2, "sentences_total": 1}, "no_more_sentences_than_there_are"),
        ],
    )
    def test_the_database_refuses_a_row_that_contradicts_itself(
        self, state: str, wrong: dict[str, Any], constraint: str, member: Member
    ) -> None:
        request = getattr(factories, state)(member)
        with pytest.raises(IntegrityError, match=constraint):
            VoiceRequest.objects.filter(pk=request.pk).update(**wrong)

    def test_an_idempotency_key_is_used_once(self, member: Member) -> None:
        factories.queued(member, idempotency_key="key")
        with pytest.raises(IntegrityError, match="idempotency_key"):
            factories.queued(member, idempotency_key="key")

    def test_a_member_has_one_active_voice(self, member: Member) -> None:
        assert member.voices.get().active
        with pytest.raises(IntegrityError, match="one_active_voice_per_member"):
            Voice.objects.create(member=member, mode="spelled", active=True)

    def test_a_voices_mode_is_known(self, member: Member) -> None:
        with pytest.raises(IntegrityError, match="voice_mode_is_known"):
            Voice.objects.create(member=member, mode="sung")


def test_a_voice_made_active_takes_the_others_place(member: Member, broken_member: Member) -> None:
    old = member.voices.get()
    new = Voice.objects.create(member=member, mode="spelled")
    new.make_active()
    assert list(member.voices.filter(active=True)) == [new]
    old.make_active()
    assert list(member.voices.filter(active=True)) == [old]
    assert broken_member.voices.get().active


@pytest.mark.django_db(transaction=True)
class TestNotify:
    @pytest.fixture
    def heard(self, member: Member) -> Iterator[Listen]:
        """Call it for the ids that were notified of since the last call."""
        with second_connection() as listener:
            listener.execute(f"LISTEN {CHANGED_CHANNEL}")
            yield lambda: [notification.payload for notification in listener.notifies(timeout=0.05)]

    def test_whoever_waits_for_a_request_hears_of_each_change(self, heard: Listen, member: Member) -> None:
        request = factories.queued(member)
        id_ = str(request.pk)
        assert heard() == []
        running = VoiceRequest.objects.claim(request.pk)
        assert running is not None
        assert heard() == [id_]
        assert running.begin_speaking("하나. 둘.", [], 2)
        assert heard() == [id_]
        assert running.report_progress(1)
        assert heard() == [id_]
        assert running.succeed(audio_name="a.wav", duration_seconds=1.0)
        assert heard() == [id_]

    def test_failing_cancelling_and_requeueing_are_heard_of_too(self, heard: Listen, member: Member) -> None:
        failing, cancelled, abandoned = (factories.processing(member) for _ in range(3))
        expire_lease(abandoned)
        heard()
        failing.fail("internal_error", "")
        cancelled.cancel()
        VoiceRequest.objects.requeue_abandoned()
        assert heard() == [str(request.pk) for request in (failing, cancelled, abandoned)]

    def test_a_change_that_did_not_happen_is_not_heard_of(self, heard: Listen, member: Member) -> None:
        request = factories.succeeded(member)
        heard()
        request.cancel()
        request.report_progress(1)
        assert heard() == []
