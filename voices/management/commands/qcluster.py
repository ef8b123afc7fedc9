"""In place of django-q2's command of this name: the same cluster, but no fault of a process stops it.

Without its options: --run-once stops a cluster as soon as it runs, and --name needs queues that we don't have.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Speaks what is asked for, until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        from voices.worker.cluster import Cluster

        sys.exit(Cluster().run())
