"""Counts of what was asked for and made, kept after the requests are deleted.

A tally names no owner and holds no text of a fan: of sentences only those that the service itself suggests are counted,
of words only common nouns, so neither names nor what somebody wrote stays behind.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class TallyKind(models.TextChoices):
    ASKED = "asked", _("asked for")
    SUCCEEDED = "succeeded", _("succeeded")  # total: seconds of audio
    FAILED = "failed", _("failed")  # label: the error's code
    CANCELLED = "cancelled", _("cancelled")
    REJECTED = "rejected", _("rejected")  # label: the reason
    WAITED = "waited", _("waited")  # total: seconds until it was begun
    SPOKEN = "spoken", _("spoken")  # total: seconds of work
    HEARD = "heard", _("spoken by a worker")  # total: seconds of the audio of that work
    NEW = "new", _("new listeners")
    RETURNING = "returning", _("returning listeners")
    PHRASE = "phrase", _("suggested sentences")
    NOUN = "noun", _("nouns")


class Counted(NamedTuple):
    """What a tally counts: in which hour, of whom, and what."""

    hour: datetime
    member_id: int
    kind: str
    label: str = ""


class Added(NamedTuple):
    times: int = 1
    total: float = 0.0


class TallyQuerySet(models.QuerySet["Tally"]):
    def add(self, counted: Mapping[Counted, Added]) -> None:
        """Add to the counts that there are, and make the others."""
        # In one order, so that two that add at the same time do not wait for each other.
        rows = [(*of, *added) for of, added in sorted(counted.items())]
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)


class Tally(models.Model):
    """How often something happened in an hour, or, of words and sentences, on a day."""

    Kind = TallyKind

    hour = models.DateTimeField()
    member = models.ForeignKey("voices.Member", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=TallyKind)
    label = models.CharField(max_length=200, blank=True)
    count = models.PositiveIntegerField()
    total = models.FloatField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "hour", "member", "label"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}: {self.count}"


_ADD = f"""
    INSERT INTO {Tally._meta.db_table} AS kept (hour, member_id, kind, label, count, total)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (kind, hour, member_id, label)
    DO UPDATE SET count = kept.count + excluded.count, total = kept.total + excluded.total
"""
