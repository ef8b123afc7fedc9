"""Who may open which page of the desk, and do what there: each role, staff without one, and anybody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils.timezone import now

from testing import factories
from voices.desk.roles import give_roles
from voices.models import (
    DictionaryEntry,
    Member,
    Owner,
    ReadingProposal,
    Report,
    Share,
    Voice,
    VoiceRequest,
    Webhook,
)
from voices.webhooks.outbox import WebhookDelivery

ROLES = ("viewer", "reviewer", "manager")
EVERYBODY, DECIDING, MANAGING, NOBODY = set(ROLES), {"reviewer", "manager"}, {"manager"}, set[str]()

# The pages of each model: its list, the page of a row, the page that adds one.
PAGES: list[tuple[type[Any], set[str], set[str]]] = [
    (VoiceRequest, EVERYBODY, NOBODY),
    (Report, EVERYBODY, NOBODY),
    (Share, EVERYBODY, NOBODY),
    (ReadingProposal, EVERYBODY, NOBODY),
    (Member, EVERYBODY, MANAGING),
    (Voice, EVERYBODY, MANAGING),
    (DictionaryEntry, EVERYBODY, DECIDING),
    (Owner, MANAGING, MANAGING),
    (Webhook, MANAGING, MANAGING),
    (WebhookDelivery, MANAGING, NOBODY),
    (User, NOBODY, NOBODY),
    (Group, NOBODY, NOBODY),
]
# Who may do it, and how one sees that it was done.
ACTIONS: list[tuple[str, set[str], Callable[[Any], bool]]] = [
    ("voicerequest cancel", DECIDING, lambda row: row.status == "cancelled"),
    ("report mark_handled", DECIDING, lambda row: row.handled_at is not None),
    ("share withdraw", DECIDING, lambda row: row.withdrawn_at is not None),
    ("readingproposal accept", DECIDING, lambda row: row.status == "accepted"),
    ("voice make_active", MANAGING, lambda row: row.active),
    ("webhook disable", MANAGING, lambda row: not row.active),
]


@pytest.fixture(autouse=True)
def roles(db: None) -> None:
    # A test that empties the tables takes the migration's groups along.
    give_roles(apps)


@pytest.fixture
def rows(member: Member) -> dict[str, Any]:
    """A row of each model that an action is for."""
    share = Share.objects.create(request=factories.succeeded(member), expires_at=now())
    voice = member.voices.get()
    Voice.objects.update(active=False)
    return {
        "voicerequest": factories.queued(member),
        "share": share,
        "report": Report.objects.create(share=share, reason="private"),
        "readingproposal": ReadingProposal.objects.create(written="ForV", reading="포브", member=member),
        "voice": voice,
        "webhook": Webhook.objects.create(url="https://example.com/"),
    }


def client_of(role: str) -> Client:
    client = Client()
    if role != "anonymous":
        user = User.objects.create_user(role, is_staff=role != "no staff")
        if role in ROLES:
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
    return client


def is_open(answer: Any) -> bool:
    """Whether the page is shown, rather than refused or answered by the login."""
    assert answer.status_code in (200, 302, 403)
    return bool(answer.status_code == 200)


@pytest.mark.parametrize("role", [*ROLES, "no role", "no staff", "anonymous"])
def test_pages(role: str) -> None:
    client = client_of(role)
    assert is_open(client.get("/admin/")) == (role not in ("no staff", "anonymous"))
    for address in ("/admin/statistics/", "/admin/statistics/?csv=hours"):
        assert is_open(client.get(address)) == (role in EVERYBODY), address
    for model, may_see, may_add in PAGES:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert is_open(client.get(address)) == (role in may_see), address
        assert is_open(client.get(f"{address}add/")) == (role in may_add), f"{address}add/"


@pytest.mark.parametrize("role", [*ROLES, "no role", "anonymous"])
def test_actions(role: str, rows: dict[str, Any]) -> None:
    client = client_of(role)
    for action, may, is_done in ACTIONS:
        model, name = action.split()
        client.post(f"/admin/voices/{model}/", {"action": name, "_selected_action": [rows[model].pk]})
        rows[model].refresh_from_db()
        assert is_done(rows[model]) == (role in may), action


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_and_the_home_page_lead_only_where_one_may_go(role: str, rows: dict[str, Any]) -> None:
    client = client_of(role)
    page = client.get("/admin/")
    links = [item["link"] for group in page.context["sidebar_navigation"] for item in group["items"]]
    links += [card.link for _, cards in page.context["sections"] for card in cards]
    assert ("/admin/voices/webhook/" in links) == (role == "manager")
    for link in links:
        assert client.get(link).status_code == 200, link


def test_roles_are_made_where_there_are_no_permissions_yet_and_only_once() -> None:
    Permission.objects.all().delete()
    ContentType.objects.filter(app_label="voices").delete()
    Group.objects.all().delete()
    give_roles(apps)
    given = {group.name: group.permissions.count() for group in Group.objects.all()}
    give_roles(apps)
    assert {group.name: group.permissions.count() for group in Group.objects.all()} == given
    assert 0 < given["viewer"] < given["reviewer"] < given["manager"]
    assert not Permission.objects.exclude(content_type__app_label="voices").exists()
