"""manage.py load_demo: loads the members of voices.toml, and can run again at any time."""

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image

from testing.processes import REPOSITORY
from testing.tiny_voice import write_tiny_voice
from testing.voice_model import LIVE_MEMBERS
from voices.library.manifest import read_manifest
from voices.models import Member, Suggestion, Voice
from voices.pictures import read_picture
from voices.profile import MAX_SUGGESTIONS


@pytest.fixture
def models(voice_model_dir: Path, tmp_path: Path, settings: Any, db: None) -> Path:
    """Copy the voice model folder, for tests that change it."""
    folder = tmp_path / "voice_model"
    shutil.copytree(voice_model_dir, folder)
    settings.VOICE_MODEL_DIR = folder
    return folder


def share_vocoder(models: Path) -> None:
    """Add a third member that has only an acoustic model."""
    shutil.copytree(models / "glow-tts/1", models / "glow-tts/3")
    with (models / "voices.toml").open("a", encoding="utf-8") as file:
        file.write('[[member]]\nid = 3\nslug = "third"\nname = "셋째"\nmode = "pronounced"\nvocoder = 1\n')


def load() -> str:
    err = StringIO()
    call_command("load_demo", stdout=StringIO(), stderr=err)
    return err.getvalue()


def rows() -> list[Any]:
    return [*Member.objects.values(), *Voice.objects.order_by("pk").values()]


def test_members_come_with_their_numbers_and_voices(models: Path) -> None:
    load()
    first = Member.objects.get(pk=1)
    assert (first.slug, first.name, first.position) == ("test", "테스트 멤버", "보컬")
    voice = first.voices.get()
    assert (voice.glow_tts_dir, voice.hifigan_dir) == ("glow-tts/1", "hifigan-v2/1")
    assert (voice.active, voice.demo, voice.mode) == (True, True, "pronounced")


def give_profile(models: Path) -> None:
    """Add a third member with a profile and a portrait."""
    share_vocoder(models)
    profile = 'name_en = "Third"\nhue = 250\ngreeting = "안녕."\n'
    suggestions = 'suggestions = [{ label = "잘 자", label_en = "Good night", text = "잘 자." }]\n'
    with (models / "voices.toml").open("a", encoding="utf-8") as file:
        file.write(profile + suggestions)
    (models / "portraits").mkdir()
    Image.new("RGB", (80, 80), "red").save(models / "portraits/third.webp")


def profile() -> tuple[Any, ...]:
    third = Member.objects.get(pk=3)
    return third.name_en, third.hue, third.greeting, bool(third.picture), third.suggestions.count()


def test_a_profile_comes_once(models: Path) -> None:
    give_profile(models)
    for _ in range(2):
        load()
        assert profile() == ("Third", 250, "안녕.", True, 1)
    Member.objects.filter(pk=3).update(greeting="", picture="")
    Suggestion.objects.all().delete()
    load()
    assert profile() == ("Third", 250, "", False, 0)


def test_a_member_from_before_there_were_profiles_gets_one(models: Path) -> None:
    share_vocoder(models)
    load()
    shutil.rmtree(models / "glow-tts/3")
    (models / "voices.toml").write_text(LIVE_MEMBERS, encoding="utf-8")
    give_profile(models)
    load()
    assert profile() == ("Third", 250, "안녕.", True, 1)


def test_the_demo_members_can_be_loaded_and_say_their_suggestions(db: None) -> None:
    members = read_manifest(REPOSITORY / "voice_model")
    assert len(members) == 5
    fields = ("slug", "name", "name_en", "position", "tmi", "tmi_en", "links", "hue", "greeting", "greeting_en")
    for demo in members:
        Member(**{name: getattr(demo, name) for name in fields}).full_clean()
        with (REPOSITORY / "voice_model" / demo.portrait).open("rb") as portrait:
            assert read_picture(portrait)
        assert 3 <= len(demo.suggestions) <= MAX_SUGGESTIONS
        for suggestion in demo.suggestions:
            Suggestion(**suggestion).full_clean(exclude=["member"])


def test_a_vocoder_may_be_shared(models: Path) -> None:
    share_vocoder(models)
    load()
    voice = Voice.objects.get(member=3)
    assert (voice.glow_tts_dir, voice.hifigan_dir, voice.active) == ("glow-tts/3", "hifigan-v2/1", True)
    assert voice.hifigan_sha256 == Voice.objects.get(member=1).hifigan_sha256


def test_loading_again_changes_nothing(models: Path) -> None:
    load()
    before = rows()
    load()
    assert rows() == before


def test_what_was_edited_stays(models: Path) -> None:
    load()
    Member.objects.filter(pk=1).update(name="새 이름", tmi="고침")
    before = rows()
    load()
    assert rows() == before


def test_a_member_made_afterwards_gets_a_number_of_its_own(models: Path) -> None:
    load()
    assert Member.objects.create(name="새 멤버", slug="new").pk > 2


def test_new_weights_take_the_old_demo_voices_place(models: Path) -> None:
    load()
    write_tiny_voice(models, 1)
    weights = models / "glow-tts/1/1g_checkpoint_1.pth.tar"
    kept = weights.read_bytes()
    shutil.copyfile(models / "glow-tts/2/2g_checkpoint_1.pth.tar", weights)
    load()
    old, new = Voice.objects.filter(member=1).order_by("pk")
    assert (old.active, new.active) == (False, True)
    # Its files are gone: roll back must skip it until they are there again.
    assert (old.status, new.status) == ("unusable", "usable")
    weights.write_bytes(kept)
    load()
    old, new = Voice.objects.filter(member=1).order_by("pk")
    assert (old.active, old.status, new.status) == (True, "usable", "unusable")


def test_a_voice_that_the_creator_has_brought_stays_in_use(models: Path) -> None:
    load()
    own = Voice.objects.create(member_id=1, mode="spelled", glow_tts_dir="glow-tts/1-own")
    own.make_active()
    shutil.copyfile(models / "glow-tts/2/2g_checkpoint_1.pth.tar", models / "glow-tts/1/1g_checkpoint_1.pth.tar")
    load()
    assert Voice.objects.get(member=1, active=True) == own


def test_a_member_whose_voice_is_missing_comes_without_it(models: Path) -> None:
    shutil.rmtree(models / "hifigan-v2/1")
    assert "테스트 멤버" in load()
    assert not Member.objects.get(pk=1).voices.exists()
    assert Member.objects.get(pk=2).voices.get().active


def test_a_folder_without_a_list_has_no_members(models: Path) -> None:
    (models / "voices.toml").unlink()
    load()
    assert not Member.objects.exists()
