"""``manage.py export_owner OWNER --out FILE``: all that is kept of a token or an API key, as a zip."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from voices.export import export_pieces
from voices.management.commands.forget_owner import ABOUT_OWNER, owner_named


class Command(BaseCommand):
    help = "Write what a listener or an API key has asked for into a zip: rows as JSON, and the audio."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("owner", help=ABOUT_OWNER)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip")

    def handle(self, *args: Any, owner: str, out: Path, **options: Any) -> None:
        pieces = export_pieces(owner_named(owner))
        with out.open("xb") as file:
            for piece in pieces:
                file.write(piece)
        self.stdout.write(f"{out}: {out.stat().st_size} bytes")
