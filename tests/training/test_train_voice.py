"""manage.py train_voice makes a voice for a member from recordings, inactive at first."""

import importlib.util
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from testing.recordings import speech, write
from testing.small_voice import write_small_acoustic_model, write_small_vocoder
from training.corpus.folder import corpus_size
from training.recordings import checking, fine_tuning
from training.recordings.metadata import Recording, read_metadata
from training.voice import level
from voices.library.card import read_card
from voices.library.manifest import read_manifest
from voices.models import Member

with_judge = pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is None, reason="needs requirements/training.txt"
)
with_measures = pytest.mark.skipif(importlib.util.find_spec("pesq") is None, reason="needs requirements/measures.txt")
TEXT = "네, 좋아."  # too short to be checked by the recognizer
DEMO = '[[member]]\nid = 1\nslug = "demo"\nname = "데모"\nmode = "pronounced"\n'


@pytest.fixture
def models(tmp_path: Path, settings: Any) -> Path:
    """A voice model folder with one small demo voice."""
    folder = tmp_path / "voice_model"
    write_small_acoustic_model(folder / "glow-tts" / "1")
    write_small_vocoder(folder / "hifigan-v2" / "1")
    (folder / "voices.toml").write_text(DEMO, encoding="utf-8")
    settings.VOICE_MODEL_DIR = folder
    settings.DATA_DIR = tmp_path / "data"
    settings.LANGUAGE_CODE = "en"
    return folder


@pytest.fixture
def newcomer(db: None) -> Member:
    return Member.objects.create(name="새 멤버", slug="new")


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Seven good recordings and a silent one."""
    folder = tmp_path / "recordings"
    for number in range(7):
        write(folder / "wavs" / f"take{number}.wav", speech(3, seed=number))
    write(folder / "wavs" / "take7.wav", np.zeros(30_000, dtype=np.float32))
    lines = [f"take{number}|{TEXT}|{TEXT}" for number in range(8)]
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def little_to_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take seconds of recordings, and measure with one sentence."""
    monkeypatch.setattr(checking, "MIN_MINUTES", 0)
    monkeypatch.setattr(level, "SENTENCES", 1)
    monkeypatch.setattr(fine_tuning, "sentences_not_in", lambda recordings: ["안녕하세요."])


def run(folder: Path, member: int, **options: Any) -> str:
    out = StringIO()
    call_command("train_voice", folder, member=member, stdout=out, **options)
    return out.getvalue()


def test_one_recording_in_ten_is_kept_to_measure_with() -> None:
    recordings = [Recording(Path(f"{number}.wav"), TEXT) for number in range(25)]
    trained_on, held = fine_tuning.hold_out(recordings)
    assert [recording.path.name for recording in held] == ["0.wav", "10.wav", "20.wav"]
    assert len(trained_on) == 22 and not set(trained_on) & set(held)
    assert len(fine_tuning.hold_out(recordings * 10)[1]) <= fine_tuning.MOST_HELD


@with_judge
def test_both_models_are_fine_tuned_on_recordings_of_any_rate(models: Path, recordings: Path, tmp_path: Path) -> None:
    usable, _ = read_metadata(recordings)
    usable = [*usable[:5], Recording(write(tmp_path / "high.wav", speech(3).repeat(2), 44_100), TEXT)]
    (member,) = read_manifest(models)
    run = fine_tuning.Run(fine_tuning.DemoVoice(member, models), tmp_path, 9)
    run.write_corpus(usable)
    run.train_acoustic(2, "cpu", on_pace=lambda pace: None)
    run.train_vocoder(1, "cpu", on_pace=lambda pace: None)
    assert (run.glow_tts / "9g_checkpoint_3.pth.tar").is_file()  # it started at 1
    assert (run.hifigan / "9h_checkpoint_2.pth.tar").is_file()
    utterances, minutes = corpus_size(tmp_path / "corpus")
    assert utterances == 6 and 0.05 < minutes < 0.08


def test_a_folder_of_other_recordings_gets_a_run_of_its_own(recordings: Path) -> None:
    usable, _ = read_metadata(recordings)
    before = fine_tuning.fingerprint(usable)
    assert fine_tuning.fingerprint(usable) == before
    assert fine_tuning.fingerprint([Recording(usable[0].path, "다른 글."), *usable[1:]]) != before
    write(usable[0].path, speech(4))
    assert fine_tuning.fingerprint(usable) != before


