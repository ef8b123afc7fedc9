"""Readings that fans propose: asked of the API, spoken by a worker, decided in the admin."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from testing import factories
from testing.factories import Fan, client_with, files_below, make_api_key, reloaded
from voices import proposals
from voices.models import DictionaryEntry, Member, ReadingProposal, VoiceRequest
from voices.samples import ask_for_next_sample, delete_old_greetings
from voices.tasks import synthesize_next

ADDRESS = "/api/reading-proposals/"
LIST = "/admin/voices/readingproposal/"
SENTENCE = "오늘은 QQX 보는 날."


def propose(client: Client, **fields: Any) -> Any:
    body = {"written": "QQX", "reading": "꾸꾸", **fields}
    return client.post(ADDRESS, body, content_type="application/json")


def proposed(**fields: Any) -> ReadingProposal:
    return ReadingProposal.objects.create(**{"written": "QQX", "reading": "꾸꾸", "sentence": SENTENCE, **fields})


class TestProposing:
    def test_it_is_recorded_for_a_member_or_for_all(self, alice: Fan, member: Member) -> None:
        answer = propose(alice.client, member=member.pk, sentence=SENTENCE)
        assert (answer.status_code, answer.json()) == (
            201,
            {"written": "QQX", "reading": "꾸꾸", "member": member.pk, "sentence": SENTENCE},
        )
        assert propose(alice.client).status_code == 201
        of_member, of_all = ReadingProposal.objects.order_by("pk")
        assert (of_member.member, of_member.owner, of_all.member) == (member, alice.owner, None)
        assert not DictionaryEntry.objects.exists()

    def test_the_same_of_others_is_counted_once_a_person(self, alice: Fan, bob: Fan, client: Client) -> None:
        for asker in (alice.client, alice.client, bob.client, client):
            assert propose(asker).status_code == 201
        assert ReadingProposal.objects.get().times == 3
        assert propose(bob.client, reading="큐큐").status_code == 201
        assert ReadingProposal.objects.count() == 2

    @pytest.mark.parametrize(
        ("fields", "field", "code"),
        [
            ({"reading": "queue"}, "reading", "not_hangul"),
            ({"written": "\u200b"}, "written", "not_a_word"),
            ({"written": ""}, "written", "empty_text"),
            ({"member": 999}, "member", "unknown_member"),
            ({"sentence": "가" * 201}, "sentence", "too_long"),
        ],
    )
    def test_what_is_no_reading_is_refused(
        self, fields: dict[str, Any], field: str, code: str, client: Client, db: None
    ) -> None:
        answer = propose(client, **fields)
        assert answer.status_code == 400
        assert (answer.json()["error"]["field"], answer.json()["error"]["code"]) == (field, code)
        assert not ReadingProposal.objects.exists()

    def test_so_many_may_wait_for_a_decision(self, client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(proposals, "MOST_OPEN", 1)
        assert propose(client).status_code == 201
        refused = propose(client, reading="큐큐")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_proposals")
        assert refused["Retry-After"]
        assert propose(client).status_code == 201  # counted, not added
        ReadingProposal.objects.get().decline()
        assert propose(client, reading="큐큐").status_code == 201

    def test_a_key_that_only_reads_proposes_nothing(self, db: None) -> None:
        assert propose(client_with(make_api_key("a site", scope="read"))).status_code == 403

    def test_nobody_lists_them(self, alice: Fan, client: Client) -> None:
        propose(alice.client)
        for one in (alice.client, client):
            assert one.get(ADDRESS).status_code == 405


@pytest.mark.django_db(transaction=True)
class TestTheSample:
    def test_a_worker_speaks_it_when_nobody_waits(self, member: Member, media_dir: Path) -> None:
        proposal = proposed()
        waits = factories.queued(member)
        assert ask_for_next_sample() is None
        assert waits.cancel()
        sample = ask_for_next_sample()
        assert sample is not None
        assert ask_for_next_sample() is None
        synthesize_next()
        sample = reloaded(sample)
        assert (sample.status, sample.spoken_text) == ("succeeded", "오늘은 꾸꾸 보는 날.")
        assert (sample.voice, sample.priority) == (member.voices.get(), VoiceRequest.Priority.BATCH)
        synthesize_next()  # as it is read now, to compare
        proposal.refresh_from_db()
        assert proposal.sample == sample
        assert proposal.sample_now is not None
        assert (proposal.sample_now.text, proposal.sample_now.readings) == (sample.text, {})
        assert proposal.sample_now.spoken_text != sample.spoken_text
        delete_old_greetings()
        assert len(files_below(media_dir)) == 2
        assert proposal.decline()
        assert files_below(media_dir) == []

    def test_a_word_without_a_sentence_is_spoken_alone(self, member: Member) -> None:
        proposed(sentence="다른 말.", member=member)
        sample = ask_for_next_sample()
        assert sample is not None
        assert sample.text == "QQX"

    def test_a_member_without_a_voice_has_none(self, member: Member) -> None:
        proposed(member=Member.objects.create(name="조용한 멤버", slug="silent"))
        assert ask_for_next_sample() is None

    def test_one_that_failed_is_not_tried_for_ever(self, member: Member) -> None:
        proposed(sentence="")
        sample = ask_for_next_sample()
        assert sample is not None
        assert sample.fail("voice_runaway", "")
        sample.delete()
        assert ask_for_next_sample() is None

    def test_it_goes_with_its_proposal(self, member: Member) -> None:
        proposed()
        ask_for_next_sample()
        ReadingProposal.objects.all().delete()
        assert not VoiceRequest.objects.exists()


def staff(client: Client, django_user_model: Any, *permissions: str) -> Client:
    user: User = django_user_model.objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


MAY_DECIDE = ("view_readingproposal", "change_readingproposal", "add_dictionaryentry")


class TestDeciding:
    def test_one_press_writes_the_dictionary(self, client: Client, django_user_model: Any, member: Member) -> None:
        proposal = proposed(member=member)
        manager = staff(client, django_user_model, *MAY_DECIDE)
        page = manager.get(LIST).content.decode()
        assert f'formaction="{LIST}{proposal.pk}/decide/" aria-keyshortcuts="A"' in page
        decided = manager.post(f"{LIST}{proposal.pk}/decide/", {"what": "accept"}, follow=True)
        assert decided.redirect_chain[-1][0] == f"{LIST}?status__exact=open"
        assert "사전에 넣었습니다: QQX → 꾸꾸" in decided.content.decode()
        entry = DictionaryEntry.objects.get()
        assert (entry.written, entry.reading, entry.member) == ("QQX", "꾸꾸", member)
        again = manager.post(f"{LIST}{proposal.pk}/decide/", {"what": "decline"}, follow=True).content.decode()
        assert "이미 결정한 제안입니다." in again
        proposal.refresh_from_db()
        assert proposal.status == "accepted"
        assert proposal.decided_at

    def test_it_replaces_the_reading_of_before(self, db: None) -> None:
        DictionaryEntry.objects.create(written="QQX", reading="큐큐")
        assert proposed().accept()
        assert DictionaryEntry.objects.get().reading == "꾸꾸"

    def test_declined_it_changes_nothing(self, client: Client, django_user_model: Any) -> None:
        proposal = proposed()
        staff(client, django_user_model, *MAY_DECIDE).post(f"{LIST}{proposal.pk}/decide/", {"what": "decline"})
        proposal.refresh_from_db()
        assert (proposal.status, DictionaryEntry.objects.exists()) == ("declined", False)

    def test_many_at_once(self, client: Client, django_user_model: Any) -> None:
        marked = [proposed(written=f"QQ{letter}").pk for letter in "XYZ"]
        manager = staff(client, django_user_model, *MAY_DECIDE)
        said = manager.post(LIST, {"action": "accept", "_selected_action": marked}, follow=True).content.decode()
        assert "읽는 법 3건을 사전에 넣었습니다." in said
        assert DictionaryEntry.objects.count() == 3

    @pytest.mark.parametrize("lacking", MAY_DECIDE[1:])
    def test_who_may_not_write_the_dictionary_decides_nothing(
        self, lacking: str, client: Client, django_user_model: Any
    ) -> None:
        proposal = proposed()
        viewer = staff(client, django_user_model, *(name for name in MAY_DECIDE if name != lacking))
        assert viewer.get(LIST).status_code == 200
        assert viewer.post(f"{LIST}{proposal.pk}/decide/", {"what": "accept"}).status_code == 403
        viewer.post(LIST, {"action": "accept", "_selected_action": [proposal.pk]})
        proposal.refresh_from_db()
        assert proposal.status == "open"

    def test_nobody_else_gets_in(self, client: Client, db: None) -> None:
        proposal = proposed()
        answer = client.post(f"{LIST}{proposal.pk}/decide/", {"what": "accept"})
        assert (answer.status_code, answer["Location"][:13]) == (302, "/admin/login/")

    def test_what_strangers_wrote_is_shown_as_text(self, admin_client: Client, db: None) -> None:
        proposed(written="<b>", sentence="<b><script>x</script>")
        page = admin_client.get(LIST).content.decode()
        assert "<script>x" not in page
        assert "&lt;script&gt;x" in page
