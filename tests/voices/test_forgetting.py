"""Who asked for something takes it along, or has it forgotten: rows, audio, shares, proposals, keys."""

import functools
import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from asgiref.sync import async_to_sync
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import AsyncClient, Client
from django_q.models import OrmQ

from testing import factories
from testing.factories import Fan, client_with, files_below, make_api_key
from testing.processes import Service, wait_until
from voices import forgetting
from voices.api import me
from voices.api.throttles import open_streams
from voices.choices import Scope
from voices.export import export_pieces
from voices.forgetting import forget
from voices.models import DictionaryEntry, Member, Owner, ReadingProposal, Report, Share, Transfer, VoiceRequest
from voices.retention import apply_next_batch

ME = "/api/me/"
EXPORT = "/api/me/export.zip"


def unzipped(content: bytes) -> dict[str, Any]:
    """Return the files of a zip by name; JSON is read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    return {name: json.loads(file) if name.endswith(".json") else file for name, file in files.items()}


@pytest.mark.django_db(transaction=True)
class TestForgetting:
    def test_all_that_is_ones_own_goes_and_nothing_else(
        self, alice: Fan, bob: Fan, member: Member, media_dir: Path, client: Client
    ) -> None:
        spoken = factories.succeeded(member, asker=alice.asker, text="이건 비밀이에요.")
        factories.sentence_of(spoken).save()
        share = Share.objects.give_out(spoken)
        Report.objects.file(share, Report.Reason.OTHER, "a network")
        for state in (factories.queued, factories.processing, factories.failed, factories.cancelled):
            state(member, asker=alice.asker)
        others = factories.succeeded(member, asker=bob.asker)
        code, _transfer = Transfer.objects.begin(alice.owner)
        device = client_with(Transfer.objects.claim(code))
        Transfer.objects.begin(alice.owner)

        assert device.delete(ME).status_code == 204
        assert list(VoiceRequest.objects.all()) == [others]
        assert files_below(media_dir) == [others.audio_name]
        assert not (Share.objects.exists() or Report.objects.exists() or Transfer.objects.exists())
        assert list(Owner.objects.all()) == [bob.owner]
        assert client.get(f"/s/{share.token}").status_code == 404
        for former in (alice.client, device):
            assert former.get("/api/voice-requests/").status_code == 401
        assert len(bob.client.get("/api/voice-requests/").json()["results"]) == 1

    def test_proposals_go_unless_others_made_them_too(self, alice: Fan, bob: Fan, member: Member) -> None:
        propose = ReadingProposal.objects.propose
        for word in ("A팀", "B팀", "C팀"):
            propose(alice.asker, word, "가", None, f"{word} 우리 집은 서울이에요.")
        propose(bob.asker, "B팀", "가", None, "")
        ReadingProposal.objects.get(written="C팀").accept()
        assert forget(alice.owner, seconds=60)
        (left,) = ReadingProposal.objects.all()
        assert (left.written, left.sentence, left.owner) == ("B팀", "", None)
        assert DictionaryEntry.objects.get().written == "C팀"

    def test_what_does_not_go_in_time_goes_by_the_queue(
        self, alice: Fan, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(forgetting, "AT_ONCE", 1)
        monkeypatch.setattr(me, "_ANSWERED_WITHIN_SECONDS", 0.0)
        for _ in range(3):
            factories.succeeded(member, asker=alice.asker)
        OrmQ.objects.all().delete()
        assert alice.client.delete(ME).status_code == 202
        assert alice.client.get("/api/voice-requests/").status_code == 401
        assert VoiceRequest.objects.count() == 2
        while OrmQ.objects.exists():
            OrmQ.objects.all().delete()
            apply_next_batch()
        assert not (VoiceRequest.objects.exists() or Owner.objects.exists() or files_below(media_dir))

    def test_it_takes_a_key_that_may_write(self, client: Client, member: Member) -> None:
        reader = client_with(make_api_key("a reader", scope=Scope.READ))
        assert (client.delete(ME).status_code, reader.delete(ME).status_code) == (401, 403)
        assert (client.get(EXPORT).status_code, Owner.objects.count()) == (401, 1)


@pytest.mark.django_db(transaction=True)
class TestTakingAlong:
    def test_it_holds_rows_and_audio_of_ones_own(self, alice: Fan, bob: Fan, member: Member) -> None:
        spoken = factories.succeeded(member, asker=alice.asker, text="다 가져갈래요.")
        share = Share.objects.give_out(spoken)
        factories.failed(member, asker=alice.asker)
        factories.succeeded(member, asker=bob.asker, text="내 거예요.")
        ReadingProposal.objects.propose(alice.asker, "A팀", "에이 팀", None, "A팀 화이팅!")

        files = unzipped(b"".join(export_pieces(alice.owner)))
        about, requests, proposals = (files.pop(f"{name}.json") for name in ("about", "requests", "proposals"))
        assert (about["kind"], about["requests"]) == ("listener", 2)
        assert {request["status"] for request in requests} == {"succeeded", "failed"}
        (own,) = (request for request in requests if request["status"] == "succeeded")
        assert (own["text"], own["shares"][0]["token"], own["member"]) == ("다 가져갈래요.", share.token, member.name)
        assert [proposal["sentence"] for proposal in proposals] == ["A팀 화이팅!"]
        assert files == {own["audio"]: factories.AUDIO}

    def test_more_than_a_page_and_lost_audio(
        self, alice: Fan, member: Member, media_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("voices.export._ROWS_AT_ONCE", 2)
        spoken = [factories.succeeded(member, asker=alice.asker) for _ in range(5)]
        (media_dir / spoken[0].audio_name).unlink()
        files = unzipped(b"".join(export_pieces(alice.owner)))
        assert len(files["requests.json"]) == 5
        assert len([name for name in files if name.startswith("audio/")]) == 4

    def test_it_is_counted_until_who_asked_has_gone(self, alice: Fan, settings: Any) -> None:
        settings.STREAMS_PER_FAN = 1

        async def begin_and_leave() -> list[bool]:
            get = functools.partial(AsyncClient().get, EXPORT, headers={"authorization": f"Bearer {alice.token}"})
            response: Any = await get()
            pieces: Any = aiter(response)
            await anext(pieces)
            room = [open_streams.has_room(alice.asker)]
            assert (await get()).status_code == 429
            await pieces.aclose()
            return [*room, open_streams.has_room(alice.asker)]

        assert async_to_sync(begin_and_leave)() == [False, True]


@pytest.mark.django_db(transaction=True)
def test_the_commands(alice: Fan, member: Member, tmp_path: Path) -> None:
    factories.succeeded(member, asker=alice.asker)
    out = tmp_path / "alice.zip"
    call_command("export_owner", alice.token, out=out, stdout=io.StringIO())
    assert len(unzipped(out.read_bytes())["requests.json"]) == 1
    said = io.StringIO()
    call_command("forget_owner", str(alice.owner.pk), dry_run=True, stdout=said)
    assert "1 requests would be deleted" in said.getvalue()
    call_command("forget_owner", alice.token[:16], stdout=said)
    assert not (VoiceRequest.objects.exists() or Owner.objects.exists())
    with pytest.raises(CommandError):
        call_command("forget_owner", alice.token)


@pytest.mark.django_db(transaction=True)
class TestDesk:
    LIST = "/admin/voices/listener/"

    def test_staff_find_a_listener_by_a_request_and_forget_it(
        self, admin_client: Client, alice: Fan, bob: Fan, member: Member
    ) -> None:
        spoken = factories.succeeded(member, asker=alice.asker, text="찾아 주세요.")
        for term in (str(spoken.pk), "찾아 주세요", alice.token):
            found = admin_client.get(self.LIST, {"q": term}).content.decode()
            assert f"{self.LIST}{alice.owner.pk}/" in found and f"{self.LIST}{bob.owner.pk}/" not in found
        assert (
            f"{self.LIST}{alice.owner.pk}/export.zip"
            in admin_client.get(f"{self.LIST}{alice.owner.pk}/change/").content.decode()
        )
        asked = admin_client.get(f"{self.LIST}{alice.owner.pk}/delete/").content.decode()
        assert f"듣는 사람 {alice.owner.pk}" in asked
        admin_client.post(f"{self.LIST}{alice.owner.pk}/delete/", {"post": "yes"})
        apply_next_batch()
        assert list(Owner.objects.all()) == [bob.owner]
        assert not VoiceRequest.objects.exists()
        assert "찾아" not in str(list(LogEntry.objects.values()))

    def test_only_who_may_delete_and_change_does(self, alice: Fan, django_user_model: Any) -> None:
        looker = django_user_model.objects.create_user("looker", is_staff=True)
        looker.user_permissions.add(Permission.objects.get(codename="view_listener"))
        client = Client()
        client.force_login(looker)
        assert client.get(self.LIST).status_code == 200
        assert client.get(f"{self.LIST}{alice.owner.pk}/export.zip").status_code == 403
        assert client.post(f"{self.LIST}{alice.owner.pk}/delete/", {"post": "yes"}).status_code == 403
        assert Client().get(f"{self.LIST}{alice.owner.pk}/export.zip").status_code == 302


def test_nothing_is_left_on_the_running_service(live: Service, live_database: str) -> None:
    text = f"잊어 주세요, 제발요. {time.time_ns()}"
    with httpx.Client(base_url=live.address, timeout=30) as client:
        client.headers["authorization"] = token = f"Bearer {client.post('/api/listeners/', json={}).json()['token']}"
        request = client.post("/api/voice-requests/", json={"member": 1, "text": text}).json()
        address = f"/api/voice-requests/{request['id']}/"
        wait_until(lambda: client.get(address).json()["status"] == "succeeded", 60)
        share = client.post("/api/shares/", json={"request": request["id"]}).json()["token"]
        audio = client.get(f"{address}audio/").headers["location"]
        heard = client.get(audio).content

        files = unzipped(client.get("/api/me/export.zip").content)
        assert [row["text"] for row in files["requests.json"]] == [text]
        assert files[files["requests.json"][0]["audio"]] == heard
        with psycopg.connect(live_database) as database:
            assert tables_with(database, text) == ["voices_voicerequest"]

        before = set(files_below(live.data_dir / "media"))
        assert client.delete("/api/me/").status_code == 204
        assert client.get("/api/shares/").status_code == 401
        del client.headers["authorization"]
        for gone in (address, audio, f"/s/{share}", f"/s/{share}/card.png"):
            assert client.get(gone).status_code == 404, gone
    # Beside the greetings, which workers may be speaking.
    assert len(before - set(files_below(live.data_dir / "media"))) == 1
    with psycopg.connect(live_database) as database:
        assert tables_with(database, text) == []
        assert tables_with(database, request["id"]) == []
    for secret in (text, token.removeprefix("Bearer ")):
        assert secret not in live.log()


def tables_with(database: "psycopg.Connection[Any]", text: str) -> list[str]:
    """Return the tables that have a text in any row."""
    tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return [
        name
        for (name,) in tables
        if database.execute(f'SELECT 1 FROM "{name}" AS row WHERE row::text LIKE %s', [f"%{text}%"]).fetchone()
    ]
