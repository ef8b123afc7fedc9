"""/api/members/: the members and whether they have a voice."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.forms.models import model_to_dict
from django.test import Client
from PIL import Image

from voices.models import Member, Suggestion, Voice, VoiceRequest
from voices.pictures import read_picture
from voices.samples import ask_for_next_sample, delete_old_greetings
from voices.tasks import synthesize_next
from voices.webhooks.outbox import Webhook, WebhookDelivery


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
    file = io.BytesIO()
    Image.new("RGB", (600, 600), "red").save(file, "JPEG")
    file.seek(0)
    member.change_picture(read_picture(file))
    shown = client.get(f"/api/members/{member.pk}/").json()
    sizes = [Image.open(io.BytesIO(client.get(shown[name]).content)).size for name in ("picture", "picture_small")]
    assert sizes == [(600, 600), (256, 256)]


def test_a_picture_from_before_that_was_stored_as_uploaded_is_not_given_out(client: Client, member: Member) -> None:
    member.picture.save("face.svg", ContentFile(b"<svg>"))
    shown = client.get(f"/api/members/{member.pk}/").json()
    assert (shown["picture"], shown["picture_small"]) == (None, None)


def test_the_list_takes_two_queries_however_many_members_there_are(
    client: Client, member: Member, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        more = Member.objects.create(name=f"멤버 {number}", slug=f"more-{number}")
        Suggestion.objects.create(member=more, label="잘 자", text="잘 자.")
    with django_assert_num_queries(2):
        client.get("/api/members/")


def test_its_profile_is_in_both_languages(client: Client, member: Member) -> None:
    given = {
        "name_en": "Test",
        "position_en": "Vocalist",
        "tmi_en": "Likes tests.",
        "hue": 250,
        "greeting": "안녕, 나야.",
        "greeting_en": "Hi, it's me.",
    }
    Member.objects.update(**given)
    Suggestion.objects.create(member=member, label="둘째", text="둘째.", place=2)
    Suggestion.objects.create(member=member, label="첫째", label_en="First", text="첫째.", place=1)
    shown = client.get(f"/api/members/{member.pk}/").json()
    assert {name: shown[name] for name in given} == given
    assert shown["suggestions"] == [
        {"label": "첫째", "label_en": "First", "text": "첫째."},
        {"label": "둘째", "label_en": "", "text": "둘째."},
    ]


def test_only_links_over_https_are_given_out(client: Client, member: Member) -> None:
    Member.objects.update(links={"a": "https://example.com/", "b": "http://example.com/", "c": "javascript:alert(1)"})
    assert client.get(f"/api/members/{member.pk}/").json()["links"] == {"a": "https://example.com/"}


@pytest.mark.django_db(transaction=True)
class TestTheSample:
    """The greeting, spoken by a worker, for the voice that the member has now."""

    def sample(self, client: Client, member: Member) -> str | None:
        address: str | None = client.get(f"/api/members/{member.pk}/").json()["sample"]
        return address

    def make(self) -> VoiceRequest | None:
        made = ask_for_next_sample()
        if made:
            synthesize_next()
        return made

    def test_it_is_made_and_heard(self, client: Client, member: Member) -> None:
        assert self.make() is None
        Member.objects.update(greeting="안녕.")
        assert self.sample(client, member) is None
        made = self.make()
        assert made is not None
        address = self.sample(client, member)
        assert address
        assert client.get(address).status_code == 302
        assert client.get(address, follow=True)["Content-Type"] == "audio/mpeg"
        assert self.make() is None
        assert (made.priority, made.purpose) == (VoiceRequest.Priority.BATCH, "sample")

    @pytest.mark.parametrize("change", ["voice", "greeting"])
    def test_it_is_made_anew_when_the_voice_or_the_greeting_changes(
        self, change: str, client: Client, member: Member
    ) -> None:
        Member.objects.update(greeting="안녕.")
        first = self.make()
        assert first is not None
        if change == "greeting":
            Member.objects.update(greeting="반가워.")
        else:
            old = member.voices.get()
            other = {**model_to_dict(old, exclude=["id", "member", "active"]), "member": member, "mode": "spelled"}
            Voice.objects.create(**other).make_active()
        assert self.sample(client, member) is None
        delete_old_greetings()
        assert not VoiceRequest.objects.exists()
        second = self.make()
        assert second is not None
        assert (second.text, second.voice) == (
            Member.objects.get().greeting,
            Voice.objects.get(active=True),
        )
        delete_old_greetings()
        assert VoiceRequest.objects.get() == second

    def test_one_that_failed_is_not_tried_for_ever(self, member: Member) -> None:
        Member.objects.update(greeting="안녕.")
        made = ask_for_next_sample()
        assert made is not None
        assert made.fail("voice_runaway", "")
        assert ask_for_next_sample() is None

    def test_no_fan_hears_of_it_in_a_list_or_by_a_webhook(self, member: Member) -> None:
        Member.objects.update(greeting="안녕.")
        Webhook.objects.create(url="https://example.com/")
        self.make()
        assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("number", [0, 999_999, 2**63])
def test_an_unknown_member_is_not_found(number: int, client: Client, db: None) -> None:
    response = client.get(f"/api/members/{number}/")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_members_cannot_be_changed_by_anybody(client: Client, member: Member) -> None:
    for send in (client.post, client.put, client.patch, client.delete):
        response = send(f"/api/members/{member.pk}/", {}, content_type="application/json")
        assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")
