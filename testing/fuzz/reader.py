"""A process that reads files as the service's child does, with its bounds on memory, one case after the other."""

from __future__ import annotations

import io
import multiprocessing
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from testing.fuzz.voices import Contents
from voices.intake import child
from voices.intake.refusal import Part, Refusal
from voices.intake.settings import Converted, ModelKind

PATIENCE_SECONDS = 2 * child.CPU_SECONDS


@dataclass(frozen=True)
class Reading:
    """What the process made of a case, and what it took."""

    found: Converted | Refusal
    weights: bytes
    seconds: float  # of the processor
    megabytes: float  # the most that the process has had so far


class ReaderDied(Exception):
    """The process crashed, or took too long."""


class Reader:
    """Starts the process when it is needed, and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def read(self, kind: ModelKind, parts: Contents) -> Reading:
        """Let the process convert the files of one model. Raises ReaderDied."""
        if self._process is None or self._connection is None:
            self._connection, other = multiprocessing.Pipe()
            # A program of its own: this process has torch, and its memory would count.
            code = f"from testing.fuzz.reader import serve; serve({other.fileno()})"
            self._process = subprocess.Popen([sys.executable, "-c", code], pass_fds=[other.fileno()])
            other.close()
        self._connection.send((kind, parts))
        try:
            if not self._connection.poll(PATIENCE_SECONDS):
                raise ReaderDied("hang")
            answer, weights, seconds, megabytes = self._connection.recv()
        except (EOFError, ConnectionError, ReaderDied) as error:
            self.close()
            raise ReaderDied(str(error) or "crash") from error
        found = msgspec.json.decode(answer, type=Converted | Refusal)
        return Reading(found, weights, seconds, megabytes)

    def close(self) -> None:
        """Stop the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None


def serve(descriptor: int) -> None:
    """Read what comes through a connection, until the process is killed or the other end is closed."""
    connection: Connection = Connection(descriptor)
    resource.setrlimit(resource.RLIMIT_AS, (child.MEMORY_BYTES, child.MEMORY_BYTES))
    while True:
        try:
            kind, parts = cast("tuple[ModelKind, Contents]", connection.recv())
        except EOFError:
            return
        started = time.process_time()
        weights = io.BytesIO()
        files: dict[Part, BinaryIO] = {part: io.BytesIO(content) for part, content in parts.items()}
        answer = msgspec.json.encode(child.convert(kind, files, weights))
        connection.send((answer, weights.getvalue(), time.process_time() - started, _peak_megabytes()))


def _peak_megabytes() -> float:
    # Not `getrusage`, which remembers the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
