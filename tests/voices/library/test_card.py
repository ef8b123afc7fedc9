"""A card is read as it was written, and a hostile card is refused."""

import datetime
import re
from pathlib import Path

import pytest

from voices.intake.card import Data, Hearing, TrainedModel, VoiceCard
from voices.library.card import describe_model, read_card, write_card
from voices.synth.errors import CheckpointError

CARD = VoiceCard(
    name="하늘",
    mode="pronounced",
    licence="Apache-2.0",
    made_on=datetime.date(2026, 11, 24),
    data=Data("a teacher", "Apache-2.0", 1858, 86.0),
    acoustic_model=TrainedModel("1g_checkpoint_5500.pth.tar", "ab" * 32, 5500, 0),
    vocoder=TrainedModel("1h_checkpoint_12500.pth.tar", "cd" * 32, 12500, 0),
    versions={"coqui-tts": "0.28.0"},
    hearings=[Hearing("Whisper base", "everyday.txt", 40, 0.08)],
)


def test_a_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_card(tmp_path) is None
    write_card(CARD, tmp_path)
    assert read_card(tmp_path) == CARD


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name = ", "Invalid value"),
        (b"\xff\xfe", "utf-8"),
        (b'name = "x"', "missing required field"),
        (b"# " + b"x" * 70_000, "larger than"),
        (b"name = " + b"[" * 60_000, "nested too deeply"),
        (b"a." * 30_000 + b"a = 1", "nested too deeply"),
    ],
)
def test_a_card_that_cannot_be_read_names_the_file_and_the_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "voice.toml").write_bytes(content)
    with pytest.raises(CheckpointError, match=rf"voice\.toml: .*{reason}"):
        read_card(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("minutes = 86.0", "minutes = nan", "data.minutes"),
        ("minutes = 86.0", "minutes = inf", "data.minutes"),
        ("utterances = 1858", "utterances = -1", "data.utterances"),
        ("utterances = 1858", f"utterances = {'9' * 4000}", "data.utterances"),
        ("cer = 0.08", "cer = nan", "cer"),
    ],
)
def test_a_number_that_json_or_the_database_can_not_hold_is_named(
    old: str, new: str, field: str, tmp_path: Path
) -> None:
    write_card(CARD, tmp_path)
    path = tmp_path / "voice.toml"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(CheckpointError, match=re.escape(field)):
        read_card(tmp_path)


def test_a_field_of_the_wrong_type_is_named(tmp_path: Path) -> None:
    write_card(CARD, tmp_path)
    path = tmp_path / "voice.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("steps = 5500", 'steps = "many"'), encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"acoustic_model\.steps"):
        read_card(tmp_path)


@pytest.mark.parametrize(
    ("name", "steps"), [("2g_checkpoint_5900.pth.tar", 5900), ("checkpoint_30000.pth.tar", 30000), ("best.pth", 0)]
)
def test_a_model_is_described_by_its_file(tmp_path: Path, name: str, steps: int) -> None:
    (tmp_path / name).write_bytes(b"weights")
    described = describe_model(tmp_path / name, seed=3)
    assert (described.file, described.steps, described.seed) == (name, steps, 3)
    assert described.sha256 == "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"
