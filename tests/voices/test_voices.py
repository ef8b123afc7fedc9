"""A voice after its import: a worker checks it, staff hear it, the member speaks with it, and leaves it again."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import torch
from django.db import IntegrityError, connection

from testing import factories
from testing.factories import reloaded
from testing.tiny_voice import write_tiny_voice
from voices.library.check import WARNINGS
from voices.library.model_files import CONFIG, WEIGHTS, ModelFiles, PairFiles, SourceFile
from voices.models import Member, NoVoiceBefore, Voice, VoiceNotUsable, VoiceRequest
from voices.queue import QueueFull
from voices.tasks import attempt, synthesize_next
from voices.webhooks.outbox import Webhook, WebhookDelivery

ImportVoice = Callable[..., Voice]


@pytest.fixture
def import_voice(tmp_path: Path) -> ImportVoice:
    """Import a tiny voice; another number makes another voice."""

    def import_voice(member: Member, number: int = 7, change: Callable[[Path], None] = lambda folder: None) -> Voice:
        folder = tmp_path / f"pair-{number}"
        write_tiny_voice(folder, number)
        weights = folder / f"glow-tts/{number}/{number}g_checkpoint_1.pth.tar"
        # Tiny voices have equal weights; another step makes their hashes differ.
        torch.save({**torch.load(weights, weights_only=True), "step": number}, weights)
        change(folder)
        with ExitStack() as stack:

            def model(kind: str, letter: str) -> ModelFiles:
                part = folder / kind / str(number)
                weights, config = (
                    part / f"{number}{letter}_checkpoint_1.pth.tar",
                    part / f"{number}{letter}_config.json",
                )
                return ModelFiles(
                    SourceFile(WEIGHTS, stack.enter_context(weights.open("rb"))),
                    SourceFile(CONFIG, stack.enter_context(config.open("rb"))),
                )

            pair = PairFiles(model("glow-tts", "g"), model("hifigan-v2", "h"))
            return Voice.objects.import_pair(member, pair, Voice.Mode.PRONOUNCED)

    return import_voice


def cut_off(folder: Path) -> None:
    (weights,) = folder.glob("glow-tts/*/*.tar")
    weights.write_bytes(weights.read_bytes()[:1000])


def checked(voice: Voice) -> Voice:
    synthesize_next()
    voice.refresh_from_db()
    return voice


class TestCheck:
    def test_a_pair_that_speaks_is_usable_and_not_yet_active(self, import_voice: ImportVoice, member: Member) -> None:
        voice = import_voice(member)
        assert (voice.status, voice.active) == ("checking", False)
        assert checked(voice).status == "usable"
        assert (voice.problem, voice.warnings, voice.active) == ("", ["no_card"], False)
        assert set(voice.warnings) <= set(WARNINGS)
        assert [one.status for one in voice.auditions] == ["succeeded"]

    def test_a_pair_that_does_not_load_is_unusable_and_says_why(
        self, import_voice: ImportVoice, member: Member
    ) -> None:
        voice = checked(import_voice(member, change=cut_off))
        assert voice.status == "unusable"
        assert "Glow-TTS checkpoint.pth" in voice.problem

    def test_a_pair_that_kills_workers_is_unusable_in_the_end(
        self, import_voice: ImportVoice, member: Member, settings: Any
    ) -> None:
        settings.MAX_ATTEMPTS = 1
        voice = import_voice(member)
        VoiceRequest.objects.claim_next("a cluster that dies")
        VoiceRequest.objects.update(lease_expires_at="2020-01-01T00:00:00Z")
        VoiceRequest.objects.recover_abandoned()
        voice.refresh_from_db()
        assert (voice.status, voice.problem) == ("unusable", "The worker died at each attempt.")

    def test_cancelling_the_check_leaves_it_unusable_until_it_is_checked_again(
        self, import_voice: ImportVoice, member: Member
    ) -> None:
        voice = import_voice(member)
        assert voice.auditions.get().cancel()
        voice.refresh_from_db()
        assert (voice.status, voice.problem) == ("unusable", "cancelled")
        voice.start_check()
        assert (checked(voice).status, voice.problem) == ("usable", "")

    def test_the_same_pair_again_is_the_same_voice(self, import_voice: ImportVoice, member: Member) -> None:
        voice = checked(import_voice(member))
        assert import_voice(member).pk == voice.pk
        assert VoiceRequest.objects.count() == 1

    def test_an_unusable_pair_that_is_brought_again_is_checked_again(
        self, import_voice: ImportVoice, member: Member
    ) -> None:
        voice = checked(import_voice(member, change=cut_off))
        assert import_voice(member, change=cut_off).pk == voice.pk
        voice.refresh_from_db()
        assert (voice.status, VoiceRequest.objects.count()) == ("checking", 2)

    def test_a_full_queue_leaves_no_row(self, import_voice: ImportVoice, member: Member, settings: Any) -> None:
        settings.MAX_QUEUED = 1
        factories.queued(member)
        with pytest.raises(QueueFull):
            import_voice(member)
        assert Voice.objects.count() == 1


class TestActivation:
    @pytest.mark.parametrize("status", ["checking", "unusable"])
    def test_what_has_not_passed_can_neither_speak_nor_be_active(
        self, status: str, import_voice: ImportVoice, member: Member
    ) -> None:
        voice = import_voice(member)
        Voice.objects.filter(pk=voice.pk).update(status=status)
        voice.refresh_from_db()
        for act in (voice.make_active, voice.take_over, lambda: voice.audition("안녕.")):
            with pytest.raises(VoiceNotUsable):
                act()
        assert member.voices.get(active=True).pk != voice.pk
        with pytest.raises(IntegrityError, match="active_voice_is_usable"):
            Voice.objects.filter(pk=voice.pk).update(active=True)

    def test_roll_back_goes_back_one_voice_at_a_time(self, import_voice: ImportVoice, member: Member) -> None:
        voices = [checked(import_voice(member, number)) for number in (7, 8, 9)]
        for voice in voices:
            voice.make_active()
        assert [member.roll_back().pk for _ in range(2)] == [voices[1].pk, voices[0].pk]
        assert member.voices.get(active=True).pk == voices[0].pk
        with pytest.raises(NoVoiceBefore):
            member.roll_back()
        voices[2].make_active()
        assert member.roll_back().pk == voices[1].pk

    def test_roll_back_passes_over_what_is_unusable_by_now(self, import_voice: ImportVoice, member: Member) -> None:
        voices = [checked(import_voice(member, number)) for number in (7, 8, 9)]
        for voice in voices:
            voice.make_active()
        Voice.objects.filter(pk=voices[1].pk).update(status="unusable")
        assert member.roll_back().pk == voices[0].pk

    @pytest.mark.django_db(transaction=True)
    def test_of_two_at_once_one_is_active(self, import_voice: ImportVoice, member: Member) -> None:
        voices = [checked(import_voice(member, number)) for number in (7, 8)]
        errors: list[Exception] = []

        def activate(voice: Voice) -> None:
            try:
                for _ in range(10):
                    voice.make_active()
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=activate, args=(voice,)) for voice in voices]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert member.voices.filter(active=True).count() == 1


class TestRequests:
    def test_one_that_was_begun_ends_with_the_voice_it_began_with(
        self, import_voice: ImportVoice, member: Member
    ) -> None:
        old = member.voices.get()
        new = checked(import_voice(member))
        begun = factories.processing(member)
        new.make_active()
        # A worker died and another goes on.
        begun.put_back()
        again = VoiceRequest.objects.filter(pk=begun.pk).claim_next("another cluster")
        assert again is not None
        assert again.voice == old
        attempt(again)
        assert reloaded(begun).status == "succeeded"

    def test_one_that_waits_is_spoken_by_the_voice_that_is_active_then(
        self, import_voice: ImportVoice, member: Member
    ) -> None:
        new = checked(import_voice(member))
        waiting = factories.queued(member)
        assert waiting.voice is None
        new.make_active()
        assert factories.claimed(waiting).voice == new

    def test_a_retry_is_spoken_by_the_voice_of_today(self, import_voice: ImportVoice, member: Member) -> None:
        failed = factories.failed(member)
        new = checked(import_voice(member))
        new.make_active()
        assert factories.claimed(failed.retry()).voice == new

    def test_an_audition_is_spoken_by_its_voice_active_or_not(self, import_voice: ImportVoice, member: Member) -> None:
        voice = checked(import_voice(member))
        audition = voice.audition("들어 보세요.")
        synthesize_next()
        heard = reloaded(audition)
        assert (heard.status, heard.voice, heard.purpose) == ("succeeded", voice, "audition")

    def test_nobody_else_is_told_of_an_audition(self, import_voice: ImportVoice, member: Member) -> None:
        Webhook.objects.create(url="https://example.com/")
        voice = checked(import_voice(member))
        voice.audition("들어 보세요.")
        synthesize_next()
        assert not WebhookDelivery.objects.exists()
        factories.succeeded(member)
        assert WebhookDelivery.objects.count() == 1


class TestDeletion:
    @pytest.mark.django_db(transaction=True)
    def test_a_deleted_voice_takes_its_files_along(self, import_voice: ImportVoice, member: Member) -> None:
        kept, deleted = import_voice(member, 7), import_voice(member, 8)
        folders = deleted.glow_tts_path, deleted.hifigan_path
        assert all(folder.is_dir() for folder in folders)
        deleted.delete()
        assert not folders[0].exists()
        assert kept.glow_tts_path.is_dir() and kept.hifigan_path.is_dir()
        assert [path.name for path in kept.glow_tts_path.parent.iterdir()] == [kept.glow_tts_path.name]

    @pytest.mark.django_db(transaction=True)
    def test_files_that_another_voice_has_stay(self, import_voice: ImportVoice, member: Member) -> None:
        voice = import_voice(member)
        twin = Voice.objects.get(pk=voice.pk)
        twin.pk, twin.mode = None, Voice.Mode.SPELLED
        twin.save()
        voice.delete()
        assert twin.glow_tts_path.is_dir() and twin.hifigan_path.is_dir()
        twin.delete()
        assert not twin.glow_tts_path.exists() and not twin.hifigan_path.exists()

    @pytest.mark.django_db(transaction=True)
    def test_files_that_come_with_the_service_stay(self, member: Member) -> None:
        voice = member.voices.get()
        member.delete()
        assert voice.glow_tts_path.is_dir() and voice.hifigan_path.is_dir()
