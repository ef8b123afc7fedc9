"""Webhooks: queued at the end of a request, signed, sent to public addresses only, and given up at some point."""

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import standardwebhooks
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client

from testing import factories
from testing.receiver import Receiver, serving
from voices.models import Member, VoiceRequest
from voices.webhooks.addresses import is_public, public_address
from voices.webhooks.outbox import DISABLED_AFTER, MAX_ATTEMPTS, Webhook, WebhookDelivery, validate_url
from voices.worker import webhook_sender


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE = True
    with serving() as server:
        yield server


@pytest.fixture
def webhook(receiver: Receiver, db: None) -> Webhook:
    return Webhook.objects.create(url=receiver.url)


def attempt() -> WebhookDelivery:
    """Make one attempt at the only delivery, due or not, and return it."""
    WebhookDelivery.objects.filter(delivered_at=None, next_attempt_at__isnull=False).update(next_attempt_at=Now())
    (hook,) = Webhook.objects.all()
    delivery = WebhookDelivery.objects.claim(hook.pk)
    assert delivery is not None
    webhook_sender.deliver(delivery)
    return WebhookDelivery.objects.get(pk=delivery.pk)


def finish(member: Member) -> VoiceRequest:
    return factories.succeeded(member)


def cancel(member: Member) -> VoiceRequest:
    request = factories.queued(member)
    assert request.cancel()
    return request


def fail(member: Member) -> VoiceRequest:
    request = factories.processing(member)
    assert request.fail("voice_implausible", "noise")
    return request


@pytest.mark.parametrize(("end", "status"), [(finish, "succeeded"), (cancel, "cancelled"), (fail, "failed")])
def test_each_end_of_a_request_sends_one_signed_message(
    end: Callable[[Member], VoiceRequest], status: str, member: Member, webhook: Webhook, receiver: Receiver
) -> None:
    request = end(member)
    assert not request.cancel()  # too late: no second message
    assert attempt().delivered_at is not None

    ((headers, payload),) = receiver.got
    news = json.loads(payload)
    assert (news["type"], news["data"]["id"], news["data"]["status"]) == (
        f"voice_request.{status}",
        str(request.pk),
        status,
    )
    delivery = WebhookDelivery.objects.get()
    assert headers["webhook-id"] == str(delivery.pk)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), payload])
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert standardwebhooks.Webhook(webhook.secret).verify(payload, headers) == news
    assert WebhookDelivery.objects.claim(webhook.pk) is None


def test_the_signature_is_the_documented_one(webhook: Webhook) -> None:
    webhook.secret = "whsec_" + base64.b64encode(bytes(range(24))).decode()
    delivery = WebhookDelivery(pk=UUID("0192d3a4-0000-4000-8000-000000000001"), webhook=webhook)
    payload = '{"type":"voice_request.succeeded","data":{"text":"안녕."}}'.encode()
    assert webhook_sender.signed(delivery, payload, 1764057600) == {
        "Content-Type": "application/json",
        "User-Agent": "ForV-Voices",
        "webhook-id": "0192d3a4-0000-4000-8000-000000000001",
        "webhook-timestamp": "1764057600",
        "webhook-signature": "v1,rFZ7+KYAkR83pMtWOy8Z3V6IZpAVoxdGSKK1dDmOtuQ=",
    }


def test_a_rolled_back_end_sends_nothing(member: Member, webhook: Webhook) -> None:
    request = factories.queued(member)
    with transaction.atomic():
        request.cancel()
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()


def test_a_failed_delivery_is_repeated_after_growing_pauses_and_then_given_up(
    member: Member, webhook: Webhook, receiver: Receiver
) -> None:
    receiver.status = 500
    cancel(member)
    pauses = []
    for _ in range(MAX_ATTEMPTS - 1):
        assert attempt().answer == "500"
        next_attempt_at, now = WebhookDelivery.objects.values_list("next_attempt_at", Now()).get()
        pauses.append((next_attempt_at - now).total_seconds())
        assert WebhookDelivery.objects.claim(webhook.pk) is None
    assert pauses == pytest.approx([5, 30, 180, 1080, 6480], abs=4)
    assert attempt().next_attempt_at is None
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1

    receiver.status = 200
    WebhookDelivery.objects.get().send_again()
    assert attempt().delivered_at is not None
    webhook.refresh_from_db()
    assert (webhook.active, webhook.failures) == (True, 0)


def test_a_webhook_is_disabled_after_many_failures_and_gets_its_due_deliveries_when_enabled(
    member: Member, webhook: Webhook, receiver: Receiver
) -> None:
    receiver.status = 503
    Webhook.objects.update(failures=DISABLED_AFTER - 1)
    cancel(member)
    attempt()
    webhook.refresh_from_db()
    assert (webhook.active, webhook.disabled_reason) == (False, "503")
    cancel(member)
    assert WebhookDelivery.objects.count() == 1  # no delivery for a request that ends meanwhile

    receiver.status = 200
    webhook.enable()
    assert attempt().delivered_at is not None


