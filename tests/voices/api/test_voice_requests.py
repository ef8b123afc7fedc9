"""/api/voice-requests/: looking at requests, and changing and deleting them."""

import io
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import numpy as np
import pytest
import soundfile
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django_q.models import OrmQ

from testing import factories
from testing.factories import Fan, files_below, reloaded
from voices import models
from voices.models import Member, VoiceRequest
from voices.synth.audio import encode

PUBLIC = {"client_uuid": "fan-1", "client_created_at": "2022-08-22T10:15:30"}


def address(request: VoiceRequest, rest: str = "") -> str:
    return f"/api/voice-requests/{request.pk}/{rest}"


def error_code(response: Any) -> str:
    code: str = response.json()["error"]["code"]
    return code


class TestDetail:
    def test_a_queued_request_says_where_it_stands(self, client: Client, member: Member) -> None:
        factories.queued(member)
        second = factories.queued(member)
        shown = client.get(address(second)).json()
        assert shown["status"] == "queued"
        assert shown["queue_position"] == 2
        assert shown["audio"] is None
        assert shown["error"] is None
        assert shown["finished_at"] is None

    def test_a_running_request_says_how_far_it_is(self, client: Client, member: Member) -> None:
        request = factories.processing(member)
        request.begin_speaking("하나. 둘. 셋.", [{"text": "★", "position": 4}], 3)
        request.store_sentence(factories.sentence_of(request))
        shown = client.get(address(request)).json()
        assert (shown["status"], shown["sentences_done"], shown["sentences_total"]) == ("processing", 1, 3)
        assert (shown["spoken_text"], shown["dropped"]) == ("하나. 둘. 셋.", [{"text": "★", "position": 4}])
        assert (shown["attempt"], shown["queue_position"]) == (1, None)
        assert shown["started_at"] is not None

    def test_a_finished_request_says_where_its_audio_is(self, client: Client, member: Member) -> None:
        request = factories.succeeded(member)
        shown = client.get(address(request)).json()
        assert (shown["status"], shown["duration_seconds"]) == ("succeeded", 1.0)
        assert shown["spoken_text"] == factories.SENTENCE
        assert shown["audio"] == address(request, "audio/")
        assert shown["finished_at"] is not None

    @pytest.mark.parametrize(
        ("language", "message"),
        [("ko", "이 멤버의 목소리를"), ("en", "This member's voice can't be loaded")],
    )
    def test_a_failed_request_says_why(self, language: str, message: str, client: Client, member: Member) -> None:
        request = factories.failed(member)
        error = client.get(address(request), headers={"accept-language": language}).json()["error"]
        assert error["code"] == "voice_unusable"
        assert message in error["message"]
        assert "1g_checkpoint_1.pth.tar" in error["detail"]

    @pytest.mark.parametrize("rest", ["", "audio/", "events/"])
    def test_an_unknown_id_is_not_found(self, rest: str, client: Client, db: None) -> None:
        response = client.get(f"/api/voice-requests/{uuid4()}/{rest}")
        assert (response.status_code, error_code(response)) == (404, "not_found")

    @pytest.mark.parametrize("rest", ["cancel/", "retry/"])
    def test_an_unknown_request_cannot_be_changed(self, rest: str, client: Client, db: None) -> None:
        response = client.post(f"/api/voice-requests/{uuid4()}/{rest}")
        assert (response.status_code, error_code(response)) == (404, "not_found")


