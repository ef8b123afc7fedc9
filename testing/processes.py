"""Real processes: start them on a free port, wait for them, stop them, and find what they left."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

REPOSITORY = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def answers(address: str) -> bool:
    try:
        httpx.get(address, timeout=5)
    except httpx.TransportError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.1)


class Service:
    """The whole service, as `make run` starts it, with its own port and data folder."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = data_dir / "log"
        # `make run` sets these two itself.
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_DEBUG")}
        own = {"DJANGO_SETTINGS_MODULE": "forv.settings", "FORV_DATA_DIR": str(data_dir), "PORT": str(self.port)}
        with self._log.open("a") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", "forv.supervisor"],
                cwd=REPOSITORY,
                env={**inherited, **own, **environment},
                stdout=log,
                stderr=log,
            )

    def wait_until_up(self) -> None:
        wait_until(lambda: self._supervisor.poll() is not None or answers(f"{self.address}/healthz"), 90)
        assert self._supervisor.poll() is None, self.log()

    def stop(self, signal_number: signal.Signals = signal.SIGINT) -> int:
        """Send SIGTERM, wait, and return the exit status."""
        self._supervisor.send_signal(signal_number)
        return self.wait()

    def kill(self) -> None:
        """Kill the supervisor, which then can't stop anything."""
        self._supervisor.kill()
        self.wait()

    def wait(self) -> int:
        return self._supervisor.wait(30)

    def wait_until_gone(self, seconds: float) -> None:
        """Wait until no process of the service is left; the AssertionError of a test names those that are."""
        with suppress(AssertionError):
            wait_until(lambda: self.processes() == [], seconds)
        left = self.processes()
        assert not left, f"left after {seconds} seconds: {left}"

    def log(self) -> str:
        """Return what the processes have written to the terminal."""
        return self._log.read_text()

    def database_servers(self) -> list[psutil.Process]:
        """Return the first process of the embedded Postgres, which starts the others, if it is running."""
        return [process for process in self.processes() if process.name() == "postgres" and "-D" in process.cmdline()]

    def processes(self) -> list[psutil.Process]:
        """Return all processes of the service, orphans and Postgres included."""
        return [process for process in psutil.process_iter() if self._owns(process)]

    def command_lines(self) -> list[list[str]]:
        """Return the command lines of `processes`, without those that end meanwhile."""
        lines = []
        for process in self.processes():
            with suppress(psutil.Error):
                lines.append(process.cmdline())
        return lines

    def web_process(self) -> psutil.Process:
        """Return the first of the web server's processes, which starts the one that serves."""
        return next(process for process in self.processes() if "granian" in process.cmdline())

    def serving_process(self) -> psutil.Process:
        """Return the process that runs Django for the web."""
        (serving,) = self.web_process().children()
        return serving

    def _owns(self, process: psutil.Process) -> bool:
        try:
            mine = process.environ().get("FORV_DATA_DIR") == str(self.data_dir)
            return mine or any(str(self.data_dir) in argument for argument in process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            return False
