"""Health checks for load balancers."""

import logging
import time
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from django_q.models import OrmQ

from voices.storage import temporary_url

logger = logging.getLogger(__name__)

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
    """Answer 200 if the database, the queue and the storage answer, otherwise 503 with those that do not."""
    failing = []
    if not _database():
        failing += ["database", "queue"]  # the queue is in the database
    elif not _queue():
        failing += ["queue"]
    if not _storage():
        failing += ["storage"]
    if failing:
        unavailable = {"status": "unavailable", "failing": failing}
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


def _storage() -> bool:
    """Return whether audio can be stored and given out. A good answer counts for ``STORAGE_CHECK_SECONDS``."""
    if time.monotonic() < _storage_is_ready.until:
        return True
    ready = _stores_and_signs()
    if ready:
        _storage_is_ready.until = time.monotonic() + STORAGE_CHECK_SECONDS
    return ready


def _stores_and_signs() -> bool:
    name = f"readyz/{uuid.uuid4()}"
    try:
        default_storage.save(name, ContentFile(b"ready"))
        temporary_url(name)
        default_storage.delete(name)
    except Exception as error:  # each storage has errors of its own
        logger.warning("the storage is not ready: %s", error)
        return False
    return True
