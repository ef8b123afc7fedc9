"""manage.py import_voice: a checkpoint pair becomes a member's voice."""

import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from testing import factories
from testing.factories import files_below, reloaded
from testing.processes import REPOSITORY
from testing.tiny_voice import write_tiny_voice
from voices.models import Member, Voice
from voices.tasks import synthesize_next

LEGACY_PAIR = REPOSITORY.parent / "shared" / "legacy_checkpoint"


@pytest.fixture
def models(tmp_path: Path, settings: Any) -> Path:
    """Use an empty voice model folder."""
    folder = tmp_path / "voice_model"
    folder.mkdir()
    settings.VOICE_MODEL_DIR = tmp_path / "none that come with the service"
    settings.IMPORTED_VOICES_DIR = folder
    return folder


@pytest.fixture
def newcomer(db: None) -> Member:
    """Create a member without a voice."""
    return Member.objects.create(name="새 멤버", slug="new")


@pytest.fixture
def imported(tmp_path: Path, newcomer: Member) -> Path:
    """Write a pair in the folders of the Flask server, named by the member."""
    write_tiny_voice(tmp_path / "imported", newcomer.pk)
    return tmp_path / "imported"


def parts(pair: Path) -> tuple[Path, Path]:
    """Return the folders of both models of such a pair."""
    (glow_tts,), (hifigan,) = ((pair / kind).iterdir() for kind in ("glow-tts", "hifigan-v2"))
    return glow_tts, hifigan


def run(folder: Path, member: int, **options: Any) -> str:
    out = StringIO()
    call_command("import_voice", folder, member=member, stdout=out, **options)
    return out.getvalue()


def assert_speaks(member: Member) -> None:
    request = factories.queued(member)
    synthesize_next()
    assert reloaded(request).status == "succeeded", reloaded(request).error_detail


def test_a_pair_in_legacy_folders_is_copied_and_speaks(models: Path, newcomer: Member, imported: Path) -> None:
    out = run(imported, newcomer.pk, mode="pronounced")
    voice = newcomer.voices.get()
    assert (voice.active, voice.demo, voice.mode) == (True, False, "pronounced")
    assert re.fullmatch(rf"glow-tts/{newcomer.pk}-[0-9a-f]{{16}}", voice.glow_tts_dir)
    assert re.fullmatch(rf"hifigan-v2/{newcomer.pk}-[0-9a-f]{{16}}", voice.hifigan_dir)
    assert files_below(models) == [
        f"{voice.glow_tts_dir}/{newcomer.pk}g_checkpoint_1.pth.tar",
        f"{voice.glow_tts_dir}/{newcomer.pk}g_config.json",
        f"{voice.hifigan_dir}/{newcomer.pk}h_checkpoint_1.pth.tar",
        f"{voice.hifigan_dir}/{newcomer.pk}h_config.json",
    ]
    assert newcomer.name in out and voice.glow_tts_dir in out
    shutil.rmtree(imported)
    assert_speaks(newcomer)


@pytest.mark.parametrize("layout", ["without a number", "all in one"])
def test_other_layouts_are_found_too(layout: str, models: Path, newcomer: Member, imported: Path) -> None:
    for part in parts(imported):
        shutil.copytree(part, part.parent if layout == "without a number" else imported, dirs_exist_ok=True)
        shutil.rmtree(part if layout == "without a number" else part.parent)
    run(imported, newcomer.pk)
    assert newcomer.voices.get().active


def test_the_folders_of_the_sce_tts_server_are_found(models: Path, newcomer: Member, imported: Path) -> None:
    for part, name in zip(parts(imported), ("glowtts-v2", "hifigan-v2"), strict=True):
        shutil.copytree(part, imported / "server" / name)
    run(imported / "server", newcomer.pk)
    assert newcomer.voices.get().active


def test_a_folder_without_a_pair_is_told_what_was_looked_for(models: Path, newcomer: Member, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"glow-tts \+ hifigan-v2, glowtts-v2 \+ hifigan-v2"):
        run(tmp_path, newcomer.pk)


