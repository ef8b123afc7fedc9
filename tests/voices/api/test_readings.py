"""`readings`: how a fan wants words to be read, for one request; and words that are only tried out."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from testing import factories
from testing.factories import Fan, files_below, reloaded
from voices.models import DictionaryEntry, Member, VoiceRequest
from voices.tasks import synthesize_next
from voices.webhooks.outbox import Webhook, WebhookDelivery
from voices.worker.sweeper import delete_trials

ADDRESS = "/api/voice-requests/"
ASKED = {"넷플릭스": "넫플릭쓰", "QQX": "꾸꾸"}


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(path, body, content_type="application/json")


def preview(client: Client, **body: Any) -> Any:
    return post(client, "/api/text-preview/", **body).json()


class TestThePreview:
    def test_it_reads_words_as_asked_before_the_dictionary(self, client: Client, member: Member) -> None:
        DictionaryEntry.objects.create(written="QQX", reading="큐큐", member=member)
        text = "넷플릭스에서 QQX를 봤어요."
        assert preview(client, text=text, member=member.pk)["spoken_text"] == "넷플릭스에서 큐큐를 봤어요."
        shown = preview(client, text=text, member=member.pk, readings=ASKED)
        assert shown["spoken_text"] == "넫플릭쓰에서 꾸꾸를 봤어요."
        first = shown["sentences"][0]["tokens"][0]
        assert text[first["start"] : first["end"]] == "넷플릭스에서"

    def test_it_changes_nothing_for_the_next_one(self, client: Client, member: Member) -> None:
        preview(client, text="QQX", readings=ASKED)
        assert preview(client, text="QQX")["spoken_text"] != "꾸꾸"

    def test_speed_and_what_is_dropped_are_those_of_the_text_so_read(self, client: Client, member: Member) -> None:
        slow, fast = (
            preview(client, text="QQX ★ 안녕.", member=member.pk, readings=ASKED, speed=speed) for speed in (0.5, 2.0)
        )
        assert slow["seconds"] == pytest.approx(4 * fast["seconds"])
        assert fast["dropped"] == [{"text": "★", "position": 4}]

    def test_a_sign_that_can_not_be_spoken_can_be_given_a_reading(self, client: Client, db: None) -> None:
        shown = preview(client, text="★ 안녕.", readings={"★": "별"})
        assert (shown["spoken_text"], shown["dropped"]) == ("별 안녕.", [])


BAD: list[tuple[Any, str]] = [
    ({"넷플릭스": "netflix"}, "not_hangul"),
    ({"넷플릭스": ""}, "empty_text"),
    ({"넷플릭스": 7}, "invalid"),
    ({"넷플릭스": "가" * 101}, "too_long"),
    ({"가" * 51: "가"}, "too_long"),
    ({"": "가"}, "empty_text"),
    ({" 가": "가"}, "not_one_line"),
    ({"가\n나": "가"}, "not_one_line"),
    ({"\u200b": "가"}, "not_a_word"),
    ({"㏂" * 50: "가"}, "not_a_word"),  # each is four letters
    ({"가\x00나": "가"}, "null_characters_not_allowed"),
    ({f"가{number}": "가" for number in range(21)}, "too_many"),
    (["넷플릭스"], "invalid"),
    (None, "missing_field"),
]


@pytest.mark.parametrize("path", ["/api/text-preview/", ADDRESS])
@pytest.mark.parametrize(("readings", "code"), BAD, ids=[code for _, code in BAD])
def test_what_is_no_reading_is_refused_by_name(
    readings: Any, code: str, path: str, client: Client, member: Member
) -> None:
    response = post(client, path, member=member.pk, text="넷플릭스", readings=readings)
    assert response.status_code == 400, response.content
    error = response.json()["error"]
    assert (error["code"], error["field"]) == (code, "readings")
    assert error["message"]
    assert not VoiceRequest.objects.exists()


class TestARequest:
    @pytest.mark.django_db(transaction=True)
    def test_the_worker_reads_as_asked_and_so_does_a_retry(self, client: Client, member: Member) -> None:
        made = post(client, ADDRESS, member=member.pk, text="QQX 안녕.", readings=ASKED).json()
        assert made["readings"] == ASKED
        request = VoiceRequest.objects.get(pk=made["id"])
        assert request.cancel()
        again = reloaded(request).retry()
        synthesize_next()
        assert reloaded(again).spoken_text == "꾸꾸 안녕."

    def test_other_readings_are_another_request(self, client: Client, member: Member) -> None:
        def status(readings: dict[str, str]) -> int:
            body = {"member": member.pk, "text": "QQX", "readings": readings}
            answer = client.post(ADDRESS, body, content_type="application/json", headers={"idempotency-key": "k"})
            return answer.status_code

        assert [status(ASKED), status(ASKED), status({}), status({"QQX": "꾸꾸"})] == [202, 202, 422, 422]


class TestTrials:
    """A word of the preview to listen to, which is nothing to keep."""

    @pytest.mark.django_db(transaction=True)
    def test_it_is_heard_but_stands_in_no_list_and_tells_no_webhook(self, alice: Fan, member: Member) -> None:
        Webhook.objects.create(url="https://example.com/")
        made = post(alice.client, ADDRESS, member=member.pk, text="QQX", readings=ASKED, trial=True)
        assert made.status_code == 202
        synthesize_next()
        path = f"{ADDRESS}{made.json()['id']}/"
        assert alice.client.get(path).json()["status"] == "succeeded"
        assert alice.client.get(f"{path}audio/").status_code == 302
        assert alice.client.get(ADDRESS).json()["count"] == 0
        assert not WebhookDelivery.objects.exists()
        assert not member.voices.get().auditions.exists()

    def test_it_is_short(self, client: Client, member: Member) -> None:
        error = post(client, ADDRESS, member=member.pk, text="가" * 51, trial=True).json()["error"]
        assert (error["code"], error["field"], error["message"]) == (
            "too_long",
            "text",
            "글이 너무 길어요. 50자까지 쓸 수 있어요.",
        )
        assert post(client, ADDRESS, member=member.pk, text="가", trial="yes").json()["error"]["field"] == "trial"

    def test_it_is_deleted_an_hour_later_with_its_audio(self, member: Member, media_dir: Path) -> None:
        kept = factories.succeeded(member)
        old, new = (factories.succeeded(member, purpose=VoiceRequest.Purpose.TRIAL) for _ in range(2))
        an_hour_ago = Now() - timedelta(minutes=61)
        VoiceRequest.objects.filter(pk__in=[old.pk, kept.pk]).update(finished_at=an_hour_ago)
        delete_trials()
        assert set(VoiceRequest.objects.all()) == {kept, new}

    @pytest.mark.django_db(transaction=True)
    def test_its_audio_goes_with_it(self, member: Member, media_dir: Path) -> None:
        factories.succeeded(member, purpose=VoiceRequest.Purpose.TRIAL)
        VoiceRequest.objects.update(finished_at=Now() - timedelta(hours=2))
        delete_trials()
        assert files_below(media_dir) == []
