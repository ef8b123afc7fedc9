"""Entry point of the web process; event streams need ASGI."""

import contextlib
import multiprocessing
import os
import resource

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forv.settings")
# Only here: a connection pool does not survive the forks of `qcluster`.
os.environ.setdefault("DATABASE_POOL_SIZE", "20")

from django.conf import settings
from django.core.asgi import get_asgi_application

from voices.api.gate.admission import Admission
from voices.api.gate.body_bound import BodyBound
from voices.api.gate.staff_only import StaffOnly
from voices.intake.sound import MAX_BYTES
from voices.worker.orphans import die_with

if (granian := multiprocessing.parent_process()) and granian.pid:  # it serves in a child process
    die_with(granian.pid)
# Each connection takes a descriptor, and the usual soft limit of 1024 is soon reached.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
with contextlib.suppress(ValueError, OSError):  # some systems allow less than they say
    resource.setrlimit(resource.RLIMIT_NOFILE, (_hard if _hard != resource.RLIM_INFINITY else 65_536, _hard))

_django = get_asgi_application()

from voices.api.gate.watch import Watch  # noqa: E402  (it reads the models, which are there only now)

application = Watch(
    StaffOnly(
        BodyBound(
            Admission(_django, at_once=settings.POSTS_AT_ONCE),
            max_bytes=2**20 + 12 * settings.MAX_TEXT_CHARACTERS,
            max_upload_bytes=settings.MAX_UPLOAD_BYTES,
            max_sound_bytes=MAX_BYTES + 64 * 1024,  # with the form around it
        )
    )
)