def test_the_same_pair_again_changes_nothing(models: Path, newcomer: Member, imported: Path) -> None:
    run(imported, newcomer.pk)
    before = (files_below(models), list(Voice.objects.values("pk", "status", "active")))
    run(imported, newcomer.pk)
    # Only its time of activation has changed.
    assert (files_below(models), list(Voice.objects.values("pk", "status", "active"))) == before


def test_the_same_weights_with_another_config_are_another_voice(models: Path, newcomer: Member, imported: Path) -> None:
    run(imported, newcomer.pk)
    (config,) = parts(imported)[0].glob("*.json")
    config.write_text(config.read_text() + " ")
    run(imported, newcomer.pk)
    one, other = newcomer.voices.all()
    assert one.glow_tts_sha256 == other.glow_tts_sha256
    assert one.glow_tts_dir != other.glow_tts_dir


def test_a_new_pair_takes_the_old_ones_place(models: Path, newcomer: Member, imported: Path, tmp_path: Path) -> None:
    run(imported, newcomer.pk)
    old = newcomer.voices.get()
    write_tiny_voice(tmp_path / "newer", newcomer.pk + 1)
    for part in parts(tmp_path / "newer"):
        part.rename(part.with_name(str(newcomer.pk)))
    run(tmp_path / "newer", newcomer.pk)
    assert newcomer.voices.filter(active=True).exclude(pk=old.pk).count() == 1
    assert old.glow_tts_path.is_dir()  # to go back to


def test_a_pair_of_the_old_recipe_is_imported(models: Path, newcomer: Member) -> None:
    if not LEGACY_PAIR.is_dir():
        pytest.skip("needs ../shared/legacy_checkpoint")
    run(LEGACY_PAIR, newcomer.pk)
    voice = newcomer.voices.get()
    assert voice.mode == "spelled"
    assert {Path(name).name for name in files_below(models)} == {
        path.name for path in LEGACY_PAIR.iterdir() if path.name[:2] in ("1g", "1h")
    }
    assert_speaks(newcomer)


def test_an_unknown_member_is_refused_with_those_there_are(models: Path, newcomer: Member, imported: Path) -> None:
    with pytest.raises(CommandError, match=rf"no member 9999.*{newcomer.pk} 새 멤버"):
        run(imported, 9999)
    assert files_below(models) == []


def cut_off(acoustic_model: Path, vocoder: Path) -> str:
    (weights,) = acoustic_model.glob("*.tar")
    weights.write_bytes(weights.read_bytes()[:1000])
    return weights.name


def without_config(acoustic_model: Path, vocoder: Path) -> str:
    (config,) = vocoder.glob("*.json")
    config.unlink()
    return "config"


def exchanged(acoustic_model: Path, vocoder: Path) -> str:
    (acoustic_config,), (vocoder_config,) = acoustic_model.glob("*.json"), vocoder.glob("*.json")
    shutil.copyfile(vocoder_config, acoustic_config)
    return "expected an acoustic model"


def missing(acoustic_model: Path, vocoder: Path) -> str:
    shutil.rmtree(acoustic_model)
    return "missing or empty"


@pytest.mark.parametrize("damage", [cut_off, without_config, exchanged, missing])
def test_a_bad_pair_is_refused_and_nothing_is_kept(
    damage: Callable[[Path, Path], str], models: Path, newcomer: Member, imported: Path
) -> None:
    reason = damage(*parts(imported))
    with pytest.raises(CommandError, match=reason):
        run(imported, newcomer.pk)
    assert files_below(models) == []
    assert not Voice.objects.exists()


def test_a_refusal_is_told_in_korean_and_english_with_what_to_do(
    models: Path, newcomer: Member, imported: Path
) -> None:
    (weights,) = parts(imported)[1].glob("*.tar")
    weights.write_bytes(b"<!DOCTYPE html><html>Google Drive")
    with translation.override("ko"), pytest.raises(CommandError) as caught:
        run(imported, newcomer.pk)
    assert str(caught.value).splitlines() == [
        f"HiFi-GAN {weights.name}: 파일이 아니라 웹 페이지예요. "
        "파일 자체를 내려받아 주세요. 그 주소는 안내 페이지였어요.",
        f"HiFi-GAN {weights.name}: this is a web page, not the file itself. "
        "Download the file itself; the address led to a page about it.",
    ]
