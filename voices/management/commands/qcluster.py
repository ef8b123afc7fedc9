"""Run our cluster in place of django-q2's: the death of a process does not stop it.

It has no options: --run-once stops a cluster at its start, and --name needs queues that we don't have.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Speaks what is asked for, until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        from voices.worker.cluster import Cluster

        sys.exit(Cluster().run())
