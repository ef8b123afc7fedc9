"""The same again is answered with the audio that is there, and spoken once if several ask at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now
from django.test import AsyncClient
from django.urls import reverse
from django_q.models import OrmQ

from testing import factories
from testing.factories import CLUSTER, SENTENCE, Fan, files_below, reloaded, sentence_of
from voices.audio_objects import public_audio_name
from voices.models import DictionaryEntry, Member, Voice, VoiceRequest, Webhook
from voices.tasks import synthesize_next
from voices.webhooks.outbox import WebhookDelivery

PUBLIC = {"client_uuid": "fan-1", "client_created_at": "2022-08-22T10:15:30"}
ADDRESS = "/api/voice-requests/"


@pytest.fixture(autouse=True)
def same_again(settings: Any) -> None:
    settings.SAME_AGAIN_DAYS = 30


def spoken(member: Member, **fields: Any) -> VoiceRequest:
    """Return a request that a worker has spoken."""
    request = factories.queued(member, **fields)
    synthesize_next()
    done = reloaded(request)
    assert (done.status, done.attempt) == ("succeeded", 1)
    return done


def other_voice(member: Member) -> None:
    first = member.voices.get()
    Voice.objects.create(
        member=member,
        glow_tts_dir=first.glow_tts_dir,
        hifigan_dir=first.hifigan_dir,
        glow_tts_sha256="0" * 64,
        hifigan_sha256="0" * 64,
        mode=first.mode,
    ).make_active()


class TestWhatWasMadeBefore:
    def test_is_given_at_once_to_whoever_asks(self, alice: Fan, bob: Fan, member: Member, media_dir: Path) -> None:
        made = spoken(member, asker=alice.asker, text="안녕★하세요.")
        body = {"member": member.pk, "text": "안녕★하세요."}
        answer = bob.client.post(ADDRESS, body, "application/json")
        again = answer.json()
        assert answer.status_code == 202
        assert (again["status"], again["attempt"], again["error"]) == ("succeeded", 0, None)
        for name in ("spoken_text", "dropped", "duration_seconds", "sentences_done", "sentences_total"):
            assert again[name] == getattr(made, name)
        row = VoiceRequest.objects.get(pk=again["id"])
        assert (row.audio_name, row.audio_sha256, row.captions) == (made.audio_name, made.audio_sha256, made.captions)
        assert row.finished_at and row.voice == made.voice
        assert files_below(media_dir) == [made.audio_name]
        assert str(made.pk) not in bob.client.get(again["audio"])["Location"] + made.audio_name
        assert OrmQ.objects.count() == 1  # of the first one

    @pytest.mark.parametrize(
        "other",
        [{"text": "안녕하세요!"}, {"format": "mp3"}, {"speed": 1.1}, {"seed": 1}, {"readings": {"안녕": "인사"}},
         {"fresh": True}, {"purpose": "audition"}],
        ids=str,
    )  # fmt: skip
    def test_is_not_given_to_who_asks_for_something_else(self, other: dict[str, Any], member: Member) -> None:
        spoken(member)
        assert factories.queued(member, **other).status == "queued"

    @pytest.mark.parametrize("change", ["voice", "dictionary", "code", "age", "setting", "kind", "deleted"])
    def test_is_not_given_once_it_would_be_wrong(
        self, change: str, member: Member, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spoken(member)
        assert factories.queued(member).status == "succeeded"
        match change:
            case "voice":
                other_voice(member)
            case "dictionary":
                DictionaryEntry.objects.create(written="안녕", reading="인사")
            case "code":
                monkeypatch.setattr("voices.same_again._speech_version", lambda: "another")
            case "age":
                VoiceRequest.objects.update(finished_at=Now() - timedelta(days=31))
            case "setting":
                settings.SAME_AGAIN_DAYS = 0
            case "kind":
                VoiceRequest.objects.update(purpose="audition")
            case _:
                VoiceRequest.objects.all().delete()
        assert factories.queued(member).status == "queued"

    def test_is_given_again_when_the_voice_is_back(self, member: Member) -> None:
        member.voices.get().make_active()
        made = spoken(member)
        other_voice(member)
        assert factories.queued(member).cancel()
        member.roll_back()
        assert factories.queued(member).audio_name == made.audio_name

    def test_what_may_not_be_given_out_is_not(self, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        spoken(member)
        waiting = factories.queued(member, fresh=True)
        monkeypatch.setattr(VoiceRequest, "may_be_given_out", False)
        assert factories.queued(member).status == "queued"
        synthesize_next()
        assert reloaded(waiting).status == "succeeded"
        assert VoiceRequest.objects.queued().count() == 1

    def test_another_member_does_not_have_it(self, member: Member, broken_member: Member) -> None:
        spoken(member)
        assert factories.queued(broken_member).status == "queued"

    def test_webhooks_are_told(self, member: Member) -> None:
        spoken(member)
        Webhook.objects.create(url="https://example.com/hook")
        again = factories.queued(member)
        assert WebhookDelivery.objects.get().request == again

    def test_it_needs_no_room_in_the_queue(self, member: Member, settings: Any) -> None:
        spoken(member)
        factories.queued(member, text="다른 말.")
        settings.MAX_QUEUED = 1
        assert factories.queued(member).status == "succeeded"

    def test_a_worker_copies_it_to_the_name_that_the_client_chose(self, member: Member, media_dir: Path) -> None:
        made = spoken(member)
        again = factories.queued(member, **PUBLIC)
        assert again.status == "queued"
        synthesize_next()
        done = reloaded(again)
        public = public_audio_name(done)
        assert (done.status, done.audio_name, done.sentences.count()) == ("succeeded", made.audio_name, 0)
        assert public
        assert set(files_below(media_dir)) == {made.audio_name, public}
        assert default_storage.open(public).read() == default_storage.open(made.audio_name).read()


class TestBounds:
    @pytest.mark.parametrize(
        ("bounds", "kept"),
        [
            ({"SAME_AGAIN_REQUESTS": 2}, ["둘.", "셋."]),
            ({"SAME_AGAIN_MB": 5}, ["둘.", "셋."]),
            ({"SAME_AGAIN_MB": 1}, []),
            ({"SAME_AGAIN_DAYS": 2.5}, ["둘.", "셋."]),
            ({}, ["하나.", "둘.", "셋."]),
        ],
        ids=str,
    )
    def test_later_ones_are_answered_from_the_latest(
        self, bounds: dict[str, float], kept: list[str], member: Member, settings: Any
    ) -> None:
        texts = ["하나.", "둘.", "셋."]
        for days, text in zip((3, 2, 1), texts, strict=True):
            done = factories.succeeded(member, text=text)
            ended = Now() - timedelta(days=days)
            VoiceRequest.objects.filter(pk=done.pk).update(finished_at=ended, audio_size=2_500_000)
        waiting = factories.queued(member, text="넷.")
        for name, value in bounds.items():
            setattr(settings, name, value)
        assert VoiceRequest.objects.forget_old_speech() == len(texts) - len(kept)
        assert reloaded(waiting).speech_key
        again = [text for text in texts if factories.queued(member, text=text).status == "succeeded"]
        assert again == kept


@pytest.mark.django_db(transaction=True)
class TestDeletion:
    @pytest.mark.parametrize("first", [0, 1, 2])
    def test_the_audio_stays_until_the_last_request_that_names_it_is_deleted(
        self, first: int, member: Member, media_dir: Path
    ) -> None:
        made = spoken(member)
        requests = [made, factories.queued(member), factories.queued(member)]
        requests.insert(0, requests.pop(first))
        for request in requests:
            assert files_below(media_dir) == [made.audio_name]
            request.delete()
        assert files_below(media_dir) == []

    def test_requests_that_are_deleted_together_take_it_along(self, member: Member, media_dir: Path) -> None:
        spoken(member)
        factories.queued(member)
        VoiceRequest.objects.all().delete()
        assert files_below(media_dir) == []

    def test_of_two_that_are_deleted_at_one_moment_one_deletes_it(self, member: Member, media_dir: Path) -> None:
        for _ in range(5):
            pair = [spoken(member), factories.queued(member)]
            together(*(request.delete for request in pair))
            assert files_below(media_dir) == []

    def test_who_asks_while_it_is_deleted_gets_audio_or_waits(self, member: Member, media_dir: Path) -> None:
        for _ in range(10):
            made = spoken(member)
            _, again = together(made.delete, lambda: factories.queued(member))
            if again.status == "succeeded":
                assert files_below(media_dir) == [again.audio_name]
            else:
                assert files_below(media_dir) == []
            again.delete()


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Make the calls at one moment, each on a connection of its own."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


class TestInFlight:
    def test_those_who_wait_for_the_same_get_it_when_it_is_spoken(self, member: Member, media_dir: Path) -> None:
        first, second, third = (factories.queued(member) for _ in range(3))
        synthesize_next()
        assert [reloaded(request).attempt for request in (first, second, third)] == [1, 0, 0]
        assert {reloaded(request).status for request in (first, second, third)} == {"succeeded"}
        assert files_below(media_dir) == [reloaded(first).audio_name]

    def test_while_it_is_spoken_no_other_worker_begins_the_same(self, member: Member) -> None:
        first = factories.queued(member)
        same, other = factories.queued(member), factories.queued(member, text="다른 말.")
        assert [VoiceRequest.objects.claim_next(CLUSTER) for _ in range(3)] == [first, other, None]
        assert reloaded(same).status == "queued"

    @pytest.mark.django_db(transaction=True)
    def test_of_two_workers_at_one_moment_one_begins_it(self, member: Member) -> None:
        for _ in range(5):
            pair = {factories.queued(member), factories.queued(member)}
            begun = together(*[lambda: VoiceRequest.objects.claim_next(CLUSTER)] * 2)
            assert begun.count(None) == 1 and pair.issuperset(set(begun) - {None})
            VoiceRequest.objects.all().delete()

    @pytest.mark.parametrize("end", ["fail", "cancel", "put back", "delete"])
    def test_if_it_is_not_spoken_another_one_is(self, end: str, member: Member) -> None:
        first, second = factories.queued(member), factories.queued(member)
        begun = VoiceRequest.objects.claim_next(CLUSTER)
        assert begun == first
        OrmQ.objects.all().delete()
        match end:
            case "fail":
                assert begun.fail("internal_error", "")
            case "cancel":
                assert reloaded(first).cancel()
            case "put back":
                assert begun.put_back(after_seconds=60)
            case _:
                first.delete()
        assert VoiceRequest.objects.claim_next(CLUSTER) == second
        assert OrmQ.objects.count() == (1 if end in ("fail", "cancel") else 0)  # the sweeper adds what is missing

    def test_what_came_while_it_was_being_finished_is_not_spoken_again(self, member: Member) -> None:
        made = spoken(member)
        VoiceRequest.objects.filter(pk=made.pk).update(speech_key="")
        late = factories.queued(member)
        VoiceRequest.objects.filter(pk=made.pk).update(speech_key=late.speech_key)
        synthesize_next()
        assert (reloaded(late).status, reloaded(late).audio_name) == ("succeeded", made.audio_name)

    def test_what_is_to_be_made_anew_is_not_given_what_another_gets(self, member: Member) -> None:
        first, fresh = factories.queued(member), factories.queued(member, fresh=True)
        synthesize_next()
        assert (reloaded(first).status, reloaded(fresh).status) == ("succeeded", "queued")
        synthesize_next()
        assert (reloaded(fresh).attempt, reloaded(fresh).audio_name == reloaded(first).audio_name) == (1, False)

    def test_what_is_spoken_with_the_voice_before_is_not_given(self, member: Member) -> None:
        first, second = factories.queued(member), factories.queued(member)
        begun = VoiceRequest.objects.claim_next(CLUSTER)
        assert begun == first
        other_voice(member)
        assert begun.succeed(audio_name="a.wav", **factories.SOUND)
        assert reloaded(second).status == "queued"

    @pytest.mark.django_db(transaction=True)
    def test_all_hear_it_while_it_is_spoken(self, member: Member) -> None:
        first, second = factories.queued(member), factories.queued(member)
        begun = factories.claimed(first)
        begun.begin_speaking(SENTENCE, [], 2)
        begun.store_sentence(sentence_of(begun, 0))

        async def listen() -> list[bytes]:
            address = reverse("voice-request-stream", args=[second.pk])
            response: Any = await AsyncClient().get(f"{address}?format=pcm")
            pieces = []
            async for piece in response.streaming_content:
                pieces.append(piece)
                if len(pieces) == 1:
                    await sync_to_async(finish)()
            return pieces

        def finish() -> None:
            begun.store_sentence(sentence_of(begun, 1))
            begun.succeed(audio_name="a.wav", **factories.SOUND)

        assert b"".join(async_to_sync(listen)()) == b"".join(
            bytes(sentence_of(begun, number).pcm) for number in range(2)
        )
        assert reloaded(second).status == "succeeded"
