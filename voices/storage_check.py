"""Whether audio can be stored and given out, by doing so: for ``/readyz`` and ``manage.py check --deploy``."""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from voices.storage import temporary_url
from voices.storage_fault import StorageFault

PROBES = "readyz/"  # objects below this name are left only by a process that was killed
logger = logging.getLogger(__name__)


def find_fault() -> StorageFault | None:
    """Write an object, read it, sign its address and delete it; return what does not work, or ``None``."""
    storage: Any = default_storage  # Django's base class declares no `fault_of`
    name = f"{PROBES}{uuid.uuid4()}"
    steps: list[tuple[Callable[[], Any], StorageFault]] = [
        (lambda: storage.save(name, ContentFile(b"ready")), StorageFault.MAY_NOT_WRITE),
        (lambda: storage.open(name).close(), StorageFault.MAY_NOT_READ),
        (lambda: temporary_url(name), StorageFault.CANNOT_SIGN),
        (lambda: storage.delete(name), StorageFault.MAY_NOT_DELETE),
    ]
    for step, not_permitted in steps:
        try:
            step()
        except Exception as error:  # each storage has errors of its own
            logger.warning("the storage is not ready: %s", error)
            fault: StorageFault = storage.fault_of(error)
            return not_permitted if fault == StorageFault.NOT_PERMITTED else fault
    return None


@register(deploy=True)
def check_storage(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name what the storage lacks."""
    fault = find_fault()
    if fault is None:
        return []
    return [Error(str(fault.label), hint="docs/deployment.md says what each storage needs.", id="voices.E001")]
