"""/api/voices/: for staff, by token or session."""

import io
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from rest_framework.authtoken.models import Token

from testing.factories import SENTENCE, files_below
from testing.tiny_voice import write_tiny_voice
from voices.models import Member, Voice, VoiceRequest
from voices.tasks import synthesize_next

Upload = Callable[..., Any]


@pytest.fixture
def staff(admin_user: User) -> Client:
    return Client(headers={"Authorization": f"Token {Token.objects.create(user=admin_user).key}"})


@pytest.fixture
def pair(tmp_path: Path) -> dict[str, Path]:
    write_tiny_voice(tmp_path, 7)
    return {
        "glow_tts": tmp_path / "glow-tts/7/7g_checkpoint_1.pth.tar",
        "glow_tts_config": tmp_path / "glow-tts/7/7g_config.json",
        "hifigan": tmp_path / "hifigan-v2/7/7h_checkpoint_1.pth.tar",
        "hifigan_config": tmp_path / "hifigan-v2/7/7h_config.json",
    }


@pytest.fixture
def upload(pair: dict[str, Path], member: Member) -> Upload:
    def upload(client: Client, **changes: Any) -> Any:
        files = {name: io.BytesIO(path.read_bytes()) for name, path in pair.items()}
        for name, file in files.items():
            file.name = f"../../{name}"
        given = {"member": member.pk, "mode": "pronounced", **files, **changes}
        return client.post("/api/voices/", {name: value for name, value in given.items() if value is not None})

    return upload


def post(client: Client, address: str, body: object = None) -> Any:
    return client.post(address, json.dumps(body or {}), content_type="application/json")


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_a_pair_is_brought_checked_heard_activated_and_left(upload: Upload, staff: Client, member: Member) -> None:
    before = member.voices.get()
    imported = upload(staff)
    assert imported.status_code == 202
    voice = staff.get(imported["Location"]).json()
    assert (voice["status"], voice["active"], voice["card"]) == ("checking", False, None)
    address = imported["Location"]
    assert code(post(staff, f"{address}activate/")) == (409, "voice_not_usable")
    assert code(post(staff, f"{address}audition/", {"text": SENTENCE})) == (409, "voice_not_usable")

    synthesize_next()
    voice = staff.get(address).json()
    assert voice["status"] == "usable"
    assert [warning["code"] for warning in voice["warnings"]] == ["no_card"]

    audition = post(staff, f"{address}audition/", {"text": SENTENCE})
    assert audition.status_code == 202
    synthesize_next()
    assert staff.get(audition["Location"]).json()["status"] == "succeeded"

    assert post(staff, f"{address}activate/").json()["active"]
    assert post(staff, f"/api/members/{member.pk}/roll-back/").json()["error"]["code"] == "no_voice_before"
    before.make_active()
    assert post(staff, f"/api/members/{member.pk}/roll-back/").json()["id"] == voice["id"]
    assert {row["id"] for row in staff.get(f"/api/voices/?member={member.pk}").json()["results"]} == {
        before.pk,
        voice["id"],
    }


def test_no_name_of_a_stranger_becomes_a_path(upload: Upload, staff: Client, settings: Any) -> None:
    upload(staff)
    assert {Path(name).name for name in files_below(settings.IMPORTED_VOICES_DIR)} == {
        "checkpoint.pth",
        "config.json",
        "known_as.json",
    }


def test_its_card_is_shown(upload: Upload, staff: Client, member: Member) -> None:
    card = """
name = "하늘"
mode = "spelled"
licence = "CC0-1.0"
made_on = 2026-11-24
[data]
source = "recordings"
licence = "CC0-1.0"
utterances = 10
minutes = 1.0
[acoustic_model]
file = "1g_checkpoint_1.pth.tar"
sha256 = "other"
steps = 1
seed = 0
[vocoder]
file = "1h_checkpoint_1.pth.tar"
sha256 = "other"
steps = 1
seed = 0
[versions]
torch = "2"
"""
    address = upload(staff, card=io.BytesIO(card.encode()))["Location"]
    synthesize_next()
    voice = staff.get(address).json()
    assert (voice["card"]["name"], voice["card"]["data"]["utterances"]) == ("하늘", 10)
    assert {warning["code"] for warning in voice["warnings"]} == {
        "other_weights_than_its_card",
        "other_mode_than_its_card",
    }