def test_status_410_disables_the_webhook_at_once(member: Member, webhook: Webhook, receiver: Receiver) -> None:
    receiver.status = 410
    cancel(member)
    attempt()
    webhook.refresh_from_db()
    assert (webhook.active, webhook.disabled_reason) == (False, "410")


def test_no_redirect_is_followed(member: Member, webhook: Webhook, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    cancel(member)
    assert attempt().answer == "302"
    assert len(receiver.got) == 1


def test_a_slowly_trickling_answer_is_cut_off(
    member: Member, webhook: Webhook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sender, "ANSWER_SECONDS", 0.3)
    receiver.pause = 0.2  # three seconds in all, with bytes in every second
    cancel(member)
    begun = time.monotonic()
    assert attempt().delivered_at is None
    assert time.monotonic() - begun < 2


def test_a_killed_attempt_is_repeated(member: Member, webhook: Webhook, receiver: Receiver) -> None:
    cancel(member)
    assert WebhookDelivery.objects.claim(webhook.pk)
    assert WebhookDelivery.objects.claim(webhook.pk) is None
    WebhookDelivery.objects.update(next_attempt_at=Now())  # a minute later
    assert attempt().delivered_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_slow_receiver_does_not_delay_others(
    member: Member, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_sender, "ROUND_SECONDS", 0.1)
    slow = socket.create_server(("127.0.0.1", 0))  # accepts, but never answers
    monkeypatch.setattr(webhook_sender, "SOCKET_SECONDS", 0.5)
    Webhook.objects.create(url=f"http://127.0.0.1:{slow.getsockname()[1]}/")
    Webhook.objects.create(url=receiver.url)
    for _ in range(2):
        cancel(member)
    webhook_sender.deliver_due()
    webhook_sender.deliver_due()
    assert len(receiver.got) == 2
    assert set(WebhookDelivery.objects.filter(delivered_at=None).values_list("webhook__url", flat=True)) == {
        f"http://127.0.0.1:{slow.getsockname()[1]}/"
    }
    slow.close()


def test_old_deliveries_are_deleted(member: Member, webhook: Webhook) -> None:
    cancel(member)
    WebhookDelivery.objects.prune()
    assert WebhookDelivery.objects.count() == 1
    WebhookDelivery.objects.update(created_at=Now() - timedelta(days=8))
    WebhookDelivery.objects.prune()
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
        "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_are_accepted(address: str) -> None:
    assert is_public(address)


def test_a_host_that_resolves_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: Any, member: Member
) -> None:
    def resolve(host: str, port: int, **options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("1.1.1.1", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(ValueError, match="not public"):
        public_address("evil.example", 443)
    Webhook.objects.create(url="https://evil.example/")
    cancel(member)
    assert "not public" in attempt().answer


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, member: Member, webhook: Webhook, receiver: Receiver
) -> None:
    """A name server that changes its answer between check and use (DNS rebinding) is only asked once."""
    asked, real = [], socket.getaddrinfo

    def resolve(host: str, port: int, *arguments: Any, **options: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1", port, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    Webhook.objects.update(url=receiver.url.replace("127.0.0.1", "fan.example"))
    cancel(member)
    assert attempt().delivered_at is not None
    assert asked.count("fan.example") == 1
    assert receiver.got[0][0]["host"].startswith("fan.example:")


@pytest.mark.parametrize(
    "url", ["http://a.example/", "ftp://a.example/", "https://", "https://me:secret@a.example/", "https://a.example:x/",
            "https://a.example/\r\nX: 1", "https://a.example/한글"],
)  # fmt: skip
def test_an_unusable_address_is_refused_in_the_form(url: str) -> None:
    with pytest.raises(ValidationError):
        validate_url(url)


def test_an_administrator_adds_a_webhook_sees_its_secret_and_sends_again(
    admin_client: Client, member: Member, settings: Any
) -> None:
    page = admin_client.post("/admin/voices/webhook/add/", {"url": "http://a.example/"})
    assert "이 주소는 쓸 수 없습니다" in page.content.decode()
    admin_client.post("/admin/voices/webhook/add/", {"url": "https://a.example/"})
    hook = Webhook.objects.get()
    assert hook.secret in admin_client.get(f"/admin/voices/webhook/{hook.pk}/change/").content.decode()

    cancel(member)
    delivery = WebhookDelivery.objects.get()
    delivery.attempts = MAX_ATTEMPTS
    WebhookDelivery.objects.update(attempts=MAX_ATTEMPTS)
    delivery.record_failure("500")
    assert not WebhookDelivery.objects.due().exists()
    admin_client.post(
        "/admin/voices/webhookdelivery/", {"action": "send_again", "_selected_action": [str(delivery.pk)]}
    )
    assert WebhookDelivery.objects.due().get() == delivery
