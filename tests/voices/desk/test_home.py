"""The desk's home page counts what waits, and leads to it."""

from django.test import Client

from testing import factories
from voices.models import Cluster, Member, ReadingProposal, Report, Share, VoiceRequest


def cards(client: Client) -> dict[str, tuple[object, bool, str]]:
    sections = client.get("/admin/", headers={"accept-language": "en"}).context["sections"]
    return {card.title: (card.value, card.urgent, card.link) for _, cards in sections for card in cards}


def test_what_waits_is_counted_and_listed(admin_client: Client, member: Member) -> None:
    shown = cards(admin_client)
    assert [value for value, urgent, _ in shown.values() if urgent] == ["away"]
    assert shown["To be reviewed"][0] == shown["Reports"][0] == shown["Waiting in the queue"][0] == 0

    made = factories.succeeded(member)
    VoiceRequest.objects.filter(pk=made.pk).update(review_status="pending")
    factories.failed(member)
    factories.queued(member)
    share = Share.objects.create(request=made, expires_at=made.queued_at)
    Report.objects.create(share=share, reason="private")
    ReadingProposal.objects.create(written="ForV", reading="포브", member=member)
    Cluster.objects.beat("00000000-0000-0000-0000-000000000001", 2)

    shown = cards(admin_client)
    assert {title: value for title, (value, _, _) in shown.items()} == {
        "To be reviewed": 1,
        "Reports": 1,
        "Proposed readings": 1,
        "Made today": 1,
        "Failed in the last day": 1,
        "Waiting in the queue": 1,
        "Workers": 2,
        "Asked most today": str(member),
    }
    assert {title for title, (_, urgent, _) in shown.items() if urgent} == {
        "To be reviewed", "Reports", "Proposed readings", "Failed in the last day",
    }  # fmt: skip
    for title in ("To be reviewed", "Reports", "Proposed readings", "Made today", "Failed in the last day"):
        assert admin_client.get(shown[title][2]).context["cl"].result_count == 1, title
