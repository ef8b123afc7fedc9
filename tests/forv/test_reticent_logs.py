"""No text, key or token of a fan is in any log, Postgres's included, whatever goes wrong."""

import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psutil
import psycopg
import pytest

from testing.processes import Service, wait_until

WORDS = "비밀문장"
KEY = "secret-key-5e1f"
TOKEN = "secret-token-77aa"  # noqa: S105
SECRETS = (WORDS, KEY, TOKEN, WORDS.encode("unicode_escape").decode(), quote(WORDS))
PRODUCTION = {
    "DJANGO_DEBUG": "0",
    "SECRET_KEY": "a-key-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FORV_HTTPS": "0",
    "FORV_MAX_ATTEMPTS": "1",
    "LOG_LEVEL": "INFO",
}


@pytest.fixture(scope="module")
def service(voice_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("logs"), FORV_VOICE_MODEL_DIR=str(voice_model_dir), **PRODUCTION)
    try:
        running.wait_until_up()
        yield running
    finally:
        running.stop()


@pytest.fixture
def database(service: Service) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(
        host=str(service.data_dir / "postgres"), user="postgres", dbname="forv", autocommit=True
    ) as connection:
        yield connection


def logs(service: Service) -> str:
    return service.log() + (service.data_dir / "postgres" / "log").read_text()


def post(service: Service, path: str, body: Any, **headers: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": KEY, **headers}
    how = {"content": body} if isinstance(body, bytes) else {"json": body}
    return httpx.post(f"{service.address}{path}", headers=given, timeout=60, **how)


def ask(
    service: Service, text: str = f"{WORDS}이에요.", member: int = 1, key: str = KEY, **more: Any
) -> httpx.Response:
    anonymous = {"Idempotency-Key": key, "Authorization": ""}
    return post(service, "/api/voice-requests/", {"member": member, "text": text, **more}, **anonymous)


def ended(service: Service, answer: httpx.Response) -> str:
    """Wait for the end of the request, and return its status."""
    address = f"{service.address}{answer.headers['Location']}"
    wait_until(lambda: httpx.get(address).json()["status"] not in ("queued", "processing"), 60)
    status: str = httpx.get(address).json()["status"]
    return status


def test_what_fans_send_is_not_logged(service: Service) -> None:
    assert ended(service, ask(service)) == "succeeded"
    assert ask(service).status_code == 202
    assert ask(service, f"{WORDS} 다른 말").status_code == 422
    threads = [threading.Thread(target=ask, args=(service,), kwargs={"key": f"{KEY}-2"}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [
        post(service, "/api/voice-requests/", f'{{"text": "{WORDS}'.encode()),
        post(service, "/api/voice-requests/", f'{{"text": "{WORDS}\\ud800"}}'.encode()),
        post(service, "/api/voice-requests/", WORDS.encode("utf-16")),
        ask(service, WORDS * 1000),
        ask(service, key=KEY * 100),
        ask(service, uuid=f"{WORDS}/../{TOKEN}"),
        ask(service, f"{WORDS}\x00"),
        ask(service, format=WORDS),
        ask(service, seed=WORDS),
        post(service, "/api/texts", {"uuid": WORDS, "member_id": WORDS, "text": WORDS, "created_at": KEY}),
        post(service, "/api/text-preview/", {"text": WORDS * 1000}),
        post(service, f"/api/{WORDS}/", {"text": WORDS}),
        post(service, f"/api/voice-requests/?text={WORDS}", {"text": WORDS}),
        post(service, "/api/voices/", b"\x00" * 100, Authorization=f"Token {TOKEN}"),
        post(service, "/api/voice-requests/", {"text": WORDS}, Host=f"{TOKEN}.example"),
        httpx.get(f"{service.address}/api/voice-requests/?uuid={WORDS}", headers={"Authorization": f"Bearer {TOKEN}"}),
        httpx.get(f"{service.address}/media/{TOKEN}"),
        httpx.get(f"{service.address}/{WORDS}", headers={"Cookie": f"sessionid={TOKEN}"}),
    ]
    assert {answer.status_code // 100 for answer in refused} == {4}, [answer.status_code for answer in refused]
    found = [secret for secret in SECRETS if secret in logs(service)]
    assert found == []


def test_a_voice_that_fails_is_logged_without_the_text(service: Service) -> None:
    assert ended(service, ask(service, member=2, key=f"{KEY}-3")) == "failed"
    assert "failed: " in service.log()
    assert [secret for secret in SECRETS if secret in logs(service)] == []


def test_a_row_that_the_database_refuses_is_not_quoted(service: Service, database: "psycopg.Connection[Any]") -> None:
    database.execute("ALTER TABLE voices_voicerequest ADD CONSTRAINT strange CHECK (text NOT LIKE '%이상해요%')")
    answer = ask(service, f"{WORDS} 이상해요", key=f"{KEY}-4")
    assert answer.status_code == 500
    assert WORDS not in answer.text
    assert "constraint strange" in service.log()
    # The row is refused only when the worker writes to it.
    database.execute("ALTER TABLE voices_voicerequest DROP CONSTRAINT strange")
    database.execute(
        "ALTER TABLE voices_voicerequest ADD CONSTRAINT odd"
        " CHECK (text NOT LIKE '%희한해요%' OR spoken_text = '') NOT VALID"
    )
    asked = ask(service, f"{WORDS} 희한해요", key=f"{KEY}-5")
    wait_until(lambda: "constraint odd" in service.log(), 60)
    assert ended(service, asked) == "failed"
    # … and when it claims it.
    database.execute("ALTER TABLE voices_voicerequest DROP CONSTRAINT odd")
    database.execute(
        "ALTER TABLE voices_voicerequest ADD CONSTRAINT queer"
        " CHECK (text NOT LIKE '%기묘해요%' OR attempt = 0) NOT VALID"
    )
    asked = ask(service, f"{WORDS} 기묘해요", key=f"{KEY}-6")
    wait_until(lambda: "constraint queer" in service.log(), 60)
    httpx.delete(f"{service.address}{asked.headers['Location']}")
    database.execute("ALTER TABLE voices_voicerequest DROP CONSTRAINT queer")
    assert database.execute("SELECT count(*) FROM django_q_task").fetchone() == (0,)
    assert [secret for secret in SECRETS if secret in logs(service)] == []


def test_a_killed_statement_is_not_quoted(service: Service, database: "psycopg.Connection[Any]") -> None:
    database.execute(
        "CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.text LIKE '%느려요%' THEN PERFORM pg_sleep(20); END IF; RETURN NEW; END $$"
    )
    database.execute("CREATE TRIGGER slow BEFORE INSERT ON voices_voicerequest FOR EACH ROW EXECUTE FUNCTION sleep()")
    thread = threading.Thread(target=lambda: ask_in_vain(service))
    thread.start()
    active = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    wait_until(lambda: database.execute(active).fetchone() is not None, 20)
    (pid,) = database.execute(active).fetchone() or (0,)
    psutil.Process(pid).kill()  # Postgres restarts its processes, and would log the statement
    thread.join()
    wait_until(lambda: httpx.get(f"{service.address}/readyz", timeout=10).status_code == 200, 60)
    assert re.search("terminated by signal 9", (service.data_dir / "postgres" / "log").read_text())
    assert [secret for secret in SECRETS if secret in logs(service)] == []


def ask_in_vain(service: Service) -> None:
    with suppress(httpx.HTTPError):
        ask(service, f"{WORDS} 느려요", key=f"{KEY}-7")
