"""Webhooks that point into our own network."""

import socket
import threading
from contextlib import suppress

from attack.connections import Attack
from attack.world import World
from testing.processes import wait_until

# Each leads to the port that listens here, if it leads anywhere.
HOSTS = [
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0",  # noqa: S104
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
]  # fmt: skip
URLS = ["http://127.0.0.1:{port}/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/", "https://a:b@127.0.0.1:{port}/"]
CREATE = """
from django.core.exceptions import ValidationError
from voices.models import Webhook
refused = 0
for url in {refused!r}:
    try:
        Webhook(url=url).full_clean()
    except ValidationError:
        refused += 1
for url in {stored!r}:
    Webhook.objects.create(url=url)
print(refused)
"""
ANSWERS = """
from voices.models import Webhook
from voices.webhooks.outbox import WebhookDelivery
print(WebhookDelivery.objects.filter(attempts__gt=0).count(), WebhookDelivery.objects.filter(delivered_at=None).count())
"""


def private_addresses(world: World) -> str:
    connections = 0
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def count() -> None:
            nonlocal connections
            with suppress(OSError):
                while True:
                    listening.accept()[0].close()
                    connections += 1

        threading.Thread(target=count, daemon=True).start()
        stored = [f"https://{host}:{port}/" for host in HOSTS]
        refused = [url.format(port=port) for url in URLS]
        assert int(world.run(CREATE.format(refused=refused, stored=stored)).split()[-1]) == len(refused)
        with world.listener() as evil:
            address = world.ask(evil, "웹훅을 부르는 말이에요.").headers["Location"]
            wait_until(lambda: evil.get(address).json()["status"] == "succeeded", 120)
        wait_until(lambda: int(world.run(ANSWERS).split()[-2]) >= len(HOSTS), 60)
        undelivered = int(world.run(ANSWERS).split()[-1])
        listening.shutdown(socket.SHUT_RDWR)
    assert connections == 0, f"{connections} connections were made"
    return f"{len(refused)} addresses refused, {len(HOSTS)} hosts not called ({undelivered} undelivered), no connection"


ATTACKS: tuple[tuple[str, Attack], ...] = (("webhooks to loopback, by eleven names of it", private_addresses),)
