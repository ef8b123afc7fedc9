"""GET /api/voice-requests/{id}/events/: every change of a request, as it happens."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient, Client

from testing import factories
from testing.factories import reloaded
from voices.api import events
from voices.models import Member, VoiceRequest

Step = Callable[[], Any]


def events_address(request: VoiceRequest) -> str:
    return f"/api/voice-requests/{request.pk}/events/"


def parsed(event: bytes) -> dict[str, Any]:
    """Return the data of one event ``status``."""
    name, data, *rest = event.decode().split("\n")
    assert name == "event: status"
    assert rest == ["", ""]
    content: dict[str, Any] = json.loads(data.removeprefix("data: "))
    return content


def followed(request: VoiceRequest, *steps: Step, language: str = "ko") -> list[dict[str, Any]]:
    """Return the events of a stream; after each, the next of ``steps`` is done. The stream must end by itself."""

    async def follow() -> list[dict[str, Any]]:
        response: Any = await AsyncClient().get(events_address(request), headers={"accept-language": language})
        assert response.status_code == 200
        assert response["Content-Type"] == "text/event-stream"
        assert (response["Cache-Control"], response["X-Accel-Buffering"]) == ("no-store", "no")
        stream: AsyncIterator[bytes] = aiter(response.streaming_content)
        remaining = iter(steps)
        seen = []
        async for event in stream:
            seen.append(parsed(event))
            if step := next(remaining, None):
                await sync_to_async(step)()
        assert next(remaining, None) is None
        return seen

    return async_to_sync(follow)()


@pytest.mark.django_db(transaction=True)
class TestStream:
    def test_it_tells_of_each_change_and_ends_with_the_request(self, member: Member) -> None:
        request = factories.queued(member)

        def running() -> VoiceRequest:
            return reloaded(request)

        seen = followed(
            request,
            lambda: factories.claimed(request),
            lambda: running().begin_speaking("하나. 둘.", [], 2),
            lambda: running().store_sentence(factories.sentence_of(running())),
            lambda: running().succeed(audio_name="a.wav", **factories.SOUND),
        )
        assert [(event["status"], event["sentences_done"], event["sentences_total"]) for event in seen] == [
            ("queued", 0, None),
            ("processing", 0, None),
            ("processing", 0, 2),
            ("processing", 1, 2),
            ("succeeded", 1, 2),
        ]
        assert seen[-1]["audio"] == f"/api/voice-requests/{request.pk}/audio/"

    @pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
    def test_what_has_ended_is_told_of_once(self, state: str, member: Member) -> None:
        assert [event["status"] for event in followed(getattr(factories, state)(member))] == [state]

    def test_it_ends_when_the_request_is_cancelled(self, member: Member) -> None:
        request = factories.queued(member)
        seen = followed(request, lambda: reloaded(request).cancel())
        assert [event["status"] for event in seen] == ["queued", "cancelled"]

    def test_it_ends_when_the_request_is_deleted(self, member: Member) -> None:
        request = factories.queued(member)
        assert [event["status"] for event in followed(request, lambda: reloaded(request).delete())] == ["queued"]

    def test_changes_of_other_requests_are_not_told_of(self, member: Member) -> None:
        request, other = factories.queued(member), factories.queued(member)

        def change_both() -> None:
            other.cancel()
            request.cancel()

        assert [event["id"] for event in followed(request, change_both)] == [str(request.pk)] * 2

    @pytest.mark.parametrize(("language", "message"), [("ko", "목소리"), ("en", "voice")])
    def test_it_speaks_the_listeners_language(self, language: str, message: str, member: Member) -> None:
        (event,) = followed(factories.failed(member), language=language)
        assert message in event["error"]["message"]

    def test_a_quiet_stream_is_kept_open(self, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(events, "KEEP_ALIVE_SECONDS", 0.05)
        request = factories.queued(member)

        async def pieces() -> list[bytes]:
            response: Any = await AsyncClient().get(events_address(request))
            seen = []
            async for piece in response.streaming_content:
                seen.append(piece)
                if piece.startswith(b":"):
                    await sync_to_async(request.cancel)()
            return seen

        assert b": still here\n\n" in async_to_sync(pieces)()


def test_the_live_service_streams_a_request_to_its_end(live_service: str) -> None:
    # The test's voice is so quick that few sentences would be over before anybody can ask for the stream.
    body = {"member": 1, "text": "하나. 둘. 셋. " * 60}
    location = httpx.post(f"{live_service}/api/voice-requests/", json=body, timeout=60).headers["Location"]
    with httpx.stream("GET", f"{live_service}{location}events/", timeout=60) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        lines = [line for line in response.iter_lines() if line.startswith("data: ")]
    seen = [json.loads(line.removeprefix("data: ")) for line in lines]
    done = [event["sentences_done"] for event in seen]
    assert done == sorted(done) and len(seen) > 1
    assert (seen[-1]["status"], seen[-1]["sentences_done"], seen[-1]["sentences_total"]) == ("succeeded", 180, 180)
    audio = httpx.get(f"{live_service}{seen[-1]['audio']}", follow_redirects=True)
    assert (audio.status_code, audio.content[:4]) == (200, b"RIFF")


def test_the_live_service_has_no_stream_of_an_unknown_request(live_service: str) -> None:
    response = httpx.get(
        f"{live_service}/api/voice-requests/{uuid4()}/events/", headers={"accept": "text/event-stream"}
    )
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/json")
    assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("method", ["head", "options"])
def test_only_get_opens_a_stream(method: str, client: Client, member: Member) -> None:
    response = getattr(client, method)(events_address(factories.queued(member)))
    assert (response.status_code, response.streaming) == (200, False)
