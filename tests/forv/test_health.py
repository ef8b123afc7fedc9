"""/healthz and /readyz, and the answers of the API while the database is away."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from forv import health
from testing.processes import REPOSITORY, free_port


def test_the_process_is_up(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_the_service_is_ready(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


ASK = """
import json, sys, django
django.setup()
from django.test import Client
client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
for method, path in json.load(sys.stdin):
    response = client.generic(method, path, "{}", content_type="application/json")
    print(json.dumps([response.status_code, response.headers.get("Retry-After"), response.json()]))
"""


def ask_without_database(*asked: tuple[str, str], **environment: str) -> list[Any]:
    """Return the answers of a process that can't reach its database."""
    completed = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "forv.settings",
            "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing",
            **environment,
        },
        input=json.dumps(asked),
        capture_output=True,
        text=True,
    )
    assert completed.returncode == 0, completed.stderr
    return [json.loads(line) for line in completed.stdout.splitlines()]


def test_without_its_database_the_service_answers_503() -> None:
    unknown = "/api/voice-requests/00000000-0000-0000-0000-000000000000"
    health, ready, *refusals = ask_without_database(
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/api/members/"),
        ("GET", f"{unknown}/"),
        ("GET", f"{unknown}/events/"),
        ("POST", "/api/listeners/"),
        ("POST", f"{unknown}/cancel/"),
        ("DELETE", f"{unknown}/"),
    )
    assert health == [200, None, {"status": "ok"}]
    assert ready == [503, "5", {"status": "unavailable", "failing": ["database", "queue"]}]
    assert len(refusals) == 6
    message = "The service is resting for a moment. Try again shortly."
    assert refusals == [[503, "5", {"error": {"code": "database_unavailable", "message": message}}]] * 6


def test_without_its_database_a_service_with_a_pool_answers_503() -> None:
    ((status, retry_after, body),) = ask_without_database(("GET", "/api/members/"), DATABASE_POOL_SIZE="2")
    assert (status, retry_after, body["error"]["code"]) == (503, "5", "database_unavailable")


def test_a_storage_that_takes_no_file_is_not_ready(client: Client, db: None, media_dir: Path) -> None:
    shutil.rmtree(media_dir, ignore_errors=True)
    media_dir.write_text("a file in the place of the folder")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["failing"]) == (503, ["storage"])


def test_the_storage_is_asked_again_only_after_a_while(
    client: Client, db: None, media_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").status_code == 200
    assert [path for path in media_dir.rglob("*") if path.is_file()] == []
    shutil.rmtree(media_dir, ignore_errors=True)
    media_dir.write_text("a file in the place of the folder")
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health._storage_is_ready, "until", 0.0)
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_can_only_be_read(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405
