"""A body that is too long is refused before it fills the disk."""

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
        application = BodyBound(reader, max_bytes=100, max_upload_bytes=1000)
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
    ],
)
def test_bounds(path: str, chunks: list[int], announced: str | None, status: int) -> None:
    reader = Reader()
    assert answer(reader, path, chunks, announced) == status
    assert reader.read <= 1000


def test_the_running_service_refuses_in_our_shape(live: Service) -> None:
    response = httpx.post(f"{live.address}/api/voice-requests/", content=b"x" * 2**21)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "request_too_large")
