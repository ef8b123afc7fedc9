"""Answers that wait for the audio: POST /api/texts of the Flask server, and Prefer: wait."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django_q.models import OrmQ

from testing.factories import CLUSTER, SENTENCE, SOUND, files_below
from testing.processes import Service, wait_until
from voices.api import waiting
from voices.audio_objects import public_audio_name
from voices.models import Member, VoiceRequest

# Enough on a busy machine too; a wait that ends without news takes longer.
AT_ONCE_SECONDS = 10.0


@pytest.fixture(autouse=True)
def only_notify_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing but NOTIFY end a wait early; a missed one shows as an answer without audio."""
    monkeypatch.setattr(waiting, "_LOOK_AGAIN_SECONDS", 1000.0)


def legacy_body(member_id: Any, **fields: Any) -> dict[str, Any]:
    body = {"uuid": "fan-1", "member_id": member_id, "text": SENTENCE, "created_at": "2022-08-22 10:15:30"}
    return {**body, **fields}


@contextmanager
def worker(finish: Callable[[VoiceRequest], bool]) -> Iterator[None]:
    """Claim the request and finish it after a moment, on a connection of its own like another process.

    The block must end soon after that.
    """

    def work() -> None:
        try:
            wait_until(lambda: VoiceRequest.objects.queued().exists(), AT_ONCE_SECONDS)
            claimed = VoiceRequest.objects.claim_next(CLUSTER)
            assert claimed is not None
            time.sleep(0.3)
            assert finish(claimed)
        finally:
            connection.close()

    thread = Thread(target=work)
    started = time.monotonic()
    thread.start()
    try:
        yield
    finally:
        thread.join()
    assert time.monotonic() - started < AT_ONCE_SECONDS, "whoever waits for the request was not woken"


def post_preferring(client: Client, member: Member, prefer: str) -> Any:
    body = {"member": member.pk, "text": SENTENCE}
    return client.post("/api/voice-requests/", body, content_type="application/json", headers={"prefer": prefer})


def succeed(request: VoiceRequest) -> bool:
    return request.succeed(audio_name=f"{request.pk}.wav", **SOUND)


def succeed_unheard(request: VoiceRequest) -> bool:
    """Let the request succeed without a NOTIFY, as if the listener had been reconnecting."""
    done = {"status": "succeeded", "audio_name": "a.wav", "duration_seconds": 1.0, "finished_at": Now()}
    return bool(VoiceRequest.objects.filter(pk=request.pk).update(**done))


def fail(request: VoiceRequest) -> bool:
    return request.fail("voice_unusable", "2g_checkpoint_1.pth.tar: not a checkpoint.")


