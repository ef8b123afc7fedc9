"""The id by which a cluster claims requests; its processes are forks, so all have the same."""

from uuid import uuid4

CLUSTER_ID = str(uuid4())
