"""The admin's pages of voices."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from testing.tiny_voice import write_tiny_voice
from voices.models import Member, Voice, VoiceRequest
from voices.tasks import synthesize_next


def page_of(voice: Voice) -> str:
    return reverse("admin:voices_voice_change", args=[voice.pk])


def act(client: Client, voice: Voice, what: str, **more: str) -> str:
    address = reverse("admin:voices_voice_act", args=[voice.pk])
    return client.post(address, {"what": what, **more}, follow=True).content.decode()


@pytest.fixture
def imported(admin_client: Client, member: Member, tmp_path: Path) -> Voice:
    """A pair uploaded by the admin's form."""
    write_tiny_voice(tmp_path, 7)
    with (
        (tmp_path / "glow-tts/7/7g_checkpoint_1.pth.tar").open("rb") as glow_tts,
        (tmp_path / "glow-tts/7/7g_config.json").open("rb") as glow_tts_config,
        (tmp_path / "hifigan-v2/7/7h_checkpoint_1.pth.tar").open("rb") as hifigan,
        (tmp_path / "hifigan-v2/7/7h_config.json").open("rb") as hifigan_config,
    ):
        response = admin_client.post(
            reverse("admin:voices_voice_add"),
            {
                "member": member.pk, "mode": "pronounced", "glow_tts": glow_tts, "glow_tts_config": glow_tts_config,
                "hifigan": hifigan, "hifigan_config": hifigan_config,
            },
        )  # fmt: skip
    voice = Voice.objects.get(status="checking")
    assert response.headers["Location"] == page_of(voice)
    return voice


def test_a_voice_is_brought_heard_activated_and_left(admin_client: Client, imported: Voice, member: Member) -> None:
    old = member.voices.exclude(pk=imported.pk).get()
    old.make_active()
    waiting = admin_client.get(page_of(imported)).content.decode()
    assert f"/api/voice-requests/{imported.auditions.get().pk}/events/" in waiting
    assert 'value="activate"' not in waiting

    synthesize_next()
    shown = admin_client.get(page_of(imported)).content.decode()
    assert 'value="activate"' in shown and "data-follow" not in shown
    assert f"/admin/voices/voicerequest/{imported.auditions.get().pk}/audio/" in shown

    act(admin_client, imported, "audition", text="<b>들어 보세요.</b>")
    synthesize_next()
    assert "&lt;b&gt;들어 보세요" in admin_client.get(page_of(imported)).content.decode()

    act(admin_client, imported, "activate")
    assert member.voices.get(active=True) == imported
    assert old.glow_tts_dir in act(admin_client, imported, "roll_back")
    assert member.voices.get(active=True) == old


@pytest.mark.parametrize("what", ["activate", "audition", "roll_back", "check", "nothing"])
def test_only_who_may_change_voices_acts_on_them(what: str, imported: Voice, django_user_model: Any) -> None:
    looker: User = django_user_model.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_voice"))
    client = Client()
    client.force_login(looker)
    before = Voice.objects.values().get(pk=imported.pk), VoiceRequest.objects.count()
    assert 'class="voice-acts"' not in client.get(page_of(imported)).content.decode()
    address = reverse("admin:voices_voice_act", args=[imported.pk])
    assert client.post(address, {"what": what, "text": "안녕."}).status_code == 403
    assert (Voice.objects.values().get(pk=imported.pk), VoiceRequest.objects.count()) == before


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("activate", "아직 검사를 통과하지 못한"),
        ("audition", "아직 검사를 통과하지 못한"),
        ("roll_back", "이전에 쓰던"),
        ("nothing", "그런 동작은 없"),
    ],
)
def test_what_can_not_be_done_is_said(what: str, why: str, admin_client: Client, imported: Voice) -> None:
    assert why in act(admin_client, imported, what, text="안녕.")
    assert not Voice.objects.get(pk=imported.pk).active


def test_a_voice_that_speaks_is_not_checked_again(admin_client: Client, member: Member) -> None:
    active = member.voices.get()
    assert "그런 동작은 없" in act(admin_client, active, "check")
    assert member.voices.get(active=True) == active


@pytest.mark.parametrize("text", ["", "   ", "ㅤ", "가" * 201])
def test_an_audition_needs_a_sentence(text: str, admin_client: Client, imported: Voice) -> None:
    synthesize_next()
    assert "200자" in act(admin_client, imported, "audition", text=text)
    assert VoiceRequest.objects.count() == 1


def test_a_form_without_files_says_so(admin_client: Client, member: Member) -> None:
    response = admin_client.post(reverse("admin:voices_voice_add"), {"member": member.pk, "mode": "spelled"})
    errors = response.context["adminform"].form.errors
    assert set(errors) == {"glow_tts", "glow_tts_config", "hifigan", "hifigan_config"}


def test_a_full_queue_is_said(admin_client: Client, member: Member, imported: Voice, settings: Any) -> None:
    settings.MAX_QUEUED = 1
    assert "요청이 아주 많아요" in act(admin_client, imported, "check")


def test_the_active_voice_can_not_be_deleted(admin_client: Client, member: Member) -> None:
    active = member.voices.get()
    assert admin_client.post(reverse("admin:voices_voice_delete", args=[active.pk]), {"post": "yes"}).status_code == 403
    assert member.voices.filter(pk=active.pk).exists()


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("ko", ["Glow-TTS 내 목소리.pth: 파일이 아니라 Git LFS의 포인터예요.", "`git lfs pull`로 파일을 받아 주세요."]),
        (
            "en",
            [
                "Glow-TTS 내 목소리.pth: this is a pointer of Git LFS, not the file itself.",
                "Fetch the file with `git lfs pull`.",
            ],
        ),
    ],
)
def test_a_refused_file_is_named_as_it_was_uploaded_with_reason_and_remedy(
    language: str, sentences: list[str], admin_client: Client, member: Member, tmp_path: Path
) -> None:
    write_tiny_voice(tmp_path, 7)
    (tmp_path / "내 목소리.pth").write_bytes(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 10225592\n"
    )
    with (
        (tmp_path / "내 목소리.pth").open("rb") as glow_tts,
        (tmp_path / "glow-tts/7/7g_config.json").open("rb") as glow_tts_config,
        (tmp_path / "hifigan-v2/7/7h_checkpoint_1.pth.tar").open("rb") as hifigan,
        (tmp_path / "hifigan-v2/7/7h_config.json").open("rb") as hifigan_config,
    ):
        admin_client.post(
            reverse("admin:voices_voice_add"),
            {
                "member": member.pk, "mode": "pronounced", "glow_tts": glow_tts, "glow_tts_config": glow_tts_config,
                "hifigan": hifigan, "hifigan_config": hifigan_config,
            },
        )  # fmt: skip
    voice = Voice.objects.get(status="checking")
    synthesize_next()
    page = admin_client.get(page_of(voice), headers={"Accept-Language": language}).content.decode()
    for sentence in sentences:
        assert page.count(sentence) == 3  # in a message, beside the voice's status, and beside the check
    audition = reverse("admin:voices_voicerequest_change", args=[voice.auditions.get().pk])
    assert sentences[0] in admin_client.get(audition, headers={"Accept-Language": language}).content.decode()
