"""The card of a demo voice has its data, its training and its error rate."""

import importlib.util
import sys
from pathlib import Path

import pytest

from testing.processes import REPOSITORY
from testing.small_voice import write_small_acoustic_model, write_small_corpus, write_small_vocoder
from training.corpus import teachers
from training.voice import card
from voices.library.card import describe_model, read_card
from voices.synth.models import find_model


def test_the_teachers_package_is_the_pinned_one() -> None:
    pins = (REPOSITORY / "requirements" / "training.txt").read_text(encoding="utf-8").split()
    assert teachers.PACKAGE.replace(" ", "==") in pins
    assert str(teachers.TEACHERS["3"]).startswith("timbre 60% jm_kumo + 40% jf_alpha, prosody jf_gongitsune, speed")


@pytest.mark.skipif(importlib.util.find_spec("faster_whisper") is None, reason="needs requirements/training.txt")
def test_a_card_is_written_beside_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_small_acoustic_model(tmp_path / "glow")
    write_small_vocoder(tmp_path / "hifi")
    write_small_corpus(tmp_path / "corpus")
    (tmp_path / "corpus" / "rejected.txt").write_text("1.wav\tnothing\t1.00\n", encoding="utf-8")
    monkeypatch.setattr(card, "held_out_sentences", lambda: ["오늘 아침에 뭐 먹었어요?"])
    folders = [str(tmp_path / name) for name in ("glow", "hifi", "corpus")]
    options = ["--name", "바다", "--teacher", "2", "--fine-tuned-from", "하늘", "--seed", "7"]
    monkeypatch.setattr(sys, "argv", ["card", *folders, *options])
    card.main()

    written = read_card(tmp_path / "glow")
    assert written is not None
    assert written.acoustic_model == describe_model(find_model(tmp_path / "glow", "glow_tts").weights, seed=7)
    assert written.vocoder == describe_model(find_model(tmp_path / "hifi", "hifigan").weights, seed=0)
    assert (written.name, written.fine_tuned_from, written.mode) == ("바다", "하늘", "pronounced")
    assert (written.data.utterances, written.data.minutes) == (5, 0.2)
    assert "80% jm_kumo" in written.data.source
    (hearing,) = written.hearings
    assert (hearing.sentences, hearing.count) == ("held_out.txt", 1) and hearing.cer > 0

    card.write_measures(
        tmp_path / "glow",
        tmp_path / "hifi",
        {
            "teacher": {"melody": [1.0, 1.0]},
            "after": {"CER, Whisper base": [0.0, 0.2], "PESQ": [3.0, float("nan"), 3.5]},
        },
    )
    measured = read_card(tmp_path / "glow")
    assert measured is not None
    assert (measured.data, measured.vocoder) == (written.data, written.vocoder)
    assert [(h.judge, h.count, h.cer) for h in measured.hearings] == [("Whisper base", 2, 0.1)]
    found = {(m.of, m.name): m for m in measured.measures}
    assert found["after", "PESQ"].mean == 3.25 and found["after", "PESQ"].low == 3
    assert found["teacher", "melody"].mean == 1
