"""Entry point of the web process; event streams need ASGI."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forv.settings")
# Only here: a connection pool does not survive the forks of `qcluster`.
os.environ.setdefault("DATABASE_POOL_SIZE", "20")

from django.conf import settings
from django.core.asgi import get_asgi_application

from voices.api.gate.admission import Admission
from voices.api.gate.body_bound import BodyBound

application = BodyBound(
    Admission(get_asgi_application(), at_once=settings.POSTS_AT_ONCE),
    max_bytes=2**20 + 12 * settings.MAX_TEXT_CHARACTERS,
    max_upload_bytes=settings.MAX_UPLOAD_BYTES,
)
