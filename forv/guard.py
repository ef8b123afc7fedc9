"""The guard of `make run`: ends what the supervisor started if the supervisor is killed and can't do so itself.

python -m forv.guard TOKEN [DATABASE_DIR]: waits for the end of its standard input, which is a pipe from the supervisor.
Then it kills all processes that have TOKEN in their environment, and stops the embedded Postgres of DATABASE_DIR.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from forv import embedded_postgres

TOKEN_VARIABLE = "FORV_SUPERVISED_BY"  # noqa: S105


def start(token: str, database_dir: Path | None) -> "subprocess.Popen[bytes]":
    """Start the guard of this process. It is killed when it is no longer needed; nothing else ends it."""
    # In a new session: neither Ctrl-C nor the end of the terminal reaches it.
    return subprocess.Popen(
        [sys.executable, "-m", "forv.guard", token, *([str(database_dir)] if database_dir else [])],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def supervised(environment: Mapping[str, str], token: str) -> dict[str, str]:
    """Return the environment for a process that the guard is to kill."""
    return {**environment, TOKEN_VARIABLE: token}


def main() -> None:
    token, *database_dirs = sys.argv[1:]
    sys.stdin.read()
    while processes := _supervised_processes(token):
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=1)
    for database_dir in database_dirs:
        embedded_postgres.stop_if_unused(Path(database_dir))


def _supervised_processes(token: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(TOKEN_VARIABLE) == token and process.pid != os.getpid():
                found.append(process)
    return found


if __name__ == "__main__":
    main()
