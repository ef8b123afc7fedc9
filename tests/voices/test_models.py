"""Requests: the order of the queue, status changes, and notifications of them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.db.models import F
from django.db.models.functions import Now
from django_q.models import OrmQ

from testing import factories
from testing.factories import CLUSTER, SOUND, reloaded, second_connection
from voices.audio_objects import attempt_audio_name, stray_audio_names
from voices.models import CHANGED_CHANNEL, Member, StoredSentence, Voice, VoiceRequest
from voices.stored_sentences import KEPT_FOR

Listen = Callable[[], list[str]]


def expire_lease(request: VoiceRequest) -> None:
    VoiceRequest.objects.filter(pk=request.pk).update(lease_expires_at=Now() - timedelta(seconds=1))


def values(request: VoiceRequest) -> dict[str, Any]:
    return dict(VoiceRequest.objects.filter(pk=request.pk).values().get())


class TestSubmit:
    def test_request_and_queue_row_are_written_in_one_transaction(
        self, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def enqueue() -> None:
            raise psycopg.OperationalError("the queue is away")

        monkeypatch.setattr("voices.queue.enqueue_synthesis", enqueue)
        with pytest.raises(psycopg.OperationalError):
            factories.queued(member)
        assert not VoiceRequest.objects.exists()
        assert not OrmQ.objects.exists()


class TestClaim:
    def test_a_queued_request_is_claimed_with_a_lease(self, member: Member, settings: Any) -> None:
        settings.LEASE_SECONDS = 60
        factories.queued(member)
        request = VoiceRequest.objects.claim_next(CLUSTER)
        assert request is not None
        assert (request.status, request.attempt, request.claimed_by) == ("processing", 1, CLUSTER)
        assert request.started_at is not None and request.lease_expires_at is not None
        assert request.lease_expires_at - request.started_at == timedelta(seconds=60)

    @pytest.mark.parametrize("state", ["processing", "succeeded", "failed", "cancelled"])
    def test_a_running_or_finished_request_is_not_claimed(self, state: str, member: Member) -> None:
        request = getattr(factories, state)(member)
        before = values(request)
        assert VoiceRequest.objects.claim_next(CLUSTER) is None
        assert values(request) == before

    def test_a_request_that_was_put_back_is_claimed_after_its_pause(self, member: Member) -> None:
        request = factories.processing(member)
        assert request.put_back(after_seconds=60)
        assert VoiceRequest.objects.claim_next(CLUSTER) is None
        VoiceRequest.objects.update(available_at=Now())
        assert VoiceRequest.objects.claim_next(CLUSTER) == request

    @pytest.mark.django_db(transaction=True)
    def test_concurrent_claims_get_different_requests(self, member: Member) -> None:
        for _ in range(3):
            factories.queued(member)
        together = Barrier(4)

        def claim(_: int) -> VoiceRequest | None:
            try:
                connection.ensure_connection()
                together.wait()
                return VoiceRequest.objects.claim_next(CLUSTER)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            claimed = [won for won in pool.map(claim, range(4)) if won is not None]
        assert len({won.pk for won in claimed}) == len(claimed) == 3
        assert set(VoiceRequest.objects.values_list("status", "attempt")) == {("processing", 1)}

    def test_an_abandoned_request_goes_on_from_the_sentence_that_it_reached(self, member: Member) -> None:
        request = factories.processing(member)
        request.begin_speaking("하나. 둘.", [], 2)
        request.store_sentence(factories.sentence_of(request))
        expire_lease(request)
        VoiceRequest.objects.recover_abandoned()
        again = factories.claimed(request)
        assert (again.attempt, again.sentences_done, again.sentences_total) == (2, 1, 2)
        assert StoredSentence.objects.continued_by(again, [factories.SENTENCE, "둘."]) == [again.sentences.get()]

    @pytest.mark.parametrize("change", ["reading", "voice"])
    def test_a_request_that_would_sound_otherwise_now_starts_again(self, change: str, member: Member) -> None:
        request = factories.processing(member)
        request.begin_speaking("하나. 둘.", [], 2)
        request.store_sentence(factories.sentence_of(request))
        if change == "voice":
            member.voices.all().delete()
            request = reloaded(request)
        said = "셋." if change == "reading" else factories.SENTENCE
        assert StoredSentence.objects.continued_by(request, [said, "둘."]) == []
        assert request.begin_speaking("셋. 둘.", [], 2)
        assert (reloaded(request).sentences_done, request.sentences.count()) == (0, 0)

    def test_a_sentence_that_is_stored_again_is_one(self, member: Member) -> None:
        request = factories.processing(member)
        request.begin_speaking("하나. 둘.", [], 2)
        for _ in range(2):
            assert request.store_sentence(factories.sentence_of(request))
        assert request.sentences.count() == 1

    def test_an_attempt_that_was_overtaken_stores_no_sentence(self, member: Member) -> None:
        overtaken = factories.processing(member)
        overtaken.begin_speaking("하나. 둘.", [], 2)
        expire_lease(overtaken)
        VoiceRequest.objects.recover_abandoned()
        factories.claimed(overtaken)
        assert not overtaken.store_sentence(factories.sentence_of(overtaken))
        assert not overtaken.begin_speaking("하나. 둘.", [], 2)
        assert overtaken.sentences.count() == 0

    def test_the_sentences_of_a_finished_request_are_deleted_after_some_minutes(self, member: Member) -> None:
        running, finished, old = (factories.processing(member) for _ in range(3))
        for request in (running, finished, old):
            request.begin_speaking("하나.", [], 1)
            request.store_sentence(factories.sentence_of(request))
        finished.cancel()
        old.cancel()
        VoiceRequest.objects.filter(pk=old.pk).update(finished_at=Now() - KEPT_FOR)
        assert StoredSentence.objects.delete_old() == 1
        assert {sentence.request for sentence in StoredSentence.objects.all()} == {running, finished}

    def test_a_claim_changes_no_other_request(self, member: Member) -> None:
        factories.queued(member)
        other = factories.queued(member)
        before = values(other)
        VoiceRequest.objects.claim_next(CLUSTER)
        assert values(other) == before


def in_order() -> list[str]:
    """Return the texts of the queued requests in the order in which they would be claimed."""
    texts = []
    for place, request in enumerate(VoiceRequest.objects.queued().in_order(), start=1):
        assert request.place
        assert request.place.position == place
        texts.append(request.text)
    return texts


class TestOrder:
    def test_first_come_first_served(self, member: Member) -> None:
        for text in "가나다":
            factories.queued(member, text=text)
        assert in_order() == ["가", "나", "다"]

    def test_an_interactive_request_comes_before_a_batch_request(self, member: Member) -> None:
        factories.queued(member, text="일괄", priority=VoiceRequest.Priority.BATCH)
        factories.queued(member, text="대화")
        assert in_order() == ["대화", "일괄"]

    def test_a_batch_request_is_overtaken_within_its_patience_only(self, member: Member, settings: Any) -> None:
        settings.BATCH_PATIENCE_SECONDS = 600
        batch = factories.queued(member, text="일괄", priority=VoiceRequest.Priority.BATCH)
        factories.queued(member, text="대화 1")
        VoiceRequest.objects.filter(pk=batch.pk).update(turn=F("turn") - timedelta(seconds=601))
        factories.queued(member, text="대화 2")
        assert in_order().index("일괄") < in_order().index("대화 2")

    def test_a_clients_batch_does_not_delay_its_interactive_requests(self, member: Member) -> None:
        factories.queued(member, text="일괄", client_uuid="가", priority=VoiceRequest.Priority.BATCH)
        factories.queued(member, text="대화 1", client_uuid="가")
        factories.queued(member, text="대화 2", client_uuid="나")
        assert in_order() == ["대화 1", "대화 2", "일괄"]

    def test_requests_of_other_clients_go_between_those_of_one_client(self, member: Member) -> None:
        for text in ("가1", "가2", "가3"):
            factories.queued(member, text=text, client_uuid="가")
        factories.queued(member, text="나1", client_uuid="나")
        factories.queued(member, text="나2", client_uuid="나")
        factories.queued(member, text="다1", client_uuid="다")
        assert in_order() == ["가1", "나1", "다1", "가2", "나2", "가3"]

    def test_requests_without_a_client_uuid_do_not_delay_each_other(self, member: Member) -> None:
        for text in "가나":
            factories.queued(member, text=text)
        factories.queued(member, text="다", client_uuid="다")
        assert in_order() == ["가", "나", "다"]

    def test_new_clients_overtake_for_a_bounded_time_only(self, member: Member) -> None:
        factories.queued(member, text="가1", client_uuid="가")
        second = factories.queued(member, text="가2", client_uuid="가")
        earlier = timedelta(minutes=2)
        VoiceRequest.objects.filter(pk=second.pk).update(turn=F("turn") - earlier, queued_at=F("queued_at") - earlier)
        factories.queued(member, text="나1", client_uuid="나")
        assert in_order().index("가2") < in_order().index("나1")

    def test_claimed_requests_do_not_delay_the_next_ones_of_the_client(self, member: Member) -> None:
        for _ in range(3):
            factories.processing(member, client_uuid="가")
        factories.queued(member, text="가4", client_uuid="가")
        factories.queued(member, text="나1", client_uuid="나")
        assert in_order() == ["가4", "나1"]

    def test_a_request_in_its_pause_does_not_delay_others(self, member: Member) -> None:
        paused = factories.processing(member)
        paused.put_back(after_seconds=60)
        place = factories.queued(member).place
        assert place
        assert place.position == 1


WRITES: list[Callable[[VoiceRequest], bool]] = [
    lambda request: request.begin_speaking("하나.", [], 1),
    lambda request: request.store_sentence(factories.sentence_of(request)),
    lambda request: request.succeed(audio_name="a.wav", **SOUND),
    lambda request: request.renew_lease(),
    lambda request: request.put_back(),
    lambda request: request.fail("internal_error", ""),
]
WRITE_NAMES = ["begin_speaking", "store_sentence", "succeed", "renew_lease", "put_back", "fail"]


class TestFence:
    @pytest.mark.parametrize("write", WRITES, ids=WRITE_NAMES)
    @pytest.mark.parametrize(
        "taken_by", ["a later attempt", "a cancel", "a stop of its cluster", "nobody: it was deleted"]
    )
    def test_an_attempt_that_lost_the_row_changes_nothing(
        self, taken_by: str, write: Callable[[VoiceRequest], bool], member: Member
    ) -> None:
        stale = factories.processing(member)
        match taken_by:
            case "a later attempt":
                expire_lease(stale)
                assert VoiceRequest.objects.recover_abandoned() == 1
                factories.claimed(stale)
            case "a cancel":
                assert reloaded(stale).cancel()
            case "a stop of its cluster":
                assert VoiceRequest.objects.release(CLUSTER) == 1
                factories.claimed(stale)
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
        assert request.store_sentence(factories.sentence_of(request))
        after = reloaded(request).lease_expires_at
        assert before is not None and after is not None
        assert after > before + timedelta(seconds=5)


class TestRecover:
    def test_a_request_with_an_expired_lease_is_queued_again(self, member: Member) -> None:
        abandoned, running = factories.processing(member), factories.processing(member)
        waiting = factories.queued(member)
        expire_lease(abandoned)
        assert VoiceRequest.objects.recover_abandoned() == 1
        assert [reloaded(request).status for request in (abandoned, running, waiting)] == [
            "queued",
            "processing",
            "queued",
        ]
        assert VoiceRequest.objects.recover_abandoned() == 0

    def test_after_the_last_attempt_it_fails(self, member: Member, settings: Any) -> None:
        settings.MAX_ATTEMPTS = 2
        request = factories.processing(member)
        for attempt in (1, 2):
            assert reloaded(request).attempt == attempt
            expire_lease(request)
            assert VoiceRequest.objects.recover_abandoned() == 1
            VoiceRequest.objects.claim_next(CLUSTER)
        given_up = reloaded(request)
        assert (given_up.status, given_up.error_code, given_up.attempt) == ("failed", "attempts_exhausted", 2)

    @pytest.mark.django_db(transaction=True)
    def test_only_one_of_two_sweepers_queues_it(self, member: Member) -> None:
        abandoned = factories.processing(member)
        expire_lease(abandoned)
        together = Barrier(2)

        def recover(_: int) -> int:
            try:
                connection.ensure_connection()
                together.wait()
                return VoiceRequest.objects.recover_abandoned()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(recover, range(2))) == 1


class TestRelease:
    def test_a_cluster_gives_back_its_own_requests_only(self, member: Member) -> None:
        mine = factories.processing(member)
        theirs = factories.queued(member)
        assert VoiceRequest.objects.claim_next("another cluster") == theirs
        assert VoiceRequest.objects.release(CLUSTER) == 1
        assert (reloaded(mine).status, reloaded(theirs).status) == ("queued", "processing")

    def test_it_does_not_count_as_an_attempt(self, member: Member, settings: Any) -> None:
        settings.MAX_ATTEMPTS = 1
        request = factories.processing(member)
        for attempt in (2, 3):
            assert VoiceRequest.objects.release(CLUSTER) == 1
            request = factories.claimed(request)
            assert (request.attempt, request.attempts_left) == (attempt, 0)
        assert request.put_back() is False


class TestStrayAudio:
    def old(self) -> list[VoiceRequest]:
        """Return the requests with audio to delete, at a time when no attempt can still be running."""
        assert not VoiceRequest.objects.with_stray_audio().exists()
        VoiceRequest.objects.filter(finished_at__isnull=False).update(finished_at=Now() - timedelta(days=1))
        return list(VoiceRequest.objects.with_stray_audio())

    def test_a_single_successful_attempt_leaves_none(self, member: Member) -> None:
        factories.succeeded(member)
        cancelled = factories.queued(member)
        cancelled.cancel()
        assert self.old() == []

    def test_only_the_audio_of_failed_attempts_is_listed(self, member: Member) -> None:
        factories.processing(member).put_back()
        winner = VoiceRequest.objects.claim_next(CLUSTER)
        assert winner is not None
        winner.succeed(audio_name=attempt_audio_name(winner), **SOUND)
        (done,) = self.old()
        assert stray_audio_names(done) == [attempt_audio_name(done).replace("/2_", "/1_")]

    @pytest.mark.parametrize("end", [VoiceRequest.cancel, lambda request: request.fail("internal_error", "")])
    def test_without_success_the_audio_of_all_attempts_is_listed(
        self, end: Callable[[VoiceRequest], bool], member: Member
    ) -> None:
        end(factories.processing(member))
        (ended,) = self.old()
        assert stray_audio_names(ended) == [attempt_audio_name(ended)]


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
    def test_the_database_refuses_inconsistent_rows(
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

    def test_the_database_refuses_an_unknown_reading_mode(self, member: Member) -> None:
        with pytest.raises(IntegrityError, match="voice_mode_is_known"):
            Voice.objects.create(member=member, mode="sung")


def test_activating_a_voice_deactivates_the_other(member: Member, broken_member: Member) -> None:
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
        """Return a function that returns the ids of the notifications since its last call."""
        with second_connection() as listener:
            listener.execute(f"LISTEN {CHANGED_CHANNEL}")
            yield lambda: [notification.payload for notification in listener.notifies(timeout=0.05)]

    def test_each_change_of_a_running_request_is_notified(self, heard: Listen, member: Member) -> None:
        request = factories.queued(member)
        id_ = str(request.pk)
        assert heard() == []
        running = factories.claimed(request)
        assert heard() == [id_]
        assert running.begin_speaking("하나. 둘.", [], 2)
        assert heard() == [id_]
        assert running.store_sentence(factories.sentence_of(running))
        assert heard() == [id_]
        assert running.succeed(audio_name="a.wav", **SOUND)
        assert heard() == [id_]

    def test_failing_cancelling_and_requeueing_are_notified(self, heard: Listen, member: Member) -> None:
        failing, cancelled, abandoned = (factories.processing(member) for _ in range(3))
        expire_lease(abandoned)
        heard()
        failing.fail("internal_error", "")
        cancelled.cancel()
        VoiceRequest.objects.recover_abandoned()
        assert heard() == [str(request.pk) for request in (failing, cancelled, abandoned)]

    def test_a_refused_or_rolled_back_change_is_not_notified(self, heard: Listen, member: Member) -> None:
        request = factories.succeeded(member)
        heard()
        request.cancel()
        request.store_sentence(factories.sentence_of(request))
        assert heard() == []
