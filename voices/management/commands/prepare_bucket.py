"""Create the bucket of ``FORV_STORAGE``, configure it, and try it."""

from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from voices.storage_check import find_fault


class Command(BaseCommand):
    help = (
        "Create the bucket of FORV_STORAGE if it is missing, and configure it: who may read it, from which pages, and "
        "what is deleted by itself. Can be run again. Its credentials need more permissions than those of the service."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--location", default=settings.BUCKET_LOCATION, help="where a new bucket is (%(default)s)")

    def handle(self, *args: Any, location: str, **options: Any) -> None:
        if settings.STORAGE == "local":
            raise CommandError("FORV_STORAGE=local keeps audio in a folder; there is no bucket to prepare.")
        bucket: Any = default_storage  # Django's base class declares no `prepare`
        bucket.prepare(settings.BUCKET_CORS_ORIGINS, location)
        if fault := find_fault():
            raise CommandError(str(fault.label))
        self.stdout.write(f"The bucket is ready for pages of {', '.join(settings.BUCKET_CORS_ORIGINS)}.")
