"""Measure enqueue to start: how long a request waits for an idle worker.

    python -m bench.queue_latency [--requests 100]

Runs a real qcluster with a tiny voice on its own database, submits one short request after another, and reads the
times of queueing and start from the rows, both by the database's clock. The same run measures django-q2's own broker
for comparison.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.own_database import own_database
from bench.report import spread

if TYPE_CHECKING:
    from voices.models import VoiceRequest

REPOSITORY = Path(__file__).parent.parent
BROKERS = {"ours": "voices.worker.broker.NotifyingBroker", "django-q2's": "django_q.brokers.orm.ORM"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    n_requests = 2 if arguments.quick else arguments.requests
    with tempfile.TemporaryDirectory() as folder:
        own_database(Path(folder))
        print("ms from enqueue to start, by the broker")
        for name, path in list(BROKERS.items())[: 1 if arguments.quick else None]:
            print(f"{name:14} {spread(measure(path, n_requests))}", flush=True)


def measure(broker_class: str, n_requests: int) -> list[float]:
    """Return milliseconds from enqueue to start, one for each request, with an idle worker each time."""
    from voices.models import VoiceRequest

    start_worker = (
        "import django; from django.conf import settings; "
        f"settings.Q_CLUSTER['broker_class'] = '{broker_class}'; "
        "django.setup(); from django.core.management import call_command; call_command('qcluster')"
    )
    worker = subprocess.Popen([sys.executable, "-c", start_worker], cwd=REPOSITORY, start_new_session=True)
    try:
        finished(VoiceRequest.objects.submit(member_id=1, text="준비."))
        waits = []
        for _ in range(n_requests):
            # Long enough for the worker to be idle again; random, so that it is not in step with its polling.
            time.sleep(float(np.random.default_rng().uniform(0.05, 0.35)))
            request = finished(VoiceRequest.objects.submit(member_id=1, text="네."))
            assert request.started_at
            waits.append((request.started_at - request.queued_at).total_seconds() * 1000)
        return waits
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)


def finished(request: "VoiceRequest") -> "VoiceRequest":
    """Wait until the request has succeeded, and return it."""
    deadline = time.monotonic() + 120
    while not request.is_terminal and time.monotonic() < deadline:
        time.sleep(0.02)
        request.refresh_from_db()
    assert request.status == request.Status.SUCCEEDED, f"{request.status} {request.error_detail}"
    return request


if __name__ == "__main__":
    main()
