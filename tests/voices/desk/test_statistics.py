"""What is finished is counted once, and the statistics show it, also after the requests are deleted."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client

from testing import factories
from testing.factories import Fan
from voices import decisions
from voices.choices import OwnerKind, RejectionReason
from voices.models import Member, Owner, Suggestion, Tally, VoiceRequest
from voices.owners import Asker
from voices.worker.counting import count_finished

MONDAY_EVENING = datetime(2026, 11, 23, 21, 30, tzinfo=ZoneInfo("Asia/Seoul"))


def finished(request: VoiceRequest, asked_at: datetime = MONDAY_EVENING, **fields: Any) -> VoiceRequest:
    """Let it have been asked for at a time, begun 2 s later and finished 1 s after that."""
    began = asked_at + timedelta(seconds=2)
    times = {"queued_at": asked_at, "started_at": began, "finished_at": began + timedelta(seconds=1)}
    VoiceRequest.objects.filter(pk=request.pk).update(**times, **fields)
    request.refresh_from_db()
    return request


def page(client: Client, **query: Any) -> Any:
    given = {"since": "2026-11-23", "until": "2026-11-24", **query}
    return client.get("/admin/statistics/", given, headers={"accept-language": "en"}).context


def tables(client: Client, **query: Any) -> dict[str, dict[str, int]]:
    return {table.name: {name: n for name, n in table.rows if n} for table in page(client, **query)["tables"]}


def test_everything_is_counted_once_and_stays(admin_client: Client, member: Member, broken_member: Member) -> None:
    Suggestion.objects.create(member=member, label="생일", text="생일 축하해")
    for _ in range(3):
        finished(factories.succeeded(member, text="생일 축하해"), duration_seconds=4.0)
    finished(factories.failed(broken_member), MONDAY_EVENING + timedelta(hours=3), error_code="voice_implausible")
    factories.queued(member)

    count_finished()
    count_finished()
    VoiceRequest.objects.all().delete()

    assert tables(admin_client) == {
        "days": {"2026-11-23": 3, "2026-11-24": 1},
        "hours": {"21 h": 3, "0 h": 1},
        "weekdays": {"Monday": 3, "Tuesday": 1},
        "members": {member.name: 3, broken_member.name: 1},
        "listeners": {},
        "phrases": {"생일 축하해": 3},
        "nouns": {"생일": 3, "축하": 3},
        "failures": {"The voice made noise in place of speech. Try other words, or another member.": 1},
        "rejections": {},
    }
    shown = dict(page(admin_client)["figures"])
    assert shown["Requests"] == "4"
    assert shown["Minutes spoken"] == "0.2"
    assert shown["Mean wait (s)"] == "2.0"
    assert shown["Real-time factor"] == "0.25"
    assert shown["Failures"] == shown["Noise caught by the quality gate"] == "1"

    assert tables(admin_client, member=broken_member.pk)["members"] == {broken_member.name: 1}
    assert tables(admin_client, since="2026-11-24")["hours"] == {"0 h": 1}
    assert tables(admin_client, until="2026-11-23")["hours"] == {"21 h": 3}


def test_what_fans_write_is_not_kept(member: Member) -> None:
    finished(factories.succeeded(member, text="김민수야, 내 비밀은 1234야. 서울에서 만나"))
    count_finished()
    labels = set(Tally.objects.values_list("label", flat=True))
    assert labels == {"", "비밀"}  # a common noun, but neither the name, the place nor the sentence


def test_a_rare_noun_is_not_shown(admin_client: Client, member: Member) -> None:
    for _ in range(2):
        finished(factories.succeeded(member, text="생일 축하해"))
    count_finished()
    assert tables(admin_client)["nouns"] == {}


def test_listeners_are_counted_once_a_day_and_are_new_once(
    admin_client: Client, member: Member, alice: Fan, bob: Fan
) -> None:
    Owner.objects.filter(pk=alice.owner.pk).update(created=MONDAY_EVENING, kind=OwnerKind.LISTENER)
    Owner.objects.filter(pk=bob.owner.pk).update(created=MONDAY_EVENING - timedelta(days=9), kind=OwnerKind.LISTENER)
    for owner, after in [(alice.owner, 0), (alice.owner, 1), (alice.owner, 20), (bob.owner, 0)]:
        finished(factories.succeeded(member, asker=Asker(owner)), MONDAY_EVENING + timedelta(hours=after))
    count_finished()
    # Alice came on Monday for the first time, and again on Tuesday; Bob knew the service before.
    assert tables(admin_client)["listeners"] == {"new": 1, "returning": 2}


def test_rejections_are_counted(admin_client: Client, admin_user: User, member: Member) -> None:
    rejected = finished(factories.succeeded(member), review_status="pending")
    decisions.reject(rejected, RejectionReason.PRIVATE, admin_user)
    assert tables(admin_client)["rejections"] == {"It tells something private": 1}


def test_a_table_as_csv_opens_no_formula(admin_client: Client, member: Member) -> None:
    Suggestion.objects.create(member=member, label="식", text="=1+1은 2")
    finished(factories.succeeded(member, text="=1+1은 2"))
    count_finished()
    query = {"since": "2026-11-23", "until": "2026-11-23", "csv": "phrases"}
    answer = admin_client.get("/admin/statistics/", query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines()[1:] == ["'=1+1은 2,1"]
    assert admin_client.get("/admin/statistics/", {**query, "csv": "owners"}).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"since": "2026-11-25"}, {"since": "1999-01-01"}, {"since": "soon"}, {"member": "999"}, {"until": ""}]
)
def test_a_wrong_range_is_explained(wrong: dict[str, str], admin_client: Client, member: Member) -> None:
    shown = page(admin_client, **wrong)
    assert shown["form"].errors
    assert not any(table.rows for table in shown["tables"] if table.name != "members")
