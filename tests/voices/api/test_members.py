"""/api/members/: the members and whether they have a voice."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from voices.models import Member


def test_members_are_listed_in_order_with_whether_they_can_speak(client: Client, member: Member) -> None:
    silent = Member.objects.create(name="조용한 멤버", slug="silent", links={"instagram": "https://example.com/"})
    shown = client.get("/api/members/").json()
    assert [(one["id"], one["name"], one["has_voice"]) for one in shown] == [
        (member.pk, "테스트 멤버", True),
        (silent.pk, "조용한 멤버", False),
    ]
    assert shown[1]["links"] == {"instagram": "https://example.com/"}


def test_an_inactive_voice_is_none(client: Client, member: Member) -> None:
    member.voices.update(active=False)
    assert client.get(f"/api/members/{member.pk}/").json()["has_voice"] is False


def test_a_members_picture_has_an_address(client: Client, member: Member) -> None:
    assert client.get(f"/api/members/{member.pk}/").json()["picture"] is None
    member.picture.save("face.png", ContentFile(b"PNG"))
    picture = client.get(f"/api/members/{member.pk}/").json()["picture"]
    assert client.get(picture).content == b"PNG"


def test_the_list_takes_one_query_however_many_members_there_are(
    client: Client, member: Member, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        Member.objects.create(name=f"멤버 {number}", slug=f"more-{number}")
    with django_assert_num_queries(1):
        client.get("/api/members/")


@pytest.mark.parametrize("number", [0, 999_999, 2**63])
def test_an_unknown_member_is_not_found(number: int, client: Client, db: None) -> None:
    response = client.get(f"/api/members/{number}/")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_members_cannot_be_changed_by_anybody(client: Client, member: Member) -> None:
    for send in (client.post, client.put, client.patch, client.delete):
        response = send(f"/api/members/{member.pk}/", {}, content_type="application/json")
        assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")
