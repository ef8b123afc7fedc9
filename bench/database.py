"""Where Postgres would stop the queue: posts, claims and notifications a second, when speaking takes no time.

    python -m bench.database [--requests 400]

On a database of its own, with requests that are finished as soon as they are begun. The processor time of Postgres for
one request says how many a second one core of a database server could serve.
"""

import argparse
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
import psycopg

from bench.own_database import own_database
from bench.report import spread
from testing.processes import wait_until

REPOSITORY = Path(__file__).parent.parent
CHANNEL = "bench"
LONGEST_SECONDS = 6.0  # of each count of requests a second
# A worker whose speech is done at once; django-q2 forks it from this process.
WORKER = """
import sys, django
from django.core.management import call_command
django.setup()
from bench.database import say_nothing
from voices import tasks
tasks.speak = say_nothing
call_command("qcluster")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=400, help="in each measurement")
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    n_requests, finished, many = (4, 10, [1, 2]) if arguments.quick else (arguments.requests, 50_000, [1, 2, 4])
    with tempfile.TemporaryDirectory() as name:
        os.environ["FORV_MAX_QUEUED"] = "1000000"
        own_database(Path(name))
        print("posts, by how many requests wait")
        for waiting in (0, 10, 100) if arguments.quick else (0, 100, 1000):
            print(f"{waiting:6}   {posts(n_requests // 4, waiting)}", flush=True)
        clear()
        print("requests a second from queued to done, by processes that only claim and finish")
        for processes in many:
            print(f"{processes:6}   {claims(n_requests, processes)}", flush=True)
        add_copies(finished)  # of a finished one
        print(f"{processes:6}   {claims(n_requests, processes)}, with {finished} finished ones in the table")
        print("requests a second through the whole cluster, by its worker processes")
        for processes in many[: 1 if arguments.quick else 2]:
            print(f"{processes:6}   {through_cluster(n_requests, processes)}", flush=True)
        print("notifications, by how many connections LISTEN (each web process and each cluster has one)")
        for listeners in (1, 2) if arguments.quick else (1, 5, 50):
            print(f"{listeners:6}   {notifications(n_requests, listeners)}", flush=True)


def say_nothing(request: object) -> None:
    """Take the place of `voices.tasks.speak`: every change of a short request's status, but no speech."""
    from testing.factories import SOUND
    from voices.models import VoiceRequest

    assert isinstance(request, VoiceRequest)
    assert request.begin_speaking("네.", [], 1)
    assert request.succeed(audio_name=f"{request.pk}", **SOUND)


def submit(n_requests: int) -> list[float]:
    """Write so many requests; return the seconds that each took."""
    from voices.models import VoiceRequest

    seconds = []
    for _ in range(n_requests):
        started = time.perf_counter()
        VoiceRequest.objects.submit(member_id=1, text="네.")
        seconds.append(time.perf_counter() - started)
    return seconds


def posts(n_requests: int, waiting: int) -> str:
    """Write so many requests while so many others wait."""
    clear()
    if waiting:
        submit(1)
        add_copies(waiting - 1)
    before, started = postgres_seconds(), time.perf_counter()
    seconds = submit(n_requests)
    written = rate(n_requests, time.perf_counter() - started, postgres_seconds() - before)
    return f"ms to write one: {spread(seconds, 1000)}; {written}"


def clear() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE voices_voicerequest, django_q_ormq CASCADE")


def add_copies(n_requests: int) -> None:
    """Fill the table with copies of the request that is in it."""
    from django.db import connection

    from voices.models import VoiceRequest

    columns = ", ".join(f'"{field.column}"' for field in VoiceRequest._meta.concrete_fields if not field.primary_key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO voices_voicerequest (id, {columns}) SELECT gen_random_uuid(), {columns}"
            " FROM (SELECT * FROM voices_voicerequest LIMIT 1) AS one, generate_series(1, %s)",
            [n_requests],
        )
        # What Postgres would do of itself after this, in the time that is measured.
        cursor.execute("VACUUM (ANALYZE) voices_voicerequest")
        cursor.execute("CHECKPOINT")


