"""Django's system checks of a worker: whether the fast engine is there. Each worker logs which engine speaks."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register("speech")
def check_engine(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where torch is installed, and OpenVINO is not. A web process has neither, and speaks nothing."""
    if settings.DEVICE != "cpu" or find_spec("torch") is None or find_spec("openvino") is not None:
        return []
    return [
        Warning(
            "OpenVINO is not installed, so torch speaks, which takes two to three times as long.",
            hint="pip install --no-deps --require-hashes -r requirements/worker.txt",
            id="voices.W001",
        )
    ]
