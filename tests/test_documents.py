"""The documents name files that exist, and tell the way of a request as it is."""

import asyncio
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import pytest
from django.db import connection

from testing.processes import REPOSITORY, wait_until
from voices.models import Member, VoiceRequest
from voices.tasks import synthesize_next

DOCUMENTS = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")]
# These two only name others; no function of theirs runs for a request.
TABLES = {"forv/asgi.py", "voices/api/urls.py"}
# No other test says it: pronunciations are cached, and a cached one would not run.
TEXT = "이 길로 지나가는 요청은 하나뿐이에요."


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.django_db(transaction=True)
def test_a_request_goes_through_the_files_that_the_architecture_lists(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_POOL_SIZE", "0")  # forv.asgi would set it, for the tests after this one too
    architecture = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \d+ \| \[`([^`]+)`\]", architecture, re.MULTILINE)
    assert len(listed) == len(set(listed))

    with files_that_run() as ran:
        worker = threading.Thread(target=work)
        worker.start()
        answer = asyncio.run(post_and_hear(member))
        worker.join()
    assert answer.content[:4] == b"RIFF"
    assert set(listed) - TABLES - ran == set()


def work() -> None:
    """Speak the next request on a connection of its own, like another process."""
    try:
        wait_until(lambda: VoiceRequest.objects.queued().exists(), 60)
        synthesize_next()
    finally:
        connection.close()


async def post_and_hear(member: Member) -> httpx.Response:
    from forv.asgi import application  # here, since it sets the environment of a web process

    web_process: Any = application
    transport = httpx.ASGITransport(web_process)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", follow_redirects=True) as client:
        body = {"member": member.pk, "text": TEXT}
        return await client.post("/api/voice-requests/", json=body, headers={"Prefer": "wait=30"})


@contextmanager
def files_that_run() -> Iterator[set[str]]:
    """Collect the project's files of which a function is called, in this thread and in those that it starts."""
    ran: set[str] = set()

    def record(frame: FrameType, event: str, argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and frame.f_code.co_name != "<module>" and path.is_relative_to(REPOSITORY):
            ran.add(path.relative_to(REPOSITORY).as_posix())

    threading.setprofile(record)
    sys.setprofile(record)
    try:
        yield ran
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
