"""The service's settings with debugging on, for pytest and mypy: neither starts by `manage.py` or `make run`."""

import os

os.environ.setdefault("DJANGO_DEBUG", "1")

from forv.settings import *  # noqa: F403
