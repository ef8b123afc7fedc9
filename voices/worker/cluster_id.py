"""Who claims requests: one id for all processes of a cluster, which are forks of the one that made it."""

from uuid import uuid4

CLUSTER_ID = str(uuid4())
