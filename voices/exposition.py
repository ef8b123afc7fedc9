"""What `/metrics` answers: what this web server's or cluster's processes have counted, and how the queue stands now."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import psutil
from django.conf import settings
from django.db import DatabaseError, connection, models
from django.db.models.functions import Now
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout

from voices.choices import Priority
from voices.models import Cluster, VoiceRequest
from voices.telemetry import metrics

PATH = "/metrics"
CONTENT_TYPE = CONTENT_TYPE_LATEST


def is_authorized(authorization: str) -> bool:
    """Return whether a header ``Authorization: Bearer …`` holds ``FORV_METRICS_TOKEN``."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(authorization.encode(), expected.encode())


def exposition() -> bytes:
    """Return all metrics in Prometheus's text format. While the database is away, those of the queue are missing."""
    registry = CollectorRegistry()
    assert metrics.FOLDER, "FORV_METRICS_TOKEN is not set"
    _forget_dead_processes(metrics.FOLDER)
    MultiProcessCollector(registry, str(metrics.FOLDER))  # type: ignore[no-untyped-call]
    registry.register(QueueCollector())
    return generate_latest(registry)


class QueueCollector(Collector):
    """Reads the queue from the database, which all web servers and clusters share: each answers the same."""

    def collect(self) -> Iterator[Metric]:
        try:
            families = list(_queue_now())
        except (DatabaseError, PoolTimeout):
            families = []
        finally:
            connection.close()
        yield GaugeMetricFamily("forv_database_up", "Whether the database answers", bool(families))
        yield from families


def _queue_now() -> Iterator[Metric]:
    waiting = GaugeMetricFamily("forv_queue_requests", "Requests that wait to be spoken", labels=["priority"])
    oldest = GaugeMetricFamily("forv_queue_oldest_seconds", "Age of the oldest of them", labels=["priority"])
    queued = VoiceRequest.objects.queued().order_by().values("priority")
    rows = queued.annotate(count=models.Count("pk"), age=Now() - models.Min("queued_at"))
    found = {row["priority"]: (row["count"], row["age"].total_seconds()) for row in rows}
    for priority in Priority:
        count, age = found.get(priority.value, (0, 0.0))
        waiting.add_metric([priority.name.lower()], count)
        oldest.add_metric([priority.name.lower()], age)
    processing = VoiceRequest.objects.processing().count()
    yield waiting
    yield oldest
    yield GaugeMetricFamily("forv_queue_processing", "Requests that are spoken now", processing)
    yield GaugeMetricFamily("forv_workers", "Workers of all clusters that are alive", Cluster.objects.count_workers())


def _forget_dead_processes(folder: Path) -> None:
    """Delete what dead processes said of themselves; what they counted stays."""
    for file in folder.glob("gauge_live*.db"):
        pid = re.search(r"_(\d+)\.db$", file.name)
        if pid and not psutil.pid_exists(int(pid[1])):
            mark_process_dead(int(pid[1]), str(folder))  # type: ignore[no-untyped-call]