class TestList:
    def test_an_owner_sees_its_own_requests_newest_first(self, alice: Fan, bob: Fan, member: Member) -> None:
        first = factories.queued(member, asker=alice.asker, client_uuid="phone")
        factories.queued(member, asker=bob.asker, client_uuid="phone")
        factories.queued(member, client_uuid="phone")
        second = factories.queued(member, asker=alice.asker)
        page = alice.client.get("/api/voice-requests/").json()
        assert page["count"] == 2
        assert [item["id"] for item in page["results"]] == [str(second.pk), str(first.pk)]

    def test_a_uuid_narrows_the_list(self, alice: Fan, bob: Fan, member: Member) -> None:
        by_phone = factories.queued(member, asker=alice.asker, client_uuid="phone")
        factories.queued(member, asker=alice.asker, client_uuid="laptop")
        factories.queued(member, asker=bob.asker, client_uuid="phone")
        page = alice.client.get("/api/voice-requests/?uuid=phone").json()
        assert [item["id"] for item in page["results"]] == [str(by_phone.pk)]

    def test_the_list_comes_in_pages(self, alice: Fan, member: Member, settings: Any) -> None:
        settings.MAX_QUEUED_PER_FAN = 21
        for _ in range(21):
            factories.queued(member, asker=alice.asker)
        first = alice.client.get("/api/voice-requests/").json()
        second = alice.client.get(first["next"]).json()
        assert (len(first["results"]), len(second["results"])) == (20, 1)
        assert second["next"] is None

    @pytest.mark.parametrize(
        ("query", "code"), [("?uuid=", "empty_text"), ("?uuid=a/b", "unsafe_name"), ("?uuid=%00", "unsafe_name")]
    )
    def test_an_unusable_uuid_is_refused(self, query: str, code: str, alice: Fan, member: Member) -> None:
        response = alice.client.get(f"/api/voice-requests/{query}")
        assert response.status_code == 400
        assert response.json()["error"] == {**response.json()["error"], "code": code, "field": "uuid"}


class TestCancel:
    @pytest.mark.parametrize("state", ["queued", "processing"])
    def test_what_has_not_ended_is_cancelled(self, state: str, alice: Fan, member: Member) -> None:
        request = getattr(factories, state)(member, asker=alice.asker)
        response = alice.client.post(address(request, "cancel/"))
        assert (response.status_code, response.json()["status"]) == (200, "cancelled")
        assert response.json()["finished_at"] is not None
        assert reloaded(request).status == "cancelled"

    @pytest.mark.parametrize("state", ["cancelled", "succeeded", "failed"])
    def test_what_has_ended_is_not_cancelled_again(self, state: str, alice: Fan, member: Member) -> None:
        request = getattr(factories, state)(member, asker=alice.asker)
        response = alice.client.post(address(request, "cancel/"))
        assert (response.status_code, error_code(response)) == (409, "not_cancellable")
        assert reloaded(request).status == state


