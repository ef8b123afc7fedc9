"""Run an image's command as its user in a root that is only read; only /data, /tmp and /run can be written."""

import os
import shlex
import signal
import subprocess
from pathlib import Path

import psutil

from testing.image_check.build import Image

_START = """
set -e
mount -t overlay overlay -o ro,lowerdir="$LOWER" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t sysfs -o ro sysfs "$ROOT/sys"
mount --rbind /dev "$ROOT/dev"
mount -t tmpfs tmpfs "$ROOT/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
mount -t tmpfs tmpfs "$ROOT/run"
mkdir "$ROOT/run/postgresql"
touch "$ROOT/run/postgresql/.s.PGSQL.5432"
mount --bind "$DATA" "$ROOT/data"
mount --bind "$SOCKET/.s.PGSQL.5432" "$ROOT/run/postgresql/.s.PGSQL.5432"
"""


class Container:
    """One process of an image, the first of its own process namespace, on the network of this machine."""

    def __init__(self, image: Image, command: list[str], environment: dict[str, str], folders: dict[str, Path]) -> None:
        """Start. ``folders`` are ``ROOT`` (an empty folder), ``DATA`` and ``SOCKET`` (where Postgres has its own)."""
        self._inside = ["env", "-i", *(f"{name}={text}" for name, text in {**image.environment, **environment}.items())]
        self._folder, self._user = image.folder, image.user
        script = f'{_START}\nexec chroot "$ROOT" {shlex.join(self._command(command))}'
        variables = {name: str(folder) for name, folder in folders.items()}
        self._process = subprocess.Popen(
            [
                "setpriv",
                "--pdeathsig",
                "KILL",
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "/bin/sh",
                "-c",
                script,
            ],
            env={**os.environ, **variables, "LOWER": image.lower},
        )

    def wait(self, seconds: float) -> int:
        return self._process.wait(seconds)

    def stop(self, seconds: float) -> int:
        """Send SIGTERM as a container engine does, and return the exit status."""
        self._first_process().send_signal(signal.SIGTERM)
        return self._process.wait(seconds)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def run(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        """Run a command inside, as `docker exec` and health checks do."""
        enter = ["nsenter", "--target", str(self._first_process().pid), "--mount", "--pid", "--root"]
        return subprocess.run([*enter, *self._command(command)], capture_output=True, text=True)

    def _command(self, command: list[str]) -> list[str]:
        # Without privileges, and with no way to get any.
        ids = [f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups"]
        as_user = ["setpriv", *ids, "--no-new-privs", "--bounding-set=-all"]
        return [*as_user, *self._inside, "/bin/sh", "-c", f'cd {self._folder} && exec "$@"', "sh", *command]

    def _first_process(self) -> psutil.Process:
        first: psutil.Process = psutil.Process(self._process.pid).children()[0]
        return first
