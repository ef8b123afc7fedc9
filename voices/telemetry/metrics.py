"""What the service counts and times. `/metrics` (voices/exposition.py) shows it; docs/operations.md says what it means.

With ``FORV_METRICS_TOKEN``, the processes of a web server or of a cluster write to files of one folder (the
multiprocess mode of prometheus_client), so that one of them can answer for all. A killed process loses nothing, and
holds no lock.
Labels are bounded: routes, codes and names of our own, never anything that a client sent.
"""

import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings
from prometheus_client import Counter, Gauge, Histogram, values

from voices.telemetry import traces

_FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus_client looks for the folder
_FOLDER_PREFIX = "forv-metrics-"


def _make_folder() -> Path:
    """Return the folder of this process and its relatives. Those of processes that are gone are deleted."""
    parent = multiprocessing.parent_process()  # the web server's first process, or none
    base = Path(tempfile.gettempdir())
    for folder in base.glob(f"{_FOLDER_PREFIX}*"):
        pid = int(folder.name.removeprefix(_FOLDER_PREFIX).partition("-")[0])
        if not psutil.pid_exists(pid) or folder.name != _folder_name(pid):
            shutil.rmtree(folder, ignore_errors=True)
    own = base / _folder_name(parent.pid if parent and parent.pid else os.getpid())
    own.mkdir(mode=0o700, exist_ok=True)
    return own


def _folder_name(leader: int) -> str:
    # With its start, since the first process of a container always has the same id. The kernel counts the start in
    # ticks since the machine's, whatever happens to the clock.
    stat = Path(f"/proc/{leader}/stat")
    started = (
        stat.read_text().rpartition(")")[2].split()[19]
        if stat.exists()
        else round(psutil.Process(leader).create_time())
    )
    return f"{_FOLDER_PREFIX}{leader}-{started}"


FOLDER = _make_folder() if settings.METRICS_TOKEN else None
if FOLDER:
    os.environ[_FOLDER_VARIABLE] = str(FOLDER)
    # What prometheus_client itself does when it is imported, but others may have imported it before.
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]

_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
_SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1800)  # seconds

HTTP_REQUESTS = Counter(
    "forv_http_requests", "HTTP requests that were answered, refusals too", ["method", "route", "status"]
)
HTTP_SECONDS = Histogram(
    "forv_http_request_seconds", "From an HTTP request to the beginning of its answer", ["method", "route"],
    buckets=_FAST,
)  # fmt: skip

WAITING_SECONDS = Histogram(
    "forv_waiting_seconds", "From asking for speech to its first attempt", ["priority"], buckets=_SLOW
)
FIRST_SOUND_SECONDS = Histogram(
    "forv_first_sound_seconds", "From asking for speech until its first sentence can be heard", ["priority"],
    buckets=_SLOW,
)  # fmt: skip
REQUESTS_FINISHED = Counter(
    "forv_requests_finished", "Requests for speech that ended, by how", ["purpose", "status", "code"]
)
SAME_AGAIN = Counter("forv_same_again", "Requests that got audio that was there, so that nothing was spoken")
ATTEMPTS = Counter("forv_attempts", "Attempts of workers, by how they ended", ["outcome"])
ABANDONED = Counter("forv_abandoned", "Attempts that were left by workers that died")

AUDIO_SECONDS = Counter("forv_audio_seconds", "Seconds of audio that were spoken")
SPEAKING_SECONDS = Counter("forv_speaking_seconds", "Seconds that it took to speak them")
REAL_TIME_FACTOR = Histogram(
    "forv_real_time_factor", "Of each sentence: seconds to speak it, by the seconds that it lasts",
    buckets=(0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2),
)  # fmt: skip
QUALITY_GATE = Counter(
    "forv_quality_gate",
    "Sentences that the quality gate let pass at once, at a second try, or not",
    ["verdict", "flaw"],
)
# The sum over the workers that are alive.
VOICES_LOADED = Gauge("forv_voices_loaded", "Voices in the memory of workers", multiprocess_mode="livesum")
VOICE_BYTES = Gauge("forv_voice_bytes", "Size of the weights in the memory of workers", multiprocess_mode="livesum")
VOICE_LOAD_SECONDS = Histogram("forv_voice_load_seconds", "To load a voice", buckets=_FAST)

STORAGE_SECONDS = Histogram(
    "forv_storage_seconds", "Calls of the storage of audio", ["operation", "outcome"], buckets=_FAST
)


@contextmanager
def timed_storage(operation: str) -> Iterator[None]:
    """Record how long a call of the storage takes, and whether it raises."""
    begun, outcome = time.perf_counter(), "failed"
    try:
        with traces.span(f"storage {operation}"):
            yield
        outcome = "ok"
    finally:
        STORAGE_SECONDS.labels(operation, outcome).observe(time.perf_counter() - begun)
