"""Conversions are made once, anew when a file changes, and go with their voice."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from testing.tiny_voice import write_tiny_voice
from voices.intake import sandbox
from voices.library.converted import card_of, converted_folder, converted_model, hashes_of
from voices.library.model_files import CONFIG, WEIGHTS, ModelFiles, PairFiles, SourceFile
from voices.library.store import delete_stored, known_names, store_pair, voice_folder
from voices.synth import CheckpointError
from voices.synth.models import ConvertedModel, find_model

NAME = "glow-tts/1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny_voice(tmp_path)
    return tmp_path / "glow-tts" / "1"


def convert(folder: Path) -> ConvertedModel:
    paths = find_model(folder, "glow_tts")
    return converted_model(NAME, paths, hashes_of(paths))


def test_a_model_is_converted_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = convert(folder)
    monkeypatch.setattr(sandbox, "convert", None)  # a second conversion would fail
    again = convert(folder)
    assert (again.folder, again.converted) == (first.folder, first.converted)
    assert {path.name for path in first.folder.iterdir()} == {sandbox.WEIGHTS, sandbox.SETTINGS}
    assert [path.name for path in converted_folder(NAME).iterdir()] == [first.folder.name]


def test_another_config_or_card_is_converted_anew_and_the_old_one_goes(folder: Path) -> None:
    first = convert(folder)
    (config,) = folder.glob("*config.json")
    config.write_text(config.read_text() + " ")
    second = convert(folder)
    assert second.folder != first.folder and not first.folder.exists()
    (folder / "voice.toml").write_text("name = 1")
    with pytest.raises(CheckpointError, match=r"Glow-TTS voice\.toml: it is no card"):
        convert(folder)
    assert [path.name for path in converted_folder(NAME).iterdir()] == [second.folder.name]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"type":"converted"'])
def test_a_damaged_conversion_is_made_again(content: bytes, folder: Path) -> None:
    first = convert(folder)
    (first.folder / sandbox.SETTINGS).write_bytes(content)
    assert card_of(NAME) is None
    assert convert(folder).converted == first.converted


def test_what_was_never_converted_has_no_card() -> None:
    assert card_of("glow-tts/4711") is None


def test_an_upload_keeps_the_names_that_it_came_with_the_last_time(folder: Path, settings: Any) -> None:
    weights, config = next(folder.glob("*.tar")), next(folder.glob("*.json"))
    for name in ("내 목소리.pth", "다른 이름.pth"):
        with weights.open("rb") as weights_file, config.open("rb") as config_file:
            model = ModelFiles(SourceFile(WEIGHTS, weights_file, name), SourceFile(CONFIG, config_file, "설정.json"))
            stored = store_pair(1, PairFiles(model, model))
        assert known_names(voice_folder(stored.glow_tts_dir)) == {WEIGHTS: name, CONFIG: "설정.json"}
    paths = find_model(voice_folder(stored.glow_tts_dir), "glow_tts", known_names(voice_folder(stored.glow_tts_dir)))
    assert (paths.name("weights"), paths.name("config"), paths.name("card")) == (name, "설정.json", "voice.toml")
    assert known_names(folder) == {}

    converted_model(stored.glow_tts_dir, paths, hashes_of(paths))
    assert converted_folder(stored.glow_tts_dir).is_dir()
    delete_stored(stored.glow_tts_dir)
    assert not converted_folder(stored.glow_tts_dir).exists() and not voice_folder(stored.glow_tts_dir).exists()


def test_a_conversion_that_another_process_finished_first_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = convert(folder)
    kept = Path(shutil.move(first.folder, tmp_path / "kept"))
    real = sandbox.convert

    def slow(*args: Any) -> Any:
        found = real(*args)
        shutil.copytree(kept, first.folder)  # meanwhile, in another process
        return found

    monkeypatch.setattr(sandbox, "convert", slow)
    assert convert(folder).folder == first.folder
    assert [path.name for path in converted_folder(NAME).iterdir()] == [first.folder.name]
