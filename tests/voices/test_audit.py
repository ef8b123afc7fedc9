"""The audit log: whatever staff change stands in it, by whichever door; what fans wrote and secrets never do."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from testing.factories import Fan, cancelled, succeeded
from voices.audit import AuditEntry
from voices.choices import RejectionReason
from voices.decisions import reject
from voices.models import DictionaryEntry, Member, Owner, VoiceRequest, Webhook

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "아무도 모르는 이야기예요."


def entries(table: str) -> list[tuple[str, Any, Any]]:
    logged = AuditEntry.objects.filter(table=table).order_by("pk")
    return list(logged.values_list("action", "before", "after"))


def act(client: Client, model: str, action: str, *keys: Any) -> None:
    data = {"action": action, "_selected_action": [str(key) for key in keys], "post": "yes"}
    assert client.post(reverse(f"admin:voices_{model}_changelist"), data).status_code == 302


def test_a_form_of_the_admin_is_logged_with_before_and_after(admin_client: Client, admin_user: User) -> None:
    add = reverse("admin:voices_dictionaryentry_add")
    admin_client.post(add, {"written": "BTS", "reading": "비티에스", "member": ""})
    entry = DictionaryEntry.objects.get()
    change = reverse("admin:voices_dictionaryentry_change", args=[entry.pk])
    admin_client.post(change, {"written": "BTS", "reading": "방탄소년단", "member": ""})
    admin_client.post(reverse("admin:voices_dictionaryentry_delete", args=[entry.pk]), {"post": "yes"})
    added, changed, deleted = entries("voices_dictionaryentry")
    assert (added[0], added[1], added[2]["reading"]) == ("insert", None, "비티에스")
    assert (changed[1]["reading"], changed[2]["reading"]) == ("비티에스", "방탄소년단")
    assert "written" not in changed[2]
    assert (deleted[0], deleted[1]["reading"], deleted[2]) == ("delete", "방탄소년단", None)
    logged = AuditEntry.objects.filter(table="voices_dictionaryentry")
    assert set(logged.values_list("actor_id", "actor_name")) == {(admin_user.pk, admin_user.username)}


def test_our_own_methods_are_logged_and_what_fans_wrote_is_not(member: Member, admin_client: Client) -> None:
    request = succeeded(member, text=TEXT)
    act(admin_client, "voicerequest", "delete_selected", request.pk)
    again = cancelled(member, text=TEXT)
    act(admin_client, "voicerequest", "retry", again.pk)
    inserted = entries("voices_voicerequest")
    assert inserted[-1][0] == "insert" and inserted[-1][2]["status"] == "queued"
    assert not AuditEntry.objects.filter(table="voices_voicerequest", after__has_key="text").exists()
    assert TEXT not in str(inserted)


def test_the_api_of_voices_is_logged_by_its_token(member: Member, admin_user: User) -> None:
    token = Token.objects.create(user=admin_user)
    voice = member.voices.get()
    client = Client(headers={"authorization": f"Token {token.key}"})
    answer = client.post(f"/api/voices/{voice.pk}/audition/", {"text": "안녕하세요."}, "application/json")
    assert answer.status_code < 300
    assert [action for action, _, _ in entries("voices_voicerequest")] == ["insert"]


def test_secrets_are_not_copied(admin_client: Client) -> None:
    admin_client.post(reverse("admin:voices_webhook_add"), {"url": "https://example.com/"})
    admin_client.post(
        reverse("admin:voices_owner_add"),
        {"name": "a program", "scope": "write", "calls_per_minute": 60, "max_waiting": 10},
    )
    hook, key = Webhook.objects.get(), Owner.objects.get(name="a program")
    logged = str(list(AuditEntry.objects.values_list("before", "after", "object_id")))
    assert {"voices_webhook", "voices_owner"} <= set(AuditEntry.objects.values_list("table", flat=True))
    assert not [secret for secret in (hook.secret, key.hashed_key, key.prefix) if secret in logged]


def test_nobody_is_logged_for_what_others_do(member: Member, alice: Fan, admin_client: Client) -> None:
    admin_client.post(reverse("admin:voices_webhook_add"), {"url": "https://example.com/"})
    before = AuditEntry.objects.count()
    # By the same connection as the call of staff before.
    answer = alice.client.post("/api/voice-requests/", {"member": member.pk, "text": TEXT}, "application/json")
    alice.client.post(f"/api/voice-requests/{answer.json()['id']}/cancel/")
    reject(VoiceRequest.objects.get(), RejectionReason.OTHER, None)
    assert AuditEntry.objects.count() == before


def test_it_is_logged_in_an_asynchronous_server_too(admin_user: User, async_client: AsyncClient) -> None:
    async def add() -> Any:
        await async_client.aforce_login(admin_user)
        return await async_client.post(reverse("admin:voices_webhook_add"), {"url": "https://example.com/"})

    assert async_to_sync(add)().status_code == 302
    assert [action for action, _, _ in entries("voices_webhook")] == ["insert"]


def test_it_can_be_read_and_not_changed(admin_client: Client) -> None:
    admin_client.post(reverse("admin:voices_webhook_add"), {"url": "https://example.com/"})
    entry = AuditEntry.objects.latest("pk")
    page = admin_client.get(reverse("admin:voices_auditentry_changelist")).content.decode()
    assert "https://example.com/" in page
    for address in ("add", "delete", "change"):
        where = reverse(f"admin:voices_auditentry_{address}", args=[] if address == "add" else [entry.pk])
        assert admin_client.post(where, {"post": "yes"}).status_code == 403