def test_an_unknown_member_is_refused(models: Path, newcomer: Member, recordings: Path) -> None:
    with pytest.raises(CommandError, match="There is no member 9999"):
        run(recordings, 9999)


@pytest.mark.skipif(importlib.util.find_spec("faster_whisper") is not None, reason="the recognizer is installed")
def test_the_error_names_a_missing_recognizer_and_what_to_do(models: Path, newcomer: Member, recordings: Path) -> None:
    with pytest.raises(CommandError, match=r"faster_whisper.*make training"):
        run(recordings, newcomer.pk)


@with_judge
def test_too_few_minutes_are_refused_after_all_problems_are_reported(
    models: Path, newcomer: Member, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="at least 2 minutes"):
        call_command("train_voice", recordings, member=newcomer.pk, stdout=out)
    assert "take7.wav: is silent (not used)" in out.getvalue()
    assert "7 of 8 recordings can be used, 0.1 minutes." in out.getvalue()
    assert not newcomer.voices.exists()


@with_judge
def test_a_recording_of_another_text_is_not_used(
    models: Path, newcomer: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MIN_MINUTES", 0)
    folder = tmp_path / "recordings"
    write(folder / "hum.wav", speech(12))
    (folder / "metadata.csv").write_text("hum|오늘은 날씨가 참 좋지 않나요?", encoding="utf-8")
    out = run(folder, newcomer.pk, check_only=True)
    assert "hum.wav: says something else than its text" in out
    assert "0 of 1 recordings can be used" in out


@with_judge
def test_the_lines_of_a_script_are_searched_in_long_recordings(
    models: Path, newcomer: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MIN_MINUTES", 0)
    folder = tmp_path / "readings"
    write(folder / "hum.wav", speech(1))  # too short to be checked by the recognizer
    with pytest.raises(CommandError, match=r"no metadata\.csv in the folder, and no WAV with a script"):
        run(folder, newcomer.pk)
    (folder / "script.txt").write_text("오늘은 날씨가 참 좋지 않나요?", encoding="utf-8")
    out = run(folder, newcomer.pk, check_only=True)
    assert "script.txt: 0 of 1 lines found, in 0.0 of 0.0 minutes of speech." in out
    assert "script.txt, line 1: was not found in the recordings: “오늘은 날씨가 참 좋지 않나요?” (not used)" in out


@with_judge
def test_the_voice_is_registered_inactive_with_its_card(
    models: Path, newcomer: Member, recordings: Path, little_to_measure: None
) -> None:
    out = run(recordings, newcomer.pk, steps=2, vocoder_steps=1)
    voice = newcomer.voices.get()
    assert (voice.active, voice.demo, voice.mode) == (False, False, "pronounced")
    assert "Nearest demo voice: 데모" in out and "on 1 sentences not trained on" in out
    card = read_card(voice.glow_tts_path)
    assert card is not None
    assert (card.fine_tuned_from, card.data.utterances, card.acoustic_model.steps) == ("데모", 6, 3)  # it started at 1
    assert card.acoustic_model.sha256 == voice.glow_tts_sha256
    assert card.vocoder.sha256 == voice.hifigan_sha256
    # The run is finished: the voice is only measured again.
    assert run(recordings, newcomer.pk, steps=2, vocoder_steps=1)
    assert newcomer.voices.count() == 1


@with_judge
@with_measures
def test_sound_and_melody_are_measured_before_and_after(
    models: Path, newcomer: Member, recordings: Path, little_to_measure: None
) -> None:
    out = run(recordings, newcomer.pk, steps=2, vocoder_steps=1)
    assert "Measured on 1 recordings not trained on" in out
    card = read_card(newcomer.voices.get().glow_tts_path)
    assert card is not None
    found = {(measure.of, measure.name) for measure in card.measures}
    assert {("recordings", "syllables/s"), ("before", "syllables/s"), ("after", "V/UV, %"), ("before", "mel")} <= found
    assert f"{next(m for m in card.measures if m.name == 'mel' and m.of == 'after').mean:.3g}" in out
