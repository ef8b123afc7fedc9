"""What is deleted by its age: rows, audio and all that belongs to them, whatever dies on the way."""

import io
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler

from testing import factories
from testing.factories import Fan, files_below, reloaded
from voices import retention
from voices.audio_objects import attempt_audio_name
from voices.models import (
    Member,
    ObjectToDelete,
    ReadingProposal,
    Report,
    Share,
    StoredSentence,
    VoiceRequest,
    Webhook,
)
from voices.owners import NOBODY
from voices.retention import apply_next_batch
from voices.storage import SignedFileSystemStorage, temporary_url
from voices.webhooks.outbox import WebhookDelivery
from voices.worker.sweeper import delete_objects

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kept_for_ten_days(settings: Any) -> None:
    settings.KEEP_DAYS = dict.fromkeys(settings.KEEP_DAYS, 10.0)


def aged(request: VoiceRequest, days: float = 11) -> VoiceRequest:
    VoiceRequest.objects.filter(pk=request.pk).update(finished_at=Now() - timedelta(days=days))
    return request


def apply_all() -> int:
    """Do the batches one after the other, as the queue does, and return how many there were."""
    OrmQ.objects.all().delete()
    apply_next_batch()
    batches = 1
    while OrmQ.objects.exists():
        OrmQ.objects.all().delete()
        apply_next_batch()
        batches += 1
    return batches


