"""The service's settings, with an app that makes faults as a request's text or a file says."""

import os

from forv.settings import *  # noqa: F403
from forv.settings import INSTALLED_APPS, Q_CLUSTER, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.faults.Faults"]
STORAGES["default"]["BACKEND"] = "tests.chaos.faults.FaultyStorage"
if retry := os.environ.get("CHAOS_RETRY"):
    Q_CLUSTER["retry"] = int(retry)
