"""A body that is too long or too slow is refused before it fills the disk or holds a thread."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator

from testing.processes import Service
from voices.api.gate.body_bound import BodyBound


class Reader:
    """Reads the whole body, as Django does, and counts it."""

    def __init__(self) -> None:
        self.read = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        message: dict[str, Any] = {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.read += len(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def answer(reader: Reader, path: str, chunks: list[int], announced: str | None = None) -> int:
    async def ask() -> int:
        headers = [(b"content-length", announced.encode())] if announced else []
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
        application = BodyBound(reader, max_bytes=100, max_upload_bytes=1000, max_sound_bytes=500)
        asking: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
        for number, length in enumerate(chunks, start=1):
            body = {"type": "http.request", "body": b"x" * length, "more_body": number < len(chunks)}
            await asking.send_input(body)
        status: int = (await asking.receive_output())["status"]
        return status

    return async_to_sync(ask)()


@pytest.mark.parametrize(
    ("path", "chunks", "announced", "status"),
    [
        ("/api/voice-requests/", [60, 40], None, 200),
        ("/api/voice-requests/", [60, 41], None, 413),
        ("/api/voice-requests/", [10], "101", 413),
        ("/api/voice-requests/", [60, 41], "10", 413),
        ("/api/voices/", [500, 500], "1000", 200),
        ("/api/voices/", [500, 501], None, 413),
        ("/admin/voices/voice/add/", [999], None, 200),
        ("/api/verifications/", [500], None, 200),
        ("/verify", [400, 101], None, 413),
        ("/admin/login/", [101], None, 413),
    ],
)
def test_bounds(path: str, chunks: list[int], announced: str | None, status: int) -> None:
    reader = Reader()
    assert answer(reader, path, chunks, announced) == status
    assert reader.read <= 1000


class Trickle:
    """A client that sends a byte every `pause` seconds."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.sent = 0

    async def __call__(self) -> dict[str, Any]:
        await asyncio.sleep(self.pause)
        self.sent += 1
        return {"type": "http.request", "body": b"x", "more_body": True}


@pytest.mark.parametrize(("pause", "most_sent"), [(0.01, 60), (60.0, 0)])
def test_a_body_that_arrives_too_slowly_is_refused(pause: float, most_sent: int) -> None:
    client, sent = Trickle(pause), []

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> None:
        bound = BodyBound(Reader(), 10_000, 10_000, 10_000, patience_seconds=0.3, least_bytes_per_second=1000)
        scope = {"type": "http", "method": "POST", "path": "/api/texts", "headers": []}
        await asyncio.wait_for(bound(scope, client, send), 5)

    asyncio.run(ask())
    assert [message.get("status") for message in sent] == [408, None]
    assert (b"connection", b"close") in sent[0]["headers"]
    assert json.loads(sent[1]["body"])["error"]["code"] == "request_too_slow"
    assert client.sent <= most_sent


def test_a_client_may_wait_for_its_answer_longer_than_its_body_may_take() -> None:
    async def slow_application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"

    messages: Iterator[dict[str, Any]] = iter([{"type": "http.request", "body": b"x"}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        message = next(messages)
        if message["type"] == "http.disconnect":
            await asyncio.sleep(0.3)
        return message

    async def send(message: Any) -> None:
        raise AssertionError("nothing is refused")

    scope = {"type": "http", "method": "POST", "path": "/api/texts", "headers": []}
    asyncio.run(BodyBound(slow_application, 100, 100, 100, patience_seconds=0.1)(scope, receive, send))


def test_the_running_service_refuses_in_our_shape(live: Service) -> None:
    response = httpx.post(f"{live.address}/api/voice-requests/", content=b"x" * 2**21)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "request_too_large")
