"""Health checks for load balancers."""

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from django_q.models import OrmQ


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
    try:
        default_storage.exists("wav_files/")
    except Exception:  # each storage has errors of its own
        return False
    return True
