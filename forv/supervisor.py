"""`make run`: start the database, the web process and the worker together, and stop them together.

The processes are those of the Procfile. Runners like honcho send signals to whole process groups, which makes a
django-q2 cluster hang. Here only the first process of each group gets a signal; later the rest is killed. If this
process is killed itself, its guard (guard.py) ends the others. A database that is killed is started again.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.conf import settings

from forv import embedded_postgres, guard

# Before the settings are read, here and in the processes that are started.
os.environ.setdefault("DJANGO_DEBUG", "1")

# Seconds; longer than the worker takes to finish its requests or to give them back.
GRACE_SECONDS = settings.SHUTDOWN_GRACE_SECONDS + 4.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PROCFILE = Path(settings.BASE_DIR) / "Procfile"
MANAGE = (sys.executable, str(Path(settings.BASE_DIR) / "manage.py"))


class Stopped(Exception):
    """The service is to stop, by Ctrl-C or a signal."""


class DatabaseLost(Exception):
    """The embedded Postgres does not start."""


def main() -> int:
    """Run until a signal, or until a process ends by itself. Return the exit status."""
    token = str(uuid.uuid4())
    processes = {"guard": guard.start(token, settings.EMBEDDED_POSTGRES_DIR if _database_is_ours() else None)}
    for signal_number in STOP_SIGNALS:
        signal.signal(signal_number, _stop)
    port = os.environ.setdefault("PORT", "8000")
    try:
        environment = _environment(token)
        for command in ("migrate", "load_demo"):
            subprocess.run([*MANAGE, command, "--verbosity", "0"], env=guard.supervised(os.environ, token), check=True)
        for name, command in procfile().items():
            processes[name] = _start(command, environment)
        _wait_for_web(f"http://127.0.0.1:{port}/healthz", processes)
        print(f"\n  ForV Voices: http://localhost:{port}/   (Ctrl-C stops it)\n", flush=True)
        return _wait_for_any(processes)
    except subprocess.CalledProcessError as error:
        return error.returncode
    except DatabaseLost as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        # A second Ctrl-C must not interrupt this and leave processes running.
        for signal_number in STOP_SIGNALS:
            signal.signal(signal_number, signal.SIG_IGN)
        _stop_all(processes)


def _stop(signal_number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


def _environment(token: str) -> dict[str, str]:
    """Return our environment, with this Python first on the PATH, with ``DATABASE_URL``, and for our guard."""
    environment = guard.supervised(os.environ, token)
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    if _database_is_ours():
        _start_database()
        environment["DATABASE_URL"] = embedded_postgres.database_url(settings.EMBEDDED_POSTGRES_DIR)
    return environment


def _database_is_ours() -> bool:
    return not os.environ.get("DATABASE_URL")


def _start_database() -> None:
    # A signal waits until the server is there or has failed: nothing would stop a server that is half started.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        embedded_postgres.start(settings.EMBEDDED_POSTGRES_DIR)
    except (subprocess.SubprocessError, AssertionError) as error:
        log = settings.EMBEDDED_POSTGRES_DIR / "log"
        raise DatabaseLost(f"The database does not start; {log} says why.") from error
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)


def procfile() -> dict[str, str]:
    """Return the command of each process, by its name."""
    lines = PROCFILE.read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines) if command}


def _start(command: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # In a new session, so that Ctrl-C of the terminal reaches only this process, which stops the others in order.
    return subprocess.Popen(
        ["/bin/sh", "-c", f"exec {command}"], env=environment, cwd=settings.BASE_DIR, start_new_session=True
    )


def _wait_for_web(address: str, processes: dict[str, subprocess.Popen[bytes]]) -> None:
    while all(process.poll() is None for process in processes.values()):
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        _keep_database()
        time.sleep(0.1)


def _wait_for_any(processes: dict[str, subprocess.Popen[bytes]]) -> int:
    while True:
        for name, process in processes.items():
            if (status := process.poll()) is not None:
                print(f"{name} ended with status {status}; stopping.", file=sys.stderr)
                return status or 1
        _keep_database()
        time.sleep(0.2)


def _keep_database() -> None:
    """Start our database again if it was killed, at the same address: web and worker go on by themselves."""
    if _database_is_ours() and not embedded_postgres.is_running(settings.EMBEDDED_POSTGRES_DIR):
        print("The database ended; starting it again.", file=sys.stderr, flush=True)
        _start_database()


def _stop_all(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    our_guard = processes.pop("guard")
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        # The session has the id of its first process; this kills the processes that are left in it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    our_guard.kill()
    our_guard.wait()


if __name__ == "__main__":
    sys.exit(main())
