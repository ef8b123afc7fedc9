"""``manage.py forget_owner OWNER``: delete all that was asked for with a token or an API key, and the key."""

import math
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from voices.forgetting import forget
from voices.models import Owner

ABOUT_OWNER = "its number in the admin, or the key or token, of which the first 16 characters are enough"


class Command(BaseCommand):
    help = "Delete for good what a listener or an API key has asked for: rows, audio, shares, proposals, and its keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("owner", help=ABOUT_OWNER)
        parser.add_argument("--dry-run", action="store_true", help="only count what would be deleted")

    def handle(self, *args: Any, owner: str, dry_run: bool, **options: Any) -> None:
        found = owner_named(owner)
        count = found.requests.count()
        if dry_run:
            self.stdout.write(f"{count} requests would be deleted.")
            return
        forget(found, seconds=math.inf)
        self.stdout.write(f"{count} requests were deleted, and their owner is forgotten.")


def owner_named(name: str) -> Owner:
    """Return an owner by its number or key; of another device's key, the listener. Raises ``CommandError``."""
    owners = Owner.objects.select_related("acts_for")
    try:
        owner: Owner = owners.get(pk=int(name)) if name.isdecimal() and len(name) < 16 else owners.get(prefix=name[:16])
    except Owner.DoesNotExist:
        raise CommandError("There is no such owner.") from None
    return owner.acts_for or owner