def test_what_has_ended_goes_at_its_age_with_all_that_belongs_to_it(
    member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    Webhook.objects.create(url="https://fans.example/hook")
    for _ in range(3):
        old = aged(factories.succeeded(member))
        factories.sentence_of(old).save()
    aged(factories.failed(member))
    aged(factories.cancelled(member))
    kept = [aged(factories.succeeded(member), days=9), factories.queued(member), factories.processing(member)]
    assert WebhookDelivery.objects.exclude(request__in=kept).count() == 5

    assert apply_all() == 5  # two of those that succeeded and one, one each of the others, and none
    assert set(VoiceRequest.objects.all()) == set(kept)
    assert files_below(media_dir) == [kept[0].audio_name]
    assert not StoredSentence.objects.exists()
    assert not WebhookDelivery.objects.exclude(request__in=kept).exists()


def test_no_days_keep_everything(member: Member, settings: Any) -> None:
    settings.KEEP_DAYS = dict.fromkeys(settings.KEEP_DAYS, 0.0)
    old = aged(factories.succeeded(member), days=10_000)
    apply_all()
    assert reloaded(old)


def test_greetings_and_what_is_given_out_are_kept(member: Member, alice: Fan, client: Client) -> None:
    greeting = aged(factories.succeeded(member, purpose=VoiceRequest.Purpose.SAMPLE))
    shared = aged(factories.succeeded(member, asker=alice.asker))
    share = Share.objects.give_out(shared)
    apply_all()
    assert set(VoiceRequest.objects.all()) == {greeting, shared}
    assert client.get(f"/s/{share.token}").status_code == 200

    Share.objects.update(expires_at=Now())
    apply_all()
    assert list(VoiceRequest.objects.all()) == [greeting]


def test_ended_shares_go_once_no_report_waits_and_decided_proposals_go_too(member: Member) -> None:
    ended, withdrawn, reported, live = (Share.objects.give_out(factories.succeeded(member)) for _ in range(4))
    Share.objects.filter(pk__in=[ended.pk, reported.pk]).update(expires_at=Now() - timedelta(days=11))
    Share.objects.filter(pk=withdrawn.pk).update(withdrawn_at=Now() - timedelta(days=11))
    Report.objects.file(reported, Report.Reason.PRIVATE, "a network")
    decided, waiting = (ReadingProposal.objects.propose(NOBODY, word, "가", None, word) for word in ("A팀", "B팀"))
    decided.decline()
    ReadingProposal.objects.filter(pk=decided.pk).update(decided_at=Now() - timedelta(days=11))
    apply_all()
    assert set(Share.objects.all()) == {reported, live}
    assert list(ReadingProposal.objects.all()) == [waiting]
    Report.objects.get().mark_handled()
    apply_all()
    assert list(Share.objects.all()) == [live]


def test_audio_that_others_have_stays_until_the_last(member: Member, media_dir: Path, settings: Any) -> None:
    settings.SAME_AGAIN_DAYS = 30
    first = factories.succeeded(member)
    again = factories.queued(member)
    assert reloaded(again).audio_name == first.audio_name
    aged(first)
    apply_all()
    assert files_below(media_dir) == [first.audio_name]
    aged(again)
    apply_all()
    assert files_below(media_dir) == []


class TestWhoDiesOnTheWay:
    def test_audio_whose_rows_are_gone_is_deleted_later_and_not_heard_meanwhile(
        self, member: Member, media_dir: Path, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = aged(factories.succeeded(member))
        address = temporary_url(old.audio_name)
        assert client.get(address).status_code == 200

        # Between the commit and the storage.
        monkeypatch.setattr("voices.objects_to_delete.delete_now", lambda names: None)
        apply_all()
        assert files_below(media_dir) == [old.audio_name]
        assert client.get(address).status_code == 404

        delete_objects()
        assert (files_below(media_dir), ObjectToDelete.objects.count()) == ([], 0)

    def test_nothing_is_deleted_of_a_batch_that_does_not_end(
        self, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = [aged(factories.succeeded(member)) for _ in range(2)]

        def die(self: VoiceRequest, *args: Any, **kwargs: Any) -> Any:
            if self.pk == old[1].pk:
                raise SystemExit
            return delete(self, *args, **kwargs)

        delete = VoiceRequest.delete
        monkeypatch.setattr(VoiceRequest, "delete", die)
        with pytest.raises(SystemExit):
            apply_next_batch()
        assert VoiceRequest.objects.count() == len(files_below(media_dir)) == 2
        assert not ObjectToDelete.objects.exists()

    def test_a_storage_that_fails_is_asked_again(
        self, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: Any) -> None:
            raise ConnectionError("503")

        aged(factories.succeeded(member))
        monkeypatch.setattr(SignedFileSystemStorage, "delete", refuse)
        apply_all()
        monkeypatch.undo()
        assert len(files_below(media_dir)) == 1
        delete_objects()  # in a minute
        ObjectToDelete.objects.update(due_at=Now())
        delete_objects()
        assert files_below(media_dir) == []

    def test_audio_that_a_worker_stored_of_a_deleted_request_is_found(
        self, member: Member, media_dir: Path, settings: Any
    ) -> None:
        settings.TASK_TIMEOUT_SECONDS = settings.LEASE_SECONDS = 0
        spoken = factories.processing(member)
        stale = VoiceRequest.objects.get(pk=spoken.pk)
        name = default_storage.save(attempt_audio_name(spoken), ContentFile(factories.AUDIO))
        stale.delete()  # and the worker dies before it can discard what it stored
        assert files_below(media_dir) == [name]
        delete_objects()
        assert files_below(media_dir) == []

    def test_a_row_that_was_finished_since_it_was_loaded_takes_its_audio_along(
        self, member: Member, media_dir: Path
    ) -> None:
        request = factories.processing(member)
        loaded = VoiceRequest.objects.get(pk=request.pk)
        name = default_storage.save(attempt_audio_name(request), ContentFile(factories.AUDIO))
        assert request.succeed(audio_name=name, **factories.SOUND)
        loaded.delete()
        assert files_below(media_dir) == []


def test_a_public_name_that_is_written_anew_is_not_deleted(member: Member, media_dir: Path) -> None:
    ObjectToDelete.objects.add(["wav_files/1/fan_now_voice.wav"])
    default_storage.save("wav_files/1/fan_now_voice.wav", ContentFile(factories.AUDIO))
    ObjectToDelete.objects.keep("wav_files/1/fan_now_voice.wav")
    delete_objects()
    assert files_below(media_dir) == ["wav_files/1/fan_now_voice.wav"]


def test_the_command_counts_first_and_then_deletes(member: Member, media_dir: Path) -> None:
    aged(factories.succeeded(member))
    counted, done = io.StringIO(), io.StringIO()
    call_command("apply_retention", dry_run=True, stdout=counted)
    assert "succeeded, older than 10 days: 1, 0.0 MiB of audio" in counted.getvalue()
    assert VoiceRequest.objects.count() == 1
    call_command("apply_retention", stdout=done)
    assert "1 of 1 deleted" in done.getvalue()
    assert (VoiceRequest.objects.count(), files_below(media_dir)) == (0, [])


def test_the_schedule_queues_the_task() -> None:
    # The tables of these tests are emptied, the migration's too.
    migration = import_module("voices.migrations.0019_delete_objects_and_what_is_old")
    for _ in range(2):
        migration.add_schedule(apps, None)
    Schedule.objects.update(next_run=Now() - timedelta(hours=5))
    for _ in range(2):
        scheduler()
    (row,) = OrmQ.objects.all()
    assert row.task["func"] == f"{apply_next_batch.__module__}.{apply_next_batch.__name__}"
