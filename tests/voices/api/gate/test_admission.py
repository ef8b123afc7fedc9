"""A web process works on a few POSTs at once; further ones are answered 429."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest

from voices.api.gate.admission import Admission, release_slot


class Django:
    """Reads the body, then works until the test ends it."""

    def __init__(self) -> None:
        self.at_work: list[dict[str, Any]] = []
        self.go_on = asyncio.Event()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        message = {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                return
        self.at_work.append(scope)
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Visitor:
    present: ClassVar[list["Visitor"]] = []  # who is forgotten goes away

    def __init__(
        self, admission: Admission, method: str = "POST", path: str = "/api/voice-requests/", **headers: str
    ) -> None:
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw}
        self.sending: Any = ApplicationCommunicator(admission, scope)  # type: ignore[no-untyped-call]
        self.present.append(self)

    async def send(self, more_body: bool = False) -> "Visitor":
        await self.sending.send_input({"type": "http.request", "body": b"{}", "more_body": more_body})
        for _ in range(3):  # the application runs until it waits
            await asyncio.sleep(0)
        return self

    async def answer(self) -> tuple[int, dict[str, str], Any]:
        start, body = await self.sending.receive_output(), await self.sending.receive_output()
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], headers, json.loads(body["body"] or b"null")

    async def status(self) -> int:
        return (await self.answer())[0]


Test = Callable[[Django, Admission], Awaitable[None]]


@pytest.fixture
def run() -> Callable[[Test], None]:
    def with_room_for_two(test: Test) -> None:
        async def play() -> None:
            django = Django()
            await test(django, Admission(django, at_once=2))

        async_to_sync(play)()
        Visitor.present.clear()

    return with_room_for_two


Run = Callable[[Test], None]


def test_one_too_many_is_told_to_come_again(run: Run) -> None:
    async def test(django: Django, admission: Admission) -> None:
        first = [await Visitor(admission).send() for _ in range(2)]
        status, headers, body = await (await Visitor(admission, accept_language="en").send()).answer()
        assert (status, headers["retry-after"], body["error"]["code"]) == (429, "1", "busy")
        assert body["error"]["message"].startswith("Many people")
        assert "access-control-allow-origin" not in headers
        assert len(django.at_work) == 2
        django.go_on.set()
        assert [await visitor.status() for visitor in first] == [202, 202]

    run(test)


def test_logins_of_the_admin_take_places_too(run: Run) -> None:
    async def test(django: Django, admission: Admission) -> None:
        for _ in range(2):
            await Visitor(admission).send()
        assert await (await Visitor(admission, path="/admin/login/").send()).status() == 429

    run(test)


def test_korean_comes_first(run: Run) -> None:
    async def test(django: Django, admission: Admission) -> None:
        for _ in range(2):
            await Visitor(admission).send()
        _status, _headers, body = await (await Visitor(admission).send()).answer()
        assert "요" in body["error"]["message"]

    run(test)


def test_there_is_room_again_when_one_is_answered(run: Run) -> None:
    async def test(django: Django, admission: Admission) -> None:
        django.go_on.set()
        for _ in range(5):
            assert await (await Visitor(admission).send()).status() == 202

    run(test)


def test_whose_work_is_done_waits_in_nobodys_way(run: Run) -> None:
    async def test(django: Django, admission: Admission) -> None:
        waiting = [await Visitor(admission).send() for _ in range(2)]
        request = HttpRequest()
        request.scope = django.at_work[0]  # type: ignore[attr-defined]
        release_slot(request)
        next_one = await Visitor(admission).send()
        assert len(django.at_work) == 3
        django.go_on.set()
        assert [await visitor.status() for visitor in [*waiting, next_one]] == [202] * 3

    run(test)


def test_who_sends_slowly_takes_nobodys_place(run: Run) -> None:
    async def test(django: Django, admission: Admission) -> None:
        for _ in range(5):
            await Visitor(admission).send(more_body=True)
        django.go_on.set()
        assert await (await Visitor(admission).send()).status() == 202

    run(test)


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/voice-requests/"), ("POST", "/admin/voices/member/add/")])
def test_only_posts_to_the_api_are_counted(method: str, path: str, run: Run) -> None:
    async def test(django: Django, admission: Admission) -> None:
        for _ in range(3):
            await Visitor(admission, method, path).send()
        assert len(django.at_work) == 3
        await Visitor(admission).send()
        assert len(django.at_work) == 4

    run(test)


def test_who_goes_away_makes_room(run: Run) -> None:
    async def test(django: Django, admission: Admission) -> None:
        gone = [await Visitor(admission).send() for _ in range(2)]
        for visitor in gone:
            await visitor.sending.wait(timeout=0.01)  # cancels it
        await Visitor(admission).send()
        assert len(django.at_work) == 3

    run(test)


@pytest.mark.parametrize(
    ("allowed", "origin", "answered"),
    [([], "https://fan.example", True), (["https://fan.example"], "https://fan.example", True),
     (["https://fan.example"], "https://else.example", False)],
)  # fmt: skip
def test_pages_of_other_origins_can_read_the_refusal(
    allowed: list[str], origin: str, answered: bool, run: Run, settings: Any
) -> None:
    settings.CORS_ALLOWED_ORIGINS, settings.CORS_ALLOW_ALL_ORIGINS = allowed, not allowed

    async def test(django: Django, admission: Admission) -> None:
        for _ in range(2):
            await Visitor(admission).send()
        _status, headers, _body = await (await Visitor(admission, origin=origin).send()).answer()
        assert (headers.get("access-control-allow-origin") == origin) is answered

    run(test)
