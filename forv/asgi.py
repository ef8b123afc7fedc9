"""The web process: event streams need ASGI."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forv.settings")
# Only web processes pool: a pool does not survive the forks of `qcluster`.
os.environ.setdefault("DATABASE_POOL_SIZE", "20")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
