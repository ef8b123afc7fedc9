"""`make run` starts all processes, and leaves none behind."""

import signal
from pathlib import Path

import httpx
import psycopg
import pytest

from testing.processes import Service, wait_until
from tests.conftest import LIVE_MEMBERS


@pytest.fixture
def no_voices(tmp_path: Path) -> str:
    """Return a voice model folder with members but without voices, for a quick start."""
    folder = tmp_path / "voice_model"
    folder.mkdir()
    (folder / "voices.toml").write_text(LIVE_MEMBERS, encoding="utf-8")
    return str(folder)


def names(service: Service) -> list[str]:
    """Return which processes of the service are running."""
    words = {"granian": "web", "qcluster": "worker", "forv.supervisor": "supervisor", "postgres": "database"}
    command_lines = [" ".join(process.cmdline()) for process in service.processes()]
    return sorted({name for word, name in words.items() if any(word in line for line in command_lines)})


def test_with_the_embedded_database_it_stops_completely_and_starts_again(tmp_path: Path, no_voices: str) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        service = Service(data_dir, FORV_VOICE_MODEL_DIR=no_voices)
        try:
            service.wait_until_up()
            assert names(service) == ["database", "supervisor", "web", "worker"]
            assert len(httpx.get(f"{service.address}/api/members/").json()) == 2
            assert httpx.get(f"{service.address}/readyz").status_code == 200
        finally:
            status = service.stop(signal_number)
        assert status == 0
        wait_until(lambda service=service: service.processes() == [], 5)  # type: ignore[misc]


def test_a_killed_web_process_stops_the_service(tmp_path: Path, no_voices: str, new_database: str) -> None:
    service = Service(tmp_path, DATABASE_URL=new_database, FORV_VOICE_MODEL_DIR=no_voices)
    try:
        service.wait_until_up()
        assert names(service) == ["supervisor", "web", "worker"]  # the database is not ours
        with psycopg.connect(new_database) as connection:
            assert connection.execute("SELECT count(*) FROM voices_member").fetchone() == (2,)
        serving = service.serving_process()
        service.web_process().kill()
        serving.wait(5)  # it would hold the port
        assert service.wait() != 0
    finally:
        service.stop()
    wait_until(lambda: service.processes() == [], 5)


def test_a_failed_start_leaves_no_process(tmp_path: Path, no_voices: str) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    service = Service(tmp_path, DATABASE_URL=nowhere, FORV_VOICE_MODEL_DIR=no_voices)
    assert service.wait() != 0
    assert service.processes() == []
