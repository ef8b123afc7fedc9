"""Show how each line of a text would be read."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from voices.synth import read


class Command(BaseCommand):
    help = "Read lines on stdin; write one JSON object a line: input, spoken, pronunciation, dropped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mode", choices=["spelled", "pronounced"], default="spelled")

    def handle(self, **options: Any) -> None:
        for line in sys.stdin:
            text = line.rstrip("\n")
            spoken = read(text, options["mode"])
            row = {
                "input": text,
                "spoken": spoken.text,
                "pronunciation": spoken.pronunciation,
                "dropped": [part.as_json() for part in spoken.dropped],
            }
            self.stdout.write(json.dumps(row, ensure_ascii=False))
