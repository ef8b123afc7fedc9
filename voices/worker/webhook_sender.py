"""Send the deliveries that are due, signed as https://www.standardwebhooks.com describes."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPException

import certifi
from django.db import connections
from rest_framework.renderers import JSONRenderer
from standardwebhooks import Webhook as Signer
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from voices.api.serializers import VoiceRequestSerializer
from voices.webhooks.addresses import check_url, public_address
from voices.webhooks.outbox import WebhookDelivery

logger = logging.getLogger(__name__)

AT_ONCE = 8  # webhooks that are sent to at the same time
SOCKET_SECONDS, ANSWER_SECONDS = 5.0, 10.0  # longest wait for the next byte, and for the whole answer
ROUND_SECONDS = 10.0  # after which no further delivery to the same webhook is begun in this round


def deliver_due() -> None:
    """Send what is due, to ``AT_ONCE`` webhooks at a time, so that a slow one delays the others by one round."""
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
    """Make one attempt and record the result. True: the receiver answered 2xx."""
    try:
        status = post(delivery)
    except (OSError, ValueError, HTTPException, HTTPError) as error:
        delivery.record_failure(f"{type(error).__name__}: {error}")
        return False
    if 200 <= status < 300:
        delivery.record_success(str(status))
        return True
    delivery.record_failure(str(status))
    if status == 410:  # Gone: in Standard Webhooks, the receiver unsubscribes
        delivery.webhook.disable("410")
    return False


def post(delivery: WebhookDelivery) -> int:
    """Post the message and return the status code of the answer. No redirect is followed.

    Raises ``ValueError`` for an address that may not be posted to, and ``OSError``, ``HTTPException`` or
    ``HTTPError`` if no answer comes within ``ANSWER_SECONDS``.
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
    """Return the message in JSON: the event, and the request as the API shows it."""
    message = {
        "type": delivery.event,
        "timestamp": delivery.created_at,
        "data": VoiceRequestSerializer(delivery.request).data,
    }
    content: bytes = JSONRenderer().render(message)
    return content


def signed(delivery: WebhookDelivery, payload: bytes, timestamp: int) -> dict[str, str]:
    """Return the headers of the message; ``timestamp`` in seconds since 1970."""
    message_id = str(delivery.pk)
    signature = Signer(delivery.webhook.secret).sign(
        message_id, datetime.fromtimestamp(timestamp, UTC), payload.decode()
    )
    return {
        "Content-Type": "application/json",
        "User-Agent": "ForV-Voices",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


@contextmanager
def _ended_after(seconds: float, connection: HTTPConnection) -> Iterator[None]:
    """Shut the connection down after ``seconds``: the socket's own timeout starts again with each byte."""

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
