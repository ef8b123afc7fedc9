"""API keys in the admin: shown once when they are made, limited, revoked."""

import re
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from testing import factories
from testing.factories import Fan, client_with
from voices.models import Member, Owner, VoiceRequest
from voices.owners import Asker

ADDRESS = "/admin/voices/owner/"
FORM = {"name": "팬 사이트", "scope": "read", "calls_per_minute": 5, "max_waiting": 7}


def made(admin_client: Client) -> str:
    """Make a key and return it, as the next page shows it."""
    page = admin_client.post(f"{ADDRESS}add/", FORM, follow=True).content.decode()
    (key,) = re.findall(r"[A-Za-z0-9]{16}\.[A-Za-z0-9]{32}", page)
    return str(key)


def is_answered(key: str) -> bool:
    return client_with(key).get("/api/voice-requests/").status_code == 200


def test_a_key_is_shown_once_and_works_with_its_limits(admin_client: Client) -> None:
    key = made(admin_client)
    assert is_answered(key)
    owner = Owner.objects.get()
    assert {name: getattr(owner, name) for name in FORM} == FORM
    for path in ("", f"{owner.pk}/change/", f"{owner.pk}/history/"):
        page = admin_client.get(f"{ADDRESS}{path}")
        assert page.status_code == 200
        assert key not in page.content.decode()
    assert key not in str(list(LogEntry.objects.values()))


def test_a_revoked_key_is_refused_and_stays_revoked(admin_client: Client) -> None:
    key = made(admin_client)
    change = f"{ADDRESS}{Owner.objects.get().pk}/change/"
    admin_client.post(change, {**FORM, "revoked": "on"})
    assert not is_answered(key)
    admin_client.post(change, FORM)
    assert not is_answered(key)


def test_deleting_a_key_forgets_what_it_asked_for(admin_client: Client, member: Member) -> None:
    owner = Owner.objects.of_key(made(admin_client))
    factories.queued(member, asker=Asker(owner))
    address = f"{ADDRESS}{owner.pk}/delete/"
    assert "음성 요청: 1" in " ".join(admin_client.get(address).content.decode().split())
    assert admin_client.post(address, {"post": "yes"}).status_code == 302
    assert not VoiceRequest.objects.exists()


def test_listeners_are_not_listed(admin_client: Client, alice: Fan) -> None:
    assert str(alice.owner.prefix) not in admin_client.get(ADDRESS).content.decode()
    assert admin_client.get(f"{ADDRESS}{alice.owner.pk}/change/").status_code == 302


def test_staff_without_the_permission_make_none(client: Client, django_user_model: Any) -> None:
    user: User = django_user_model.objects.create_user("staff", is_staff=True)
    client.force_login(user)
    assert client.post(f"{ADDRESS}add/", FORM).status_code == 403
    assert not Owner.objects.exists()
