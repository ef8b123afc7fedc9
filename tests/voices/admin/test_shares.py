"""Shares and reports in the admin: look into a report, withdraw what it is about."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from testing import factories
from voices.models import Member, Report, Share

REPORTS = "/admin/voices/report/"
SHARES = "/admin/voices/share/"


@pytest.fixture
def report(member: Member) -> Report:
    share = Share.objects.give_out(factories.succeeded(member, text="<b>나쁜 말"))
    Report.objects.file(share, "hurtful", "of a network")
    return Report.objects.get()


def test_a_report_shows_what_is_heard_there(admin_client: Client, report: Report) -> None:
    page = admin_client.get(REPORTS).content.decode()
    assert "&lt;b&gt;나쁜 말" in page
    assert f"/s/{report.share.token}" in page
    assert "누군가를 괴롭히거나 상처 주는 말이에요" in page
    assert admin_client.get(f"{REPORTS}{report.pk}/change/").status_code == 200
    assert admin_client.get(f"{SHARES}{report.share.pk}/change/").status_code == 200


def test_what_was_reported_is_withdrawn_at_once(admin_client: Client, report: Report, client: Client) -> None:
    assert client.get(f"/s/{report.share.token}").status_code == 200
    admin_client.post(REPORTS, {"action": "withdraw", "_selected_action": [report.pk]})
    assert client.get(f"/s/{report.share.token}").status_code == 410
    report.refresh_from_db()
    assert report.handled_at


def test_it_may_stay(admin_client: Client, report: Report, client: Client) -> None:
    admin_client.post(REPORTS, {"action": "mark_handled", "_selected_action": [report.pk]})
    report.refresh_from_db()
    assert report.handled_at
    assert client.get(f"/s/{report.share.token}").status_code == 200


def test_a_share_is_withdrawn(admin_client: Client, report: Report, client: Client) -> None:
    admin_client.post(SHARES, {"action": "withdraw", "_selected_action": [report.share.pk]})
    assert client.get(f"/s/{report.share.token}").status_code == 410


@pytest.mark.parametrize("address", [REPORTS, SHARES])
def test_who_may_only_view_withdraws_nothing(
    address: str, client: Client, django_user_model: Any, report: Report
) -> None:
    user: User = django_user_model.objects.create_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_report", "view_share"]))
    client.force_login(user)
    assert client.get(address).status_code == 200
    marked = report.pk if address == REPORTS else report.share.pk
    client.post(address, {"action": "withdraw", "_selected_action": [marked]})
    assert Share.objects.get().withdrawn_at is None


@pytest.mark.parametrize("address", [REPORTS, SHARES])
def test_nobody_else_gets_in(address: str, client: Client, db: None) -> None:
    assert client.get(address).status_code == 302