def claims(n_requests: int, processes: int) -> str:
    """Let processes claim and finish requests until none is left, or for ``LONGEST_SECONDS``."""
    from django.db import connections

    submit(n_requests)
    connections.close_all()  # what is forked must not share them
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
        list(pool.map(ready, range(processes)))
        before, started = postgres_seconds(), time.perf_counter()
        done = sum(pool.map(claim_all, range(processes)))
        return rate(done, time.perf_counter() - started, postgres_seconds() - before)


def ready(_: int) -> None:
    """Connect; slowly enough for each process of the pool to get one of these."""
    from django.db import connection

    connection.ensure_connection()
    time.sleep(0.2)


def claim_all(_: int) -> int:
    from voices.models import VoiceRequest

    done = 0
    give_up_at = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < give_up_at and (request := VoiceRequest.objects.claim_next("bench")) is not None:
        say_nothing(request)
        done += 1
    return done


def through_cluster(n_requests: int, workers: int) -> str:
    """Let a real cluster finish requests: queue rows, claims, and what django-q2 adds."""
    clear()
    environment = {**os.environ, "FORV_WORKERS": f"{workers}", "FORV_TORCH_THREADS": "1"}
    cluster = subprocess.Popen([sys.executable, "-c", WORKER], cwd=REPOSITORY, env=environment, start_new_session=True)
    try:
        submit(1)
        wait_until(lambda: n_finished() == 1, 120)  # until it is up
        submit(n_requests)
        # Some of them are finished while the others are written.
        already, before, started = n_finished(), postgres_seconds(), time.perf_counter()
        with contextlib.suppress(AssertionError):
            wait_until(lambda: n_finished() == n_requests + 1, LONGEST_SECONDS)
        return rate(n_finished() - already, time.perf_counter() - started, postgres_seconds() - before)
    finally:
        cluster.send_signal(signal.SIGTERM)
        cluster.wait(30)


def n_finished() -> int:
    from voices.models import VoiceRequest

    return VoiceRequest.objects.filter(status=VoiceRequest.Status.SUCCEEDED).count()


def notifications(n_notifications: int, listeners: int) -> str:
    """Return how fast one connection can NOTIFY, and how long after that the last listener hears it."""
    from voices.database import listener_parameters

    seconds = []
    with contextlib.ExitStack() as stack:
        listening = [stack.enter_context(psycopg.connect(**listener_parameters())) for _ in range(listeners)]
        for connection in listening:
            connection.execute(f"LISTEN {CHANNEL}")
        notifying = stack.enter_context(psycopg.connect(**listener_parameters()))
        for _ in range(n_notifications // 4):
            started = time.perf_counter()
            notifying.execute(f"NOTIFY {CHANNEL}")
            for connection in listening:
                assert list(connection.notifies(timeout=10, stop_after=1))
            seconds.append(time.perf_counter() - started)
        before, started = postgres_seconds(), time.perf_counter()
        for _ in range(n_notifications):
            notifying.execute(f"NOTIFY {CHANNEL}")
        sending, used = time.perf_counter() - started, postgres_seconds() - before
    return f"ms until all have heard: {spread(seconds, 1000)}; sent {rate(n_notifications, sending, used)}"


def rate(done: int, seconds: float, postgres: float) -> str:
    if not done:
        return "none in time"
    milliseconds = postgres / done * 1000
    return f"{done / seconds:.0f} a second; Postgres took {milliseconds:.2f} ms of processor time for each"


def postgres_seconds() -> float:
    """Return the processor time that the database server has used so far, in seconds."""
    return sum(sum(process.cpu_times()[:4]) for process in postgres_processes())


def postgres_processes() -> Iterator[psutil.Process]:
    from django.conf import settings

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.name() == "postgres" and Path(process.cwd()) == settings.EMBEDDED_POSTGRES_DIR.resolve():
                yield process


if __name__ == "__main__":
    main()
