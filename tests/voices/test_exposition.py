"""What is counted where it can't be provoked in a running service, and how the queue is told to the operator."""

import errno
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.db.models.functions import Now
from prometheus_client import REGISTRY

from testing import factories
from voices import exposition
from voices.choices import Priority
from voices.exposition import QueueCollector
from voices.models import Member, VoiceRequest
from voices.storage import SignedFileSystemStorage
from voices.synth import speech
from voices.synth.plausibility import Flaw
from voices.tasks import synthesize_next
from voices.worker.sweeper import sweep

TWO_SENTENCES = "안녕하세요. 반갑습니다!"


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def told() -> dict[tuple[str, ...], float]:
    """Return what is told of the queue, by the name of the metric and its labels."""
    samples = [sample for metric in QueueCollector().collect() for sample in metric.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_the_queue_is_told_by_priority_with_the_age_of_its_oldest(member: Member) -> None:
    old, _, batch, _ = (
        factories.queued(member),
        factories.queued(member),
        factories.queued(member, priority=Priority.BATCH),
        factories.processing(member, text="다른 말"),
    )
    VoiceRequest.objects.filter(pk=old.pk).update(queued_at=Now() - timedelta(minutes=10))
    VoiceRequest.objects.filter(pk=batch.pk).update(queued_at=Now() - timedelta(hours=1))
    # The one that is spoken was the one whose turn it was.
    queue = told()
    assert queue[("forv_queue_requests", "interactive")] == 2
    assert queue[("forv_queue_requests", "batch")] == 1
    assert 600 <= queue[("forv_queue_oldest_seconds", "interactive")] < 700
    assert 3600 <= queue[("forv_queue_oldest_seconds", "batch")] < 3700
    assert queue[("forv_queue_processing",)] == 1
    assert queue[("forv_database_up",)] == 1


def test_while_the_database_is_away_only_that_is_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Any:
        raise OperationalError

    monkeypatch.setattr(exposition, "_queue_now", away)
    assert told() == {("forv_database_up",): 0}


@pytest.mark.parametrize(("flaws", "verdict"), [(1, "second_try"), (2, "refused")])
def test_the_verdicts_of_the_quality_gate_are_counted_by_flaw(
    flaws: int, verdict: str, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter([Flaw("silent", -90.0, -50.0)] * flaws)
    monkeypatch.setattr(speech, "find_flaw", lambda *_: next(found, None))
    before = counted("forv_quality_gate_total", verdict=verdict, flaw="silent")
    passed = counted("forv_quality_gate_total", verdict="passed", flaw="")
    request = factories.queued(member, text=TWO_SENTENCES)
    synthesize_next()
    assert counted("forv_quality_gate_total", verdict=verdict, flaw="silent") == before + 1
    # The second sentence is spoken only if the first one was accepted.
    assert counted("forv_quality_gate_total", verdict="passed", flaw="") == passed + (verdict == "second_try")
    outcome = {"second_try": "succeeded", "refused": "failed"}[verdict]
    assert factories.reloaded(request).status == outcome


def test_a_storage_that_refuses_is_counted_with_the_attempt(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SignedFileSystemStorage, "_save", refuse)
    failed = {"operation": "save", "outcome": "failed"}
    before = counted("forv_storage_seconds_count", **failed), counted("forv_attempts_total", outcome="disk_full")
    factories.queued(member)
    synthesize_next()
    after = counted("forv_storage_seconds_count", **failed), counted("forv_attempts_total", outcome="disk_full")
    assert after == (before[0] + 1, before[1] + 1)


def test_what_dead_workers_left_is_counted(member: Member) -> None:
    for text in ("하나", "둘"):
        factories.processing(member, text=text)
    VoiceRequest.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    before = counted("forv_abandoned_total")
    sweep()
    assert counted("forv_abandoned_total") == before + 2


@pytest.mark.django_db(transaction=True)
def test_an_end_that_is_rolled_back_is_not_counted(member: Member) -> None:
    cancelled = {"purpose": "fan", "status": "cancelled", "code": ""}
    before = counted("forv_requests_finished_total", **cancelled)
    request = factories.queued(member)
    with transaction.atomic():
        assert request.cancel()
        transaction.set_rollback(True)
    assert counted("forv_requests_finished_total", **cancelled) == before
    assert request.cancel()
    assert counted("forv_requests_finished_total", **cancelled) == before + 1
