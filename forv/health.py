"""Health checks for load balancers."""

import time
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from django_q.models import OrmQ

from voices.storage_check import find_fault
from voices.storage_fault import StorageFault

STORAGE_CHECK_SECONDS = 10.0  # writing to a bucket costs money, and health checks come every few seconds


@dataclass
class StorageIsReady:
    """What this process knows from its latest check of the storage."""

    until: float = 0.0  # time.monotonic() from which on it is checked again


_storage_is_ready = StorageIsReady()


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200: the process is up."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database, the queue and the storage answer, otherwise 503 with those that do not.

    ``problems`` says in words what the storage lacks.
    """
    failing = []
    if not _database():
        failing += ["database", "queue"]  # the queue is in the database
    elif not _queue():
        failing += ["queue"]
    problems = {}
    if fault := _storage_fault():
        failing += ["storage"]
        problems["storage"] = {"code": fault.value, "message": str(fault.label)}
    if failing:
        unavailable = {"status": "unavailable", "failing": failing} | ({"problems": problems} if problems else {})
        return JsonResponse(unavailable, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok"})


def _database() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _queue() -> bool:
    try:
        OrmQ.objects.exists()
    except DatabaseError:
        return False
    return True


def _storage_fault() -> StorageFault | None:
    """Return why audio can't be stored or given out. A good answer counts for ``STORAGE_CHECK_SECONDS``."""
    if time.monotonic() < _storage_is_ready.until:
        return None
    fault = find_fault()
    if fault is None:
        _storage_is_ready.until = time.monotonic() + STORAGE_CHECK_SECONDS
    return fault
