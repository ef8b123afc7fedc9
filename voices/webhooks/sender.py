"""Sends what is owed, signed as https://www.standardwebhooks.com describes."""

import base64
import hashlib
import hmac
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPException

import certifi
from django.db import connections
from rest_framework.renderers import JSONRenderer
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from voices.webhooks.addresses import check_url, public_address
from voices.webhooks.outbox import WebhookDelivery

logger = logging.getLogger(__name__)

AT_ONCE = 8  # webhooks that are sent to at the same time
SOCKET_SECONDS, ANSWER_SECONDS = 5.0, 10.0  # without a byte, and in all
# What one webhook may take of a round; the others wait for the end of it.
ROUND_SECONDS = 10.0


def deliver_due() -> None:
    """Send what is due, to several webhooks at once, so that a slow one holds up the others for a round at most."""
    WebhookDelivery.objects.prune()
    due = list(WebhookDelivery.objects.due().order_by().values_list("webhook_id", flat=True).distinct())
    if due:
        with ThreadPoolExecutor(AT_ONCE) as senders:
            list(senders.map(_deliver_to, due))


def _deliver_to(webhook_id: int) -> None:
    over_at = time.monotonic() + ROUND_SECONDS
    try:
        while time.monotonic() < over_at and (delivery := WebhookDelivery.objects.claim(webhook_id)):
            if not deliver(delivery):
                return
    finally:
        connections.close_all()


def deliver(delivery: WebhookDelivery) -> bool:
    """Make one attempt and record what came of it. True: it was taken."""
    try:
        status = post(delivery)
    except (OSError, ValueError, HTTPException, HTTPError) as error:
        delivery.refused(f"{type(error).__name__}: {error}")
        return False
    if 200 <= status < 300:
        delivery.delivered(str(status))
        return True
    delivery.refused(str(status))
    if status == 410:  # Gone: the receiver wants no more, says Standard Webhooks
        delivery.webhook.disable("410")
    return False


def post(delivery: WebhookDelivery) -> int:
    """Post the news; the status code of the answer, of which nothing else is read. No redirect is followed.

    Raises ``ValueError`` for an address that may not be posted to, and ``OSError``, ``HTTPException`` or
    ``HTTPError`` where no answer came within ``ANSWER_SECONDS``.
    """
    url = check_url(delivery.webhook.url)
    host, https = str(url.hostname), url.scheme == "https"
    port = url.port or (443 if https else 80)
    address = public_address(host, port)
    connection = (
        HTTPSConnection(
            address,
            port,
            timeout=SOCKET_SECONDS,
            ca_certs=certifi.where(),
            cert_reqs="CERT_REQUIRED",
            server_hostname=host,
            assert_hostname=host,
        )
        if https
        else HTTPConnection(address, port, timeout=SOCKET_SECONDS)
    )
    payload = body(delivery)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    with _ended_after(ANSWER_SECONDS, connection):
        connection.request("POST", path, payload, {"Host": url.netloc, **signed(delivery, payload, int(time.time()))})
        return connection.getresponse().status


def body(delivery: WebhookDelivery) -> bytes:
    """What is told: the event, and the request as the API shows it."""
    from voices.api.serializers import VoiceRequestSerializer

    news = {
        "type": delivery.event,
        "timestamp": delivery.created_at,
        "data": VoiceRequestSerializer(delivery.request).data,
    }
    content: bytes = JSONRenderer().render(news)
    return content


def signed(delivery: WebhookDelivery, payload: bytes, timestamp: int) -> dict[str, str]:
    """The headers by which a receiver knows that it was us, and when (seconds since 1970)."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "ForV-Voices",
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(delivery.webhook.secret, str(delivery.pk), timestamp, payload),
    }


def signature(secret: str, message_id: str, timestamp: int, payload: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 in base64 over id, timestamp and payload, by the key in ``whsec_…``."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, b"%s.%d.%s" % (message_id.encode(), timestamp, payload), hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


@contextmanager
def _ended_after(seconds: float, connection: HTTPConnection) -> Iterator[None]:
    """Cut the connection off then: a receiver that sends a byte now and again would never time out."""

    def cut_off() -> None:
        with suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()