class TestRetry:
    @pytest.mark.parametrize("state", ["failed", "cancelled"])
    def test_a_new_request_asks_for_the_same(self, state: str, alice: Fan, member: Member) -> None:
        asked = {"text": "다시.", "format": "mp3", "speed": 1.5, "seed": 7, **PUBLIC}
        request = getattr(factories, state)(member, asker=alice.asker, **asked)
        OrmQ.objects.all().delete()

        response = alice.client.post(address(request, "retry/"))

        assert response.status_code == 202
        again = VoiceRequest.objects.exclude(pk=request.pk).get()
        assert response["Location"] == address(again)
        assert response.json()["retry_of"] == str(request.pk)
        assert (again.status, again.attempt, again.member_id) == ("queued", 0, member.pk)
        assert {name: getattr(again, name) for name in asked} == asked
        assert OrmQ.objects.count() == 1
        assert reloaded(request).status == state

    def test_the_history_is_seen_from_both_ends(self, alice: Fan, member: Member) -> None:
        first = factories.failed(member, asker=alice.asker)
        second = first.retry()
        assert factories.claimed(second).cancel()
        third = reloaded(second).retry()

        shown = {request.pk: alice.client.get(address(request)).json() for request in (first, second, third)}

        assert [one["id"] for one in shown[third.pk]["history"]] == [str(second.pk), str(first.pk)]
        for one in shown[third.pk]["history"]:
            whole = alice.client.get(f"/api/voice-requests/{one['id']}/").json()
            assert one == {name: whole[name] for name in one}
        assert [one["error"] and one["error"]["code"] for one in shown[third.pk]["history"]] == [None, "voice_unusable"]
        assert [shown[one.pk]["retries"] for one in (first, second, third)] == [[str(second.pk)], [str(third.pk)], []]
        assert shown[first.pk]["history"] == []

    def test_a_history_is_shown_in_part_when_it_is_long(
        self, alice: Fan, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(models, "MOST_TRIES_SHOWN", 2)
        request = factories.failed(member, asker=alice.asker)
        for _ in range(3):
            request = reloaded(request).retry()
            request.fail("internal_error", "")
        assert len(alice.client.get(address(request)).json()["history"]) == 2

    @pytest.mark.parametrize("state", ["queued", "processing", "succeeded"])
    def test_what_has_not_failed_is_not_retried(self, state: str, alice: Fan, member: Member) -> None:
        request = getattr(factories, state)(member, asker=alice.asker)
        response = alice.client.post(address(request, "retry/"))
        assert (response.status_code, error_code(response)) == (409, "not_retryable")
        assert VoiceRequest.objects.count() == 1


class TestAgain:
    @pytest.mark.parametrize("state", ["queued", "succeeded", "failed"])
    def test_another_take_differs_in_its_seed(self, state: str, alice: Fan, member: Member) -> None:
        asked = {
            "text": "<speak>다시.</speak>",
            "markup": "ssml",
            "format": "mp3",
            "speed": 1.5,
            "client_uuid": "phone",
        }
        request = getattr(factories, state)(member, asker=alice.asker, seed=7, client_created_at="2022", **asked)
        response = alice.client.post(address(request, "again/"))
        assert (response.status_code, response.json()["retry_of"]) == (202, None)
        again = VoiceRequest.objects.get(pk=response.json()["id"])
        assert {name: getattr(again, name) for name in asked} == asked
        assert (again.status, again.seed != 7, again.client_created_at) == ("queued", True, "")
        assert 0 <= again.seed < 2**32

    def test_it_is_the_owners_to_ask(self, alice: Fan, bob: Fan, member: Member) -> None:
        request = factories.succeeded(member, asker=alice.asker)
        response = bob.client.post(address(request, "again/"))
        assert (response.status_code, error_code(response)) == (403, "not_yours")


@pytest.mark.django_db(transaction=True)
class TestDelete:
    def test_the_row_and_its_audio_are_gone(self, alice: Fan, member: Member, media_dir: Path) -> None:
        request = factories.succeeded(member, asker=alice.asker, **PUBLIC)
        public = f"wav_files/{member.pk}/fan-1_2022-08-22T10:15:30_voice.wav"
        assert set(files_below(media_dir)) == {request.audio_name, public}
        response = alice.client.delete(address(request))
        assert (response.status_code, response.content) == (204, b"")
        assert not VoiceRequest.objects.exists()
        assert files_below(media_dir) == []
        assert alice.client.get(address(request)).status_code == 404

    def test_the_public_copy_stays_while_another_request_has_its_name(
        self, alice: Fan, member: Member, media_dir: Path
    ) -> None:
        first, second = (factories.succeeded(member, asker=alice.asker, **PUBLIC) for _ in range(2))
        public = f"wav_files/{member.pk}/fan-1_2022-08-22T10:15:30_voice.wav"
        alice.client.delete(address(first))
        assert set(files_below(media_dir)) == {public, second.audio_name}
        alice.client.delete(address(second))
        assert files_below(media_dir) == []

    def test_deleting_what_was_never_spoken_leaves_the_public_copy_of_what_was(
        self, alice: Fan, member: Member, media_dir: Path
    ) -> None:
        factories.succeeded(member, asker=alice.asker, **PUBLIC)
        before = files_below(media_dir)
        alice.client.delete(address(factories.failed(member, asker=alice.asker, **PUBLIC)))
        assert files_below(media_dir) == before

    def test_a_retry_outlives_what_it_repeats(self, alice: Fan, member: Member) -> None:
        request = factories.failed(member, asker=alice.asker)
        again = request.retry()
        alice.client.delete(address(request))
        assert reloaded(again).retry_of is None


class TestAudio:
    @pytest.mark.parametrize("state", ["queued", "processing", "failed", "cancelled"])
    def test_there_is_none_before_the_end_or_without_success(self, state: str, client: Client, member: Member) -> None:
        response = client.get(address(getattr(factories, state)(member), "audio/"))
        assert (response.status_code, error_code(response)) == (409, "not_ready")

    def test_it_is_found_at_an_address_that_is_made_anew_each_time(self, client: Client, member: Member) -> None:
        response = client.get(address(factories.succeeded(member), "audio/"))
        assert (response.status_code, response["Cache-Control"]) == (302, "no-store")
        audio = client.get(response["Location"])
        assert (audio.status_code, audio.content) == (200, factories.AUDIO)
        assert "Content-Disposition" not in audio

    @pytest.mark.parametrize(
        ("query", "saved"), [("download=true", True), ("download=1", True), ("download=false", False)]
    )
    def test_a_download_is_asked_for_by_its_value(
        self, query: str, saved: bool, client: Client, member: Member
    ) -> None:
        audio = client.get(address(factories.succeeded(member), f"audio/?{query}"), follow=True)
        assert ("Content-Disposition" in audio) == saved

    def test_an_unknown_value_is_refused(self, client: Client, member: Member) -> None:
        response = client.get(address(factories.succeeded(member), "audio/?download=perhaps"))
        assert (response.status_code, error_code(response)) == (400, "invalid")

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("오늘도 정말", "테스트 멤버_오늘도 정말.mp3"),
            ("하나/둘\n셋?", "테스트 멤버_하나 둘 셋.mp3"),
            ("가" * 50, f"테스트 멤버_{'가' * 20}.mp3"),
        ],
    )
    def test_it_is_saved_under_a_name_that_says_who_speaks_and_what(
        self, text: str, name: str, client: Client, member: Member
    ) -> None:
        request = factories.succeeded(member, format="mp3", text=text)
        audio = client.get(address(request, "audio/?download"), follow=True)
        assert audio["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"

    @pytest.mark.parametrize(("audio_format", "mime_type"), [("mp3", "audio/mpeg"), ("opus", "audio/ogg")])
    def test_it_is_given_in_another_format(
        self, audio_format: str, mime_type: str, client: Client, member: Member
    ) -> None:
        request = factories.succeeded(member)
        tone = (np.sin(np.arange(22_050) / 10) / 2).astype(np.float32)
        default_storage.save(request.audio_name, ContentFile(encode(tone, 22_050, "wav")))
        answer = client.get(address(request, f"audio/?download&format={audio_format}"))
        assert (answer.status_code, answer["Content-Type"]) == (200, mime_type)
        assert answer["Content-Disposition"].endswith(f".{audio_format}")
        samples, sample_rate = soundfile.read(io.BytesIO(answer.content))
        assert len(samples) / sample_rate == pytest.approx(1.0, abs=0.1)
        assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)

    def test_its_own_format_is_not_made_anew(self, client: Client, member: Member) -> None:
        assert client.get(address(factories.succeeded(member), "audio/?format=wav")).status_code == 302

    def test_an_unknown_format_is_refused(self, client: Client, member: Member) -> None:
        response = client.get(address(factories.succeeded(member), "audio/?format=aac"))
        assert (response.status_code, error_code(response)) == (400, "unknown_choice")

    def test_who_asks_for_other_formats_too_often_waits(self, client: Client, member: Member, settings: Any) -> None:
        settings.CALLS_PER_MINUTE = {**settings.CALLS_PER_MINUTE, "posts": 0}
        request = factories.succeeded(member)
        assert client.get(address(request, "audio/?format=mp3")).status_code == 429
        assert client.get(address(request, "audio/")).status_code == 302
