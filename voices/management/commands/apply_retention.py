"""``manage.py apply_retention [--dry-run]``: delete what is older than the settings let it be kept."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Sum

from voices.models import VoiceRequest
from voices.retention import Rule, rules


class Command(BaseCommand):
    help = "Delete what is older than FORV_KEEP_…_DAYS say, a batch at a time. It may be stopped at any moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what would be deleted")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        applied = rules()
        if not applied:
            self.stdout.write("Everything is kept: no FORV_KEEP_…_DAYS is set.")
        for rule in applied:
            rows = rule.due()
            count = rows.count()
            self.stdout.write(f"{rule.name}, older than {rule.days:g} days: {count}{_audio_of(rule)}")
            if not dry_run:
                self._delete(rule, count)

    def _delete(self, rule: Rule, count: int) -> None:
        deleted = 0
        while batch := rule.delete_batch():
            deleted += batch
            self.stdout.write(f"  {deleted} of {max(count, deleted)} deleted")


def _audio_of(rule: Rule) -> str:
    """Say how much audio goes with the requests; what others share stays."""
    rows = rule.due()
    if rows.model is not VoiceRequest:
        return ""
    size = rows.aggregate(size=Sum("audio_size"))["size"] or 0
    return f", {size / 2**20:.1f} MiB of audio"
