"""The objects of the storage that are to be deleted: written by the transaction that deletes the rows that named them.

So an object is never left over, whatever dies or fails between the two, and no row names one that is gone.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Self

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.functions import Now

from voices.database import lock_until_commit
from voices.telemetry.metrics import timed_storage

logger = logging.getLogger(__name__)

_TRIED_AGAIN_AFTER = timedelta(minutes=1)


class ObjectToDeleteQuerySet(models.QuerySet["ObjectToDelete"]):
    def add(self, names: Iterable[str], after: timedelta = timedelta(0)) -> None:
        """Have objects deleted ``after`` some time, within the caller's transaction."""
        self.bulk_create([ObjectToDelete(name=name, due_at=Now() + after) for name in names])

    def delete_at_commit(self, names: Sequence[str]) -> None:
        """Have objects deleted as soon as the caller's transaction ends; the sweeper deletes what that can't."""
        if names:
            self.add(names)
            transaction.on_commit(lambda: delete_now(names))

    def keep(self, name: str) -> None:
        """Delete no object of this name, which the caller's transaction writes anew."""
        lock_name(name)
        self.filter(name=name).delete()

    def due(self) -> Self:
        return self.filter(due_at__lte=Now()).order_by("due_at", "pk")

    def delete_objects(self, at_most: int) -> int:
        """Delete the objects that are due, the longest due first, with their rows. Return how many were tried.

        One that the storage does not delete now is tried again after a minute. Several callers share the work.
        """
        for tried in range(at_most):
            if not self._delete_next():
                return tried
        return at_most

    def _delete_next(self) -> bool:
        with transaction.atomic():
            # Locked meanwhile: who writes an object of this name anew takes the row away first.
            row = self.due().select_for_update(skip_locked=True).first()
            if row is None:
                return False
            try:
                with timed_storage("delete"):
                    default_storage.delete(row.name)
            except Exception as error:  # each storage has errors of its own
                logger.warning("%s can't be deleted now: %s", row.name, error)
                ObjectToDelete.objects.filter(pk=row.pk).update(due_at=Now() + _TRIED_AGAIN_AFTER)
            else:
                row.delete()
        return True


def lock_name(name: str) -> None:
    """Let those who write an object that others may have the name of, or have it deleted, do so one after the other."""
    lock_until_commit("object", name)


def delete_now(names: Sequence[str]) -> None:
    """Delete objects that no row names any more, so that a fan sees it at once."""
    ObjectToDelete.objects.filter(name__in=names).delete_objects(at_most=len(names))


class ObjectToDelete(models.Model):
    """An object that no row names any more."""

    name = models.CharField(max_length=255, db_index=True)
    due_at = models.DateTimeField(db_index=True)

    objects = ObjectToDeleteQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
