"""For load balancers: is the process up, and can it serve?"""

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from django_q.models import OrmQ


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database, the queue and the storage answer; otherwise 503 naming who does not."""
    failing = []
    if not _database():
        failing += ["database", "queue"]  # which lies in it: no need to wait a second time
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
