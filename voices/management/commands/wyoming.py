"""Serve the Wyoming protocol, for Home Assistant's voice assistants."""

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from wyoming.server import AsyncServer

from voices.api.wyoming import WyomingHandler


class Command(BaseCommand):
    help = "Speak for Home Assistant by the Wyoming protocol, until it is stopped. The protocol has no keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--uri", default="tcp://127.0.0.1:10200", help="tcp://0.0.0.0:10200 for the whole network")

    def handle(self, **options: Any) -> None:
        if not settings.ANONYMOUS_USE:
            raise CommandError("FORV_ANONYMOUS_USE is off, and Wyoming's clients have no keys.")
        asyncio.run(AsyncServer.from_uri(options["uri"]).run(WyomingHandler))
