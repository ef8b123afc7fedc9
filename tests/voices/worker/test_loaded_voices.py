"""The voices that a worker keeps in memory."""

import logging
from pathlib import Path
from typing import Any

import pytest

from testing.factories import make_member, queued
from testing.tiny_voice import write_tiny_voice
from voices.models import Member, Voice
from voices.synth import CheckpointError
from voices.worker.loaded_voices import LoadedVoices, loaded_voices
from voices.worker.warm_up import warm_up

PLENTY = 2**30


@pytest.fixture
def rows(db: None, tmp_path: Path, settings: Any) -> list[Voice]:
    """Three voices of the same size."""
    settings.VOICE_MODEL_DIR = tmp_path
    for voice_id in (1, 2, 3):
        write_tiny_voice(tmp_path, voice_id)
    return [make_member(tmp_path, voice_id, f"멤버 {voice_id}").voices.get() for voice_id in (1, 2, 3)]


def test_a_voice_is_loaded_once(rows: list[Voice]) -> None:
    loaded = LoadedVoices(PLENTY)
    first = loaded.get(rows[0])
    assert loaded.get(rows[0]) is first
    assert loaded.get(Voice.objects.get(pk=rows[0].pk)) is first
    assert loaded.get(rows[1]) is not first


def test_another_reading_mode_is_loaded_as_another_voice(rows: list[Voice]) -> None:
    loaded = LoadedVoices(PLENTY)
    pronounced = loaded.get(rows[0])
    rows[0].mode = Voice.Mode.SPELLED
    assert loaded.get(rows[0]) is not pronounced


def test_the_least_recently_used_voice_is_dropped(rows: list[Voice]) -> None:
    size = LoadedVoices(PLENTY).get(rows[0]).memory_bytes
    loaded = LoadedVoices(2 * size)
    first, second = loaded.get(rows[0]), loaded.get(rows[1])
    assert loaded.get(rows[0]) is first
    third = loaded.get(rows[2])
    assert loaded.get(rows[0]) is first
    assert loaded.get(rows[2]) is third
    assert loaded.get(rows[1]) is not second


def test_a_voice_larger_than_the_bound_is_kept_while_it_is_used(rows: list[Voice]) -> None:
    loaded = LoadedVoices(1)
    first = loaded.get(rows[0])
    assert loaded.get(rows[0]) is first
    second = loaded.get(rows[1])
    assert loaded.get(rows[1]) is second
    assert loaded.get(rows[0]) is not first


@pytest.mark.parametrize("file_name", ["glow-tts/1/1g_checkpoint_1.pth.tar", "hifigan-v2/1/1h_checkpoint_1.pth.tar"])
def test_other_weights_than_those_imported_are_refused(file_name: str, rows: list[Voice], tmp_path: Path) -> None:
    weights = tmp_path / file_name
    weights.write_bytes(weights.read_bytes() + b"\0")
    with pytest.raises(CheckpointError, match="not the weights that were imported"):
        LoadedVoices(PLENTY).get(rows[0])


def test_a_voice_whose_files_are_gone_is_refused(rows: list[Voice], tmp_path: Path) -> None:
    (tmp_path / "hifigan-v2/1/1h_config.json").unlink()
    with pytest.raises(CheckpointError, match="config"):
        LoadedVoices(PLENTY).get(rows[0])


@pytest.mark.django_db(transaction=True)
def test_a_worker_loads_all_active_voices_beforehand_and_skips_broken_ones(
    member: Member, broken_member: Member, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        warm_up()
    said = [record.message for record in caplog.records if record.name == "voices.worker.warm_up"]
    assert len(said) == 2
    assert said[0].startswith(f"{broken_member.voices.get()} can't be used: Glow-TTS 2g_checkpoint_1.pth.tar")
    assert said[1] == "worker ready"
    assert loaded_voices.get(member.voices.get()) is loaded_voices.get(member.voices.get())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("purpose", "loads"), [("fan", False), ("sample", True)])
def test_a_worker_loads_nothing_beforehand_while_somebody_waits(
    purpose: str, loads: bool, broken_member: Member, caplog: pytest.LogCaptureFixture
) -> None:
    queued(broken_member, purpose=purpose)
    with caplog.at_level(logging.INFO):
        warm_up()
    said = [record.message for record in caplog.records if record.name == "voices.worker.warm_up"]
    assert said[-1] == "worker ready"
    assert (len(said) > 1) is loads