@pytest.mark.django_db(transaction=True)
class TestTexts:
    @pytest.mark.parametrize("slash", ["", "/"])
    @pytest.mark.parametrize("as_given", [int, str])
    def test_the_body_of_the_flask_server_gets_its_answer(
        self, as_given: Callable[[int], Any], slash: str, client: Client, member: Member
    ) -> None:
        with worker(succeed):
            body = legacy_body(as_given(member.pk))
            response = client.post(f"/api/texts{slash}", body, content_type="application/json")
        assert response.status_code == 200
        assert response.json() == {"uuid": "fan-1", "member_id": member.pk, "created_at": "2022-08-22 10:15:30"}

    def test_it_takes_numbers_where_the_flask_server_did(self, client: Client, member: Member, settings: Any) -> None:
        settings.MAX_WAIT_SECONDS = 0.0
        body = {**legacy_body(member.pk), "uuid": 7, "created_at": 1764048000000}
        assert client.post("/api/texts", body, content_type="application/json").status_code == 202
        request = VoiceRequest.objects.get()
        assert public_audio_name(request) == f"wav_files/{member.pk}/7_1764048000000_voice.wav"

    def test_a_failure_is_told_with_its_code(self, client: Client, member: Member) -> None:
        with worker(fail):
            response = client.post("/api/texts", legacy_body(member.pk), content_type="application/json")
        assert (response.status_code, response.json()["error"]["code"]) == (500, "voice_unusable")
        assert "checkpoint" not in response.json()["error"]["message"]

    def test_a_change_that_was_not_heard_is_seen(
        self, client: Client, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(waiting, "_LOOK_AGAIN_SECONDS", 0.1)
        with worker(succeed_unheard):
            response = client.post("/api/texts", legacy_body(member.pk), content_type="application/json")
        assert response.status_code == 200

    def test_a_cancel_ends_the_wait(self, client: Client, member: Member) -> None:
        with worker(VoiceRequest.cancel):
            response = client.post("/api/texts", legacy_body(member.pk), content_type="application/json")
        assert (response.status_code, response.json()["error"]["code"]) == (500, "cancelled")

    def test_without_a_worker_the_wait_ends_with_the_address_to_ask(
        self, client: Client, member: Member, settings: Any
    ) -> None:
        settings.MAX_WAIT_SECONDS = 0.2
        started = time.monotonic()
        response = client.post("/api/texts", legacy_body(member.pk), content_type="application/json")
        assert 0.2 <= time.monotonic() - started < AT_ONCE_SECONDS
        assert response.status_code == 202
        assert client.get(response["Location"]).json()["status"] == "queued"
        assert OrmQ.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"member_id": "one"}, "invalid", "member_id"),
        ({"member_id": "²"}, "invalid", "member_id"),
        ({"member_id": "9" * 30}, "invalid", "member_id"),
        ({"member_id": "0"}, "unknown_member", "member_id"),
        ({"member_id": None}, "missing_field", "member_id"),
        ({"uuid": ""}, "empty_text", "uuid"),
        ({"uuid": True}, "invalid", "uuid"),
        ({"uuid": "../1"}, "unsafe_name", "uuid"),
        ({"created_at": "a/b"}, "unsafe_name", "created_at"),
        ({"text": "★"}, "nothing_to_say", "text"),
    ],
    ids=str,
)
def test_texts_refuses_a_wrong_field_at_once(
    wrong: dict[str, Any], code: str, field: str, client: Client, member: Member, media_dir: Path
) -> None:
    response = client.post("/api/texts", {**legacy_body(member.pk), **wrong}, content_type="application/json")
    assert response.status_code == 400
    assert (response.json()["error"]["code"], response.json()["error"]["field"]) == (code, field)
    assert not VoiceRequest.objects.exists() and not OrmQ.objects.exists() and not files_below(media_dir)


@pytest.mark.django_db(transaction=True)
class TestPreferWait:
    def test_the_answer_leads_to_the_audio(self, client: Client, member: Member) -> None:
        with worker(succeed):
            response = post_preferring(client, member, "wait=10")
        assert (response.status_code, response["Preference-Applied"]) == (303, "wait")
        assert response["Location"] == f"/api/voice-requests/{VoiceRequest.objects.get().pk}/audio/"

    def test_a_failure_is_told_with_its_code(self, client: Client, member: Member) -> None:
        with worker(fail):
            response = post_preferring(client, member, "respond-async, wait=10")
        assert (response.status_code, response.json()["error"]["code"]) == (500, "voice_unusable")

    def test_nobody_waits_longer_than_the_service_allows(self, client: Client, member: Member, settings: Any) -> None:
        settings.MAX_WAIT_SECONDS = 0.2
        started = time.monotonic()
        response = post_preferring(client, member, "wait=999")
        assert 0.2 <= time.monotonic() - started < AT_ONCE_SECONDS
        assert response.status_code == 202
        assert response["Location"].startswith("/api/voice-requests/")


@pytest.mark.parametrize("prefer", ["", "wait", "wait=", "wait=x", "wait=-1", "await=5", "wait=0"])
def test_without_that_preference_the_answer_comes_at_once(prefer: str, client: Client, member: Member) -> None:
    started = time.monotonic()
    assert post_preferring(client, member, prefer).status_code == 202
    assert time.monotonic() - started < AT_ONCE_SECONDS


class TestLive:
    def test_a_client_of_the_flask_server_finds_its_wav(self, live: Service) -> None:
        response = httpx.post(f"{live.address}/api/texts", json=legacy_body("1", uuid="live-1"), timeout=60)
        assert response.status_code == 200, response.text
        assert response.json() == {"uuid": "live-1", "member_id": 1, "created_at": "2022-08-22 10:15:30"}
        wav = live.data_dir / "media/wav_files/1/live-1_2022-08-22 10:15:30_voice.wav"
        assert wav.read_bytes()[:4] == b"RIFF"

    def test_a_voice_that_cannot_be_loaded_is_told_of(self, live_service: str) -> None:
        response = httpx.post(f"{live_service}/api/texts/", json=legacy_body(2, uuid="live-2"), timeout=60)
        assert (response.status_code, response.json()["error"]["code"]) == (500, "voice_unusable")
