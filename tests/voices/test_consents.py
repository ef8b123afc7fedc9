"""Consent on record: what it allows, what is refused without it, and that its end takes all sound back."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from testing import factories
from testing.factories import SENTENCE, Fan, client_with, files_below, make_api_key, reloaded
from voices import recalls
from voices.consents import NoConsent
from voices.models import Consent, Member, Share, StoredSentence, Voice, VoiceRequest, Webhook
from voices.recalls import go_on, resume_lost, revoke
from voices.samples import ask_for_next_sample
from voices.storage import temporary_url
from voices.tasks import synthesize_next
from voices.webhooks.outbox import WebhookDelivery

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def consent(member: Member) -> Consent:
    return Consent.objects.create(member=member, document="계약 2026-1", valid_from=TODAY - DAY)


def ask(client: Client, member: Member) -> tuple[int, str]:
    response = client.post(
        "/api/voice-requests/", {"member": member.pk, "text": SENTENCE}, content_type="application/json"
    )
    return response.status_code, (response.json().get("error") or {}).get("code", "")


REFUSED = (403, "no_consent")


class TestWhatIsAllowed:
    @pytest.mark.parametrize("without", [True, False])
    def test_a_setting_says_what_holds_where_nothing_is_on_record(
        self, without: bool, client: Client, member: Member, settings: Any
    ) -> None:
        settings.SPEAK_WITHOUT_CONSENT = without
        assert ask(client, member) == ((202, "") if without else REFUSED)
        assert VoiceRequest.objects.exists() == without

    @pytest.mark.parametrize(
        ("fields", "allowed"),
        [
            ({"valid_from": TODAY, "valid_until": TODAY}, True),
            ({"valid_from": TODAY + DAY}, False),
            ({"valid_from": TODAY - 2 * DAY, "valid_until": TODAY - DAY}, False),
            ({"scope": "page"}, True),
            ({"scope": "api"}, False),
        ],
        ids=["today only", "from tomorrow", "until yesterday", "the page", "keys only"],
    )
    def test_time_and_scope(self, fields: dict[str, Any], allowed: bool, client: Client, member: Member) -> None:
        Consent.objects.create(member=member, document="1", **fields)
        assert ask(client, member) == ((202, "") if allowed else REFUSED)
        of_key = fields.get("scope") == "api" or (allowed and fields.get("scope") != "page")
        assert ask(client_with(make_api_key("partner")), member) == ((202, "") if of_key else REFUSED)

    def test_one_voice_of_a_member(self, client: Client, member: Member) -> None:
        active = member.voices.get()
        other = Voice.objects.create(member=member, glow_tts_dir="x", hifigan_dir="y", mode="spelled")
        Consent.objects.create(member=member, voice=other, document="1")
        assert ask(client, member) == REFUSED
        Consent.objects.create(member=member, voice=active, document="2")
        assert ask(client, member) == (202, "")

    def test_staff_may_try_a_voice_before_there_is_a_consent_but_not_after_one(
        self, member: Member, settings: Any
    ) -> None:
        settings.SPEAK_WITHOUT_CONSENT = False
        voice = member.voices.get()
        assert voice.audition(SENTENCE)
        Member.objects.update(greeting="안녕.")
        VoiceRequest.objects.all().delete()
        assert ask_for_next_sample() is None
        revoke(Consent.objects.create(member=member, document="1"))
        with pytest.raises(NoConsent):
            voice.audition(SENTENCE)

    def test_a_worker_looks_again(self, consent: Consent, member: Member) -> None:
        request = factories.queued(member)
        Consent.objects.update(valid_until=TODAY - DAY)
        synthesize_next()
        failed = reloaded(request)
        assert (failed.status, failed.error_code) == ("failed", "no_consent")

    def test_the_api_of_openai_and_batches_refuse_too(self, client: Client, member: Member, settings: Any) -> None:
        settings.SPEAK_WITHOUT_CONSENT = False
        body = {"member": member.pk, "lines": [SENTENCE]}
        batch = client.post("/api/batches/", body, content_type="application/json")
        speech = client.post(
            "/v1/audio/speech",
            {"model": "forv", "input": SENTENCE, "voice": member.slug},
            content_type="application/json",
        )
        for response in (batch, speech):
            assert (response.status_code, response.json()["error"]["code"]) == REFUSED


class TestRevocation:
    def test_every_way_to_the_sound_is_gone(
        self, consent: Consent, member: Member, alice: Fan, media_dir: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        Webhook.objects.create(url="https://partner.example/hook")
        given_out = factories.succeeded(member, asker=alice.asker)
        share = Share.objects.give_out(given_out)
        batch = alice.client.post(
            "/api/batches/", {"member": member.pk, "lines": [SENTENCE]}, content_type="application/json"
        ).json()
        waiting = VoiceRequest.objects.queued().get()
        address = f"/api/voice-requests/{given_out.pk}/"
        ways = [
            temporary_url(given_out.audio_name), f"{address}audio/", f"{address}audio/?format=mp3",
            f"{address}captions.srt", f"/s/{share.token}", f"/s/{share.token}/audio", f"/s/{share.token}/card.png",
        ]  # fmt: skip
        assert all(alice.client.get(way).status_code in (200, 302) for way in (ways[0], ways[1], ways[3], ways[4]))

        with django_capture_on_commit_callbacks(execute=True):
            assert revoke(consent)
            # At once, before the task: what waits is stopped.
            assert reloaded(waiting).status == "cancelled"
            go_on(consent.pk)
        assert not revoke(consent)

        assert {way: alice.client.get(way).status_code for way in ways if alice.client.get(way).status_code < 400} == {}
        shown = alice.client.get(address).json()
        assert (shown["audio"], shown["audio_stream"]) == (None, None)
        assert alice.client.get(f"/api/batches/{batch['id']}/archive.zip").status_code == 409
        assert files_below(media_dir) == []
        assert ask(alice.client, member) == REFUSED
        assert set(VoiceRequest.objects.values_list("withdrawn_for", flat=True)) == {"revoked"}
        assert WebhookDelivery.objects.filter(event__endswith="withdrawn").count() == 2
        consent.refresh_from_db()
        assert (consent.to_recall, consent.recalled) == (2, 2)
        assert consent.recalled_at is not None

    def test_a_request_in_mid_speech_stops_at_its_next_sentence(
        self, consent: Consent, member: Member, media_dir: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request = factories.queued(member, text="하나. 둘. 셋.")
        store_sentence = VoiceRequest.store_sentence
        spoken: list[int] = []

        def store_then_revoke(self: VoiceRequest, sentence: StoredSentence) -> bool:
            held = store_sentence(self, sentence)
            spoken.append(sentence.number)
            if sentence.number == 0:
                assert revoke(consent)
            return held

        monkeypatch.setattr(VoiceRequest, "store_sentence", store_then_revoke)
        synthesize_next()
        stopped = reloaded(request)
        assert spoken == [0, 1]  # the second was being spoken, and is not stored
        assert (stopped.status, stopped.withdrawn_for) == ("cancelled", "revoked")
        assert not StoredSentence.objects.exists()
        assert files_below(media_dir) == []

    def test_what_another_consent_allows_stays(self, consent: Consent, member: Member, alice: Fan) -> None:
        key = make_api_key("partner")
        of_fan = factories.succeeded(member, asker=alice.asker)
        assert ask(client_with(key), member) == (202, "")
        of_key = VoiceRequest.objects.queued().get()
        Consent.objects.create(member=member, document="2", scope="api", voice=member.voices.get())
        revoke(consent)
        go_on(consent.pk)
        assert reloaded(of_fan).withdrawn_for == "revoked"
        assert reloaded(of_key).withdrawn_for == ""

    def test_it_goes_on_piece_by_piece_and_after_a_lost_task(
        self, consent: Consent, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recalls, "AT_ONCE", 1)
        monkeypatch.setattr(recalls, "SECONDS_AT_A_TIME", 0.0)
        for _ in range(3):
            factories.succeeded(member)
        revoke(consent)
        go_on(consent.pk)
        consent.refresh_from_db()
        assert (consent.to_recall, consent.recalled, consent.recalled_at) == (3, 1, None)
        again: list[tuple[Any, ...]] = []
        monkeypatch.setattr(recalls, "async_task", lambda *task: again.append(task))
        resume_lost()
        assert again == []
        Consent.objects.update(recall_renewed_at=timezone.now() - 2 * recalls.LOST_AFTER)
        resume_lost()
        assert again == [("voices.recalls.go_on", consent.pk)]

    @pytest.mark.django_db(transaction=True)
    def test_no_request_slips_through_while_a_consent_is_revoked(self, consent: Consent, member: Member) -> None:
        with factories.second_connection() as other, transaction.atomic():
            factories.queued(member)
            other.execute("SET lock_timeout = '300ms'")
            name = f"consent\n{member.pk}"
            with pytest.raises(Exception, match="lock timeout"):
                other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        connection.close()


class TestTheDesk:
    def test_staff_record_a_consent_see_it_and_revoke_it(self, admin_client: Client, member: Member) -> None:
        added = admin_client.post(
            "/admin/voices/consent/add/",
            {"member": member.pk, "document": "계약 7", "scope": "all", "valid_from": str(TODAY), "valid_until": ""},
        )
        assert added.status_code == 302, added.content.decode()
        consent = Consent.objects.get()
        factories.succeeded(member)
        for page in ("/admin/voices/consent/", f"/admin/voices/consent/{consent.pk}/change/", "/admin/voices/member/"):
            assert "동의 중" in admin_client.get(page).content.decode()
        assert admin_client.post(f"/admin/voices/consent/{consent.pk}/delete/", {"post": "yes"}).status_code == 403
        admin_client.post(
            "/admin/voices/consent/", {"action": "revoke", "_selected_action": [str(consent.pk)]}, follow=True
        )
        go_on(consent.pk)
        page = admin_client.get("/admin/voices/consent/").content.decode()
        assert "철회" in page and "1 / 1 ✓" in page

    def test_who_may_only_look_revokes_nothing(self, client: Client, consent: Consent, db: None) -> None:
        client.force_login(User.objects.create_user("viewer", is_staff=True))
        answer = client.post("/admin/voices/consent/", {"action": "revoke", "_selected_action": [str(consent.pk)]})
        assert answer.status_code in (302, 403)
        consent.refresh_from_db()
        assert consent.revoked_at is None
