"""What the main process of a cluster repairs every few seconds."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django_q.models import OrmQ

from testing import factories
from testing.factories import CLUSTER, Fan, files_below, make_api_key, reloaded
from voices.audio_objects import attempt_audio_name
from voices.models import Member, Owner, VoiceRequest
from voices.storage import SignedFileSystemStorage
from voices.worker.sweeper import delete_stray_audio, enqueue_missing, forget_unused_listeners, sweep


def waiting_rows() -> Any:
    return OrmQ.objects.filter(lock__lte=Now()).count()


def test_a_dead_workers_request_gets_a_queue_row(member: Member) -> None:
    request = factories.processing(member)
    OrmQ.objects.all().delete()
    VoiceRequest.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    sweep()
    assert (reloaded(request).status, waiting_rows()) == ("queued", 1)


class TestMissingRows:
    def test_each_waiting_request_gets_a_row(self, member: Member) -> None:
        for _ in range(3):
            factories.queued(member)
        OrmQ.objects.first().delete()
        for _ in range(2):
            enqueue_missing()
            assert waiting_rows() == 3

    def test_a_taken_row_does_not_count(self, member: Member) -> None:
        factories.queued(member)
        OrmQ.objects.update(lock=Now() + timedelta(seconds=300))
        enqueue_missing()
        assert waiting_rows() == 1

    def test_a_request_in_its_pause_gets_a_row_afterwards(self, member: Member) -> None:
        request = factories.processing(member)
        OrmQ.objects.all().delete()
        request.put_back(after_seconds=60)
        enqueue_missing()
        assert waiting_rows() == 0
        VoiceRequest.objects.update(available_at=Now())
        enqueue_missing()
        assert waiting_rows() == 1

    def test_running_and_finished_requests_get_no_row(self, member: Member) -> None:
        for state in (factories.processing, factories.succeeded, factories.failed, factories.cancelled):
            state(member)
        OrmQ.objects.all().delete()
        enqueue_missing()
        assert not OrmQ.objects.exists()


class TestStrayAudio:
    @pytest.fixture
    def overtaken(self, member: Member, media_dir: Path) -> VoiceRequest:
        """Return a request whose second attempt succeeded long ago; the first one died after storing its audio."""
        loser = factories.processing(member)
        default_storage.save(attempt_audio_name(loser), ContentFile(b"nobody hears it"))
        loser.put_back()
        winner = VoiceRequest.objects.claim_next(CLUSTER)
        assert winner is not None
        name = default_storage.save(attempt_audio_name(winner), ContentFile(factories.AUDIO))
        winner.succeed(audio_name=name, **factories.SOUND)
        VoiceRequest.objects.update(finished_at=Now() - timedelta(days=1))
        return reloaded(winner)

    def test_only_the_audio_of_the_successful_attempt_is_kept(self, overtaken: VoiceRequest, media_dir: Path) -> None:
        assert len(files_below(media_dir)) == 2
        delete_stray_audio()
        assert files_below(media_dir) == [overtaken.audio_name]
        assert not reloaded(overtaken).stray_audio

    def test_audio_that_an_attempt_may_still_write_is_not_deleted(
        self, overtaken: VoiceRequest, media_dir: Path
    ) -> None:
        VoiceRequest.objects.update(finished_at=Now())
        delete_stray_audio()
        assert len(files_below(media_dir)) == 2

    def test_deleting_is_repeated_until_the_storage_answers(
        self, overtaken: VoiceRequest, media_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: Any) -> None:
            raise ConnectionError("503")

        monkeypatch.setattr(SignedFileSystemStorage, "delete", refuse)
        with pytest.raises(ConnectionError):
            delete_stray_audio()
        assert reloaded(overtaken).stray_audio
        monkeypatch.undo()
        delete_stray_audio()
        assert not reloaded(overtaken).stray_audio


def test_only_old_listeners_who_own_nothing_are_forgotten(alice: Fan, bob: Fan, member: Member) -> None:
    factories.queued(member, asker=alice.asker)
    make_api_key("a fan site")
    Owner.objects.update(created=Now() - timedelta(days=2))
    newcomer = Fan()
    forget_unused_listeners()
    assert set(Owner.objects.filter(kind=Owner.Kind.LISTENER)) == {alice.owner, newcomer.owner}
    assert Owner.objects.filter(kind=Owner.Kind.API_KEY).count() == 1
    assert bob.client.get("/api/voice-requests/").status_code == 401
