"""`make run` starts all processes, and leaves none behind."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from testing.processes import Service, answers, wait_until
from testing.voice_model import LIVE_MEMBERS


@pytest.fixture
def no_voices(tmp_path: Path) -> str:
    """Return a voice model folder with members but without voices, for a quick start."""
    folder = tmp_path / "voice_model"
    folder.mkdir()
    (folder / "voices.toml").write_text(LIVE_MEMBERS, encoding="utf-8")
    return str(folder)


def names(service: Service) -> list[str]:
    """Return which processes of the service are running."""
    words = {"granian": "web", "qcluster": "worker", "forv.supervisor": "supervisor", "bin/postgres": "database"}
    command_lines = [" ".join(line) for line in service.command_lines()]
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
        service.wait_until_gone(5)


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
    service.wait_until_gone(20)


def test_a_failed_start_leaves_no_process(tmp_path: Path, no_voices: str) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    service = Service(tmp_path, DATABASE_URL=nowhere, FORV_VOICE_MODEL_DIR=no_voices)
    assert service.wait() != 0
    assert service.processes() == []


def member_count(service: Service) -> int:
    answer = httpx.get(f"{service.address}/api/members/", timeout=10)
    return len(answer.json()) if answer.status_code == 200 else 0


def assert_starts(data_dir: Path, voice_model_dir: str) -> None:
    service = Service(data_dir, FORV_VOICE_MODEL_DIR=voice_model_dir)
    try:
        service.wait_until_up()
        assert member_count(service) == 2
    finally:
        assert service.stop() == 0
    service.wait_until_gone(20)


def test_a_killed_database_is_started_again(tmp_path: Path, no_voices: str) -> None:
    service = Service(tmp_path, FORV_VOICE_MODEL_DIR=no_voices)
    try:
        service.wait_until_up()
        for _ in range(2):
            (killed,) = service.database_servers()
            killed.kill()
            wait_until(lambda killed=killed: service.database_servers() not in ([], [killed]), 20)  # type: ignore[misc]
            wait_until(lambda: member_count(service) == 2, 20)
        assert "The database ended; starting it again." in service.log()
        assert names(service) == ["database", "supervisor", "web", "worker"]
    finally:
        assert service.stop() == 0
    service.wait_until_gone(20)


def test_a_stop_while_the_database_starts_again_leaves_nothing(tmp_path: Path, no_voices: str) -> None:
    service = Service(tmp_path, FORV_VOICE_MODEL_DIR=no_voices)
    try:
        service.wait_until_up()
        (killed,) = service.database_servers()
        killed.kill()
        wait_until(lambda: service.database_servers() not in ([], [killed]), 20)
    finally:
        assert service.stop() == 0
    service.wait_until_gone(5)


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(tmp_path: Path, no_voices: str) -> None:
    service = Service(tmp_path, FORV_VOICE_MODEL_DIR=no_voices)
    service.wait_until_up()
    service.kill()
    service.wait_until_gone(15)
    assert not answers(f"{service.address}/healthz")

    assert_starts(tmp_path, no_voices)


def test_a_supervisor_killed_while_it_starts_leaves_nothing(tmp_path: Path, no_voices: str) -> None:
    service = Service(tmp_path, FORV_VOICE_MODEL_DIR=no_voices)
    wait_until(lambda: any("migrate" in line for line in service.command_lines()), 60)
    service.kill()
    service.wait_until_gone(15)


def test_it_starts_after_everything_was_killed_at_once(tmp_path: Path, no_voices: str) -> None:
    service = Service(tmp_path, FORV_VOICE_MODEL_DIR=no_voices)
    service.wait_until_up()
    for process in (*service.database_servers(), *service.processes()):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    service.wait()
    service.wait_until_gone(15)
    # After a restart of the machine, the number may be that of any process.
    lock_file = tmp_path / "postgres" / "postmaster.pid"
    lock_file.write_text("\n".join([str(os.getpid()), *lock_file.read_text().splitlines()[1:]]) + "\n")
    (tmp_path / "postgres" / ".handle_pids.json").write_text("[1")

    assert_starts(tmp_path, no_voices)
