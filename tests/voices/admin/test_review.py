"""The review in the admin: what each role may see and decide, and what a row and a request's page show."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from testing.factories import AUDIO, queued, reloaded, succeeded
from voices.choices import RejectionReason
from voices.models import Member, Report, Share, VoiceRequest

LIST = "admin:voices_voicerequest_changelist"


@pytest.fixture(autouse=True)
def reviewed(settings: Any) -> None:
    settings.REVIEW = "before_playing"


def staff_with(*permissions: str) -> Client:
    user = User.objects.create(username=" ".join(("somebody", *permissions)), is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def viewer(db: None) -> Client:
    return staff_with("view_voicerequest")


@pytest.fixture
def reviewer(db: None) -> Client:
    return staff_with("view_voicerequest", "change_voicerequest")


def decide(client: Client, request: VoiceRequest, decision: str, **data: str) -> Any:
    address = reverse("admin:voices_voicerequest_decide", args=[request.pk])
    return client.post(address, {"decision": decision, **data}, headers={"accept": "application/json"})


@pytest.mark.django_db
class TestRoles:
    def test_who_is_nobody_is_led_to_the_login(self, member: Member) -> None:
        request = succeeded(member)
        for name in ("decide", "act", "audio"):
            address = reverse(f"admin:voices_voicerequest_{name}", args=[request.pk])
            answer = Client().post(address, {"decision": "approve", "act": "cancel"})
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")
        assert reloaded(request).review_status == "pending"

    def test_staff_without_permissions_hear_and_change_nothing(self, member: Member) -> None:
        request, client = succeeded(member), staff_with()
        assert client.get(reverse("admin:voices_voicerequest_audio", args=[request.pk])).status_code == 403
        assert decide(client, request, "approve").status_code == 403

    def test_a_viewer_hears_and_does_not_decide(self, viewer: Client, member: Member) -> None:
        request = succeeded(member)
        assert viewer.get(reverse("admin:voices_voicerequest_audio", args=[request.pk])).content == AUDIO
        for address in (reverse(LIST), reverse("admin:voices_voicerequest_change", args=[request.pk])):
            page = viewer.get(address)
            assert page.status_code == 200 and b"formaction" not in page.content
        assert decide(viewer, request, "approve").status_code == 403
        act = viewer.post(reverse("admin:voices_voicerequest_act", args=[request.pk]), {"act": "again"})
        assert (act.status_code, VoiceRequest.objects.count()) == (403, 1)
        data = {"action": "approve_all", "_selected_action": [str(request.pk)]}
        viewer.post(reverse(LIST), data)
        assert reloaded(request).review_status == "pending"

    def test_a_reviewer_decides(self, reviewer: Client, member: Member) -> None:
        first, second = succeeded(member), succeeded(member)
        assert decide(reviewer, first, "approve").status_code == 200
        assert decide(reviewer, second, "reject:private", note="names a school").status_code == 200
        assert reloaded(first).is_audible
        rejected = reloaded(second)
        assert (rejected.withheld, rejected.review_reason, rejected.review_note) == (
            "rejected",
            "private",
            "names a school",
        )
        assert rejected.reviewed_by and "somebody" in rejected.reviewed_by.get_username()


@pytest.mark.django_db
class TestDecisions:
    def test_who_comes_too_late_is_told(self, reviewer: Client, member: Member) -> None:
        request = succeeded(member)
        decide(reviewer, request, "reject:other")
        late = decide(reviewer, request, "approve")
        assert (late.status_code, late.json()["error"]["code"]) == (409, "not_reviewable")

    @pytest.mark.parametrize("decision", ["", "reject", "reject:nonsense", "publish"])
    def test_no_other_decision_is_taken(self, decision: str, reviewer: Client, member: Member) -> None:
        request = succeeded(member)
        assert decide(reviewer, request, decision).status_code == 409
        assert reloaded(request).review_status == "pending"

    def test_many_are_decided_at_once(self, reviewer: Client, member: Member) -> None:
        requests = [succeeded(member) for _ in range(3)]
        decide(reviewer, requests[0], "reject:other")
        chosen = {"_selected_action": [str(request.pk) for request in requests]}
        reviewer.post(reverse(LIST), {"action": "approve_all", **chosen})
        assert [reloaded(request).review_status for request in requests] == ["rejected", "approved", "approved"]
        reviewer.post(reverse(LIST), {"action": f"reject_{RejectionReason.SEXUAL}", **chosen})
        assert [reloaded(request).review_reason for request in requests] == ["other", "sexual", "sexual"]

    def test_a_request_is_cancelled_and_asked_for_again_on_its_page(self, reviewer: Client, member: Member) -> None:
        request = queued(member)
        address = reverse("admin:voices_voicerequest_act", args=[request.pk])
        reviewer.post(address, {"act": "cancel"})
        assert reloaded(request).status == "cancelled"
        reviewer.post(address, {"act": "retry"})
        reviewer.post(address, {"act": "again"})
        again, retried = VoiceRequest.objects.exclude(pk=request.pk).order_by("-queued_at")
        assert retried.retry_of == request and again.seed != request.seed


@pytest.mark.django_db
class TestPages:
    def test_a_row_shows_what_there_is_to_decide_by(self, reviewer: Client, member: Member) -> None:
        request = queued(member, text="번호는 010-1234-5678 <b>")
        VoiceRequest.objects.update(spoken_text="번호는 공일공", dropped=[{"text": "<b>", "position": 18}])
        page = reviewer.get(reverse(LIST)).content.decode()
        for shown in ("번호는 010-1234-5678 &lt;b&gt;", "번호는 공일공", "전화번호: 010-1234-5678", str(request.pk)):
            assert shown in page
        assert "<b>" not in page.partition("result_list")[2].partition("번호는")[2][:200]

    def test_what_waits_is_listed_with_what_was_reported(self, reviewer: Client, member: Member, settings: Any) -> None:
        pending = succeeded(member)
        settings.REVIEW = "off"
        reported, _other = succeeded(member), succeeded(member)
        share = Share.objects.give_out(reported)
        Report.objects.file(share, "hurtful", "a network")

        def listed(query: str) -> set[Any]:
            page: Any = reviewer.get(f"{reverse(LIST)}?{query}")
            return {row.pk for row in page.context["cl"].result_list}

        assert listed("waits=review") == {pending.pk, reported.pk}
        assert listed("waits=reported") == {reported.pk}
        assert decide(reviewer, reported, "approve").status_code == 200
        assert listed("waits=review") == {pending.pk}
        assert Share.objects.live().count() == 1

    def test_it_is_searched_in_korean_however_it_is_typed(self, reviewer: Client, member: Member) -> None:
        request = queued(member, text="생일 축하해요.")
        queued(member, text="잘 자요.")
        page: Any = reviewer.get(reverse(LIST), {"q": "\u1109\u1162\u11bc\u110b\u1175\u11af"})
        assert [row.pk for row in page.context["cl"].result_list] == [request.pk]

    def test_a_list_asks_as_often_for_many_as_for_few(
        self, reviewer: Client, member: Member, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(5):
            succeeded(member)
        with django_assert_max_num_queries(25):
            assert reviewer.get(reverse(LIST)).status_code == 200
