"""Which clusters of workers are alive: each says so every second, by the database's clock."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

BEAT_SECONDS = 1.0
# Since its last beat, after which a cluster counts as away; a busy machine may delay two.
AWAY_AFTER = timedelta(seconds=3)
_FORGOTTEN_AFTER = timedelta(hours=1)


class ClusterQuerySet(models.QuerySet["Cluster"]):
    def alive(self) -> Self:
        return self.filter(seen_at__gt=Now() - AWAY_AFTER)

    def beat(self, cluster_id: str, workers: int) -> None:
        """Say that a cluster with so many workers is alive."""
        fields = {"workers": workers, "seen_at": Now()}
        self.update_or_create(pk=cluster_id, defaults=fields)
        self.filter(seen_at__lt=Now() - _FORGOTTEN_AFTER).delete()

    def count_workers(self) -> int:
        """Return how many workers there are in all clusters that are alive."""
        return self.alive().aggregate(workers=models.Sum("workers"))["workers"] or 0


class Cluster(models.Model):
    """A `qcluster` and the time of its last beat."""

    id = models.UUIDField(primary_key=True)
    workers = models.PositiveIntegerField()
    seen_at = models.DateTimeField()

    objects = ClusterQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
