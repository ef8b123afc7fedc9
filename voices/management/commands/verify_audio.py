"""Tell whether a sound file was made by this service."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from voices.intake.sound import SoundRefused
from voices.verification import verify


class Command(BaseCommand):
    help = "Tell whether a sound file was made by this service: by its samples, by its sound, or only by its metadata."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, file: Path, **options: Any) -> None:
        try:
            verdict = verify(file)
        except SoundRefused as refused:
            raise CommandError(f"{file} can't be read as sound: {refused.code}.") from refused
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{verdict.made_here.value}: {verdict.made_here.label}")
        for origin in verdict.origins:
            self.stdout.write(
                f"member {origin.member}, made at {origin.made_at.isoformat(timespec='seconds')}, "
                f"voice {origin.voice[:12]}…, request {origin.reference}"
            )
        for name, value in verdict.mark.items():
            self.stdout.write(f"its metadata say: {name} = {value}")
