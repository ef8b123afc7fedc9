"""The service's settings with debugging on, for pytest and mypy: neither starts by `manage.py` or `make run`."""

import os

os.environ.setdefault("DJANGO_DEBUG", "1")
# Tests ask for the same again and again, to be spoken each time.
os.environ.setdefault("FORV_SAME_AGAIN_DAYS", "0")
# Most tests make members by the row.
os.environ.setdefault("FORV_SPEAK_WITHOUT_CONSENT", "1")

from forv.settings import *  # noqa: F403