class TestWhoMay:
    @pytest.mark.parametrize("address", ["/api/voices/", "/api/voices/1/"])
    def test_strangers_may_not(self, address: str, client: Client, member: Member) -> None:
        assert code(client.get(address)) == (401, "not_authenticated")
        assert client.get(address)["WWW-Authenticate"] == "Token"

    def test_nor_those_with_a_wrong_token(self, member: Member) -> None:
        stranger = Client(headers={"Authorization": "Token 0123456789"})
        assert code(stranger.get("/api/voices/")) == (401, "authentication_failed")

    def test_nor_users_who_are_not_staff(self, upload: Upload, django_user_model: Any) -> None:
        token = Token.objects.create(user=django_user_model.objects.create_user("fan"))
        fan = Client(headers={"Authorization": f"Token {token.key}"})
        assert code(upload(fan)) == (403, "permission_denied")
        assert not Voice.objects.filter(status="checking").exists()

    @pytest.mark.parametrize("role", ["nobody", "view", "add", "change", "fan with all", "superuser"])
    @pytest.mark.parametrize(
        ("method", "address", "needed"),
        [
            ("GET", "/api/voices/", "view"),
            ("GET", "/api/voices/{voice}/", "view"),
            ("POST", "/api/voices/", "add"),
            ("POST", "/api/voices/{voice}/audition/", "change"),
            ("POST", "/api/voices/{voice}/activate/", "change"),
            ("POST", "/api/members/{member}/roll-back/", "change"),
        ],
    )
    def test_each_role_may_what_its_permissions_allow(
        self, role: str, method: str, address: str, needed: str, member: Member, django_user_model: Any
    ) -> None:
        user = django_user_model.objects.create_user(
            "somebody", is_staff=role != "fan with all", is_superuser=role == "superuser"
        )
        names = ["view", "add", "change"] if role == "fan with all" else [role]
        user.user_permissions.set(Permission.objects.filter(codename__in=[f"{name}_voice" for name in names]))
        caller = Client(headers={"Authorization": f"Token {Token.objects.create(user=user).key}"})
        path = address.format(voice=member.voices.get().pk, member=member.pk)
        response = caller.generic(method, path, "{}", content_type="application/json")
        allowed = role in (needed, "superuser")
        assert (response.status_code != 403) == allowed, response.content
        if not allowed:
            assert code(response) == (403, "permission_denied")

    def test_the_admins_session_needs_its_csrf_token(self, admin_user: User, member: Member) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(admin_user)
        assert client.get("/api/voices/").status_code == 200
        assert code(post(client, f"/api/members/{member.pk}/roll-back/")) == (403, "permission_denied")


class TestWhatIsRefused:
    @pytest.mark.parametrize("name", ["glow_tts", "glow_tts_config", "hifigan", "hifigan_config", "member", "mode"])
    def test_something_is_missing(self, name: str, upload: Upload, staff: Client) -> None:
        response = upload(staff, **{name: None})
        assert code(response) == (400, "missing_field")
        assert response.json()["error"]["field"] == name

    def test_a_config_can_not_be_that_long(self, upload: Upload, staff: Client, settings: Any) -> None:
        response = upload(staff, glow_tts_config=io.BytesIO(b" " * (2**20 + 1)))
        assert code(response) == (400, "too_large")
        assert not Path(settings.IMPORTED_VOICES_DIR).exists()

    def test_json_is_no_upload(self, staff: Client, member: Member) -> None:
        assert code(post(staff, "/api/voices/")) == (415, "unsupported_media_type")

    @pytest.mark.parametrize("number", [0, 4711])
    def test_there_is_no_such_voice_or_member(self, number: int, staff: Client, member: Member) -> None:
        assert code(staff.get(f"/api/voices/{number}/")) == (404, "not_found")
        assert code(post(staff, f"/api/members/{number}/roll-back/")) == (404, "not_found")
        assert code(staff.get(f"/api/voices/?member={number}")) == (400, "unknown_member")


BURNT = Path(__file__).with_name("burnt")


class Bomb:
    def __reduce__(self) -> Any:
        return (Path.touch, (BURNT,))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"glow_tts": pickle.dumps(Bomb())}, "Glow-TTS glow_tts: "),
        ({"glow_tts": b"no checkpoint at all"}, "Glow-TTS glow_tts: "),
        ({"glow_tts_config": b'{"model": "tacotron"}'}, "expected an acoustic model"),
        ({"hifigan_config": b"[]"}, "not a JSON object"),
        ({"card": b"name = 1"}, "Glow-TTS card: "),
    ],
)
def test_hostile_files_end_as_an_unusable_voice(
    change: dict[str, bytes], reason: str, upload: Upload, staff: Client
) -> None:
    address = upload(staff, **{name: io.BytesIO(content) for name, content in change.items()})["Location"]
    synthesize_next()
    voice = staff.get(address).json()
    assert voice["status"] == "unusable"
    assert reason in voice["problem"]
    assert voice["problem_code"]
    english = staff.get(address, headers={"Accept-Language": "en"}).json()["problem"]
    assert voice["problem"].splitlines()[1] == english
    assert re.search("[가-힣]", voice["problem"].splitlines()[0])
    assert not BURNT.exists()
    assert code(post(staff, f"{address}activate/")) == (409, "voice_not_usable")
    assert VoiceRequest.objects.get().status == "failed"
