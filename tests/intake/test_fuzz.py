"""A short run of `make fuzz`, and a proof that it notices what it looks for."""

from __future__ import annotations

import pytest

from testing.fuzz import run as fuzz
from testing.fuzz.reader import Reader, ReaderDied
from voices.intake import child
from voices.synth import speech

CASES = 100


def test_damaged_voices_are_refused_by_a_code_or_speak() -> None:
    *_, report = fuzz.run(CASES, seed=20261125, processes=1)
    assert report.faults == []
    assert sum(sum(counts.values()) for counts in report.counts.values()) == CASES
    assert all(report.counts[part] for part in ("weights", "config", "statistics", "card"))
    assert report.through_child and sum(counts[fuzz.SPEAKS] for counts in report.counts.values())
    assert report.seconds < child.CPU_SECONDS


def test_the_death_of_the_reader_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise ReaderDied("crash")

    monkeypatch.setattr(Reader, "read", die)
    assert fuzz.run_case(0, 1).fault == "the reader died: crash"


def test_another_answer_of_the_child_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    fuzz._base()
    monkeypatch.setattr(fuzz, "_through_child", lambda *_: fuzz._base()[2]["glow_tts"])
    outcomes = (fuzz.run_case(0, number * fuzz.THROUGH_CHILD) for number in range(9))
    assert any("the child finds" in outcome.fault for outcome in outcomes)


def test_audio_that_is_not_finite_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> speech.Speech:
        found = speech.synthesize(*_, **__)  # type: ignore[arg-type]
        found.samples[0] = float("nan")
        return found

    monkeypatch.setattr(fuzz, "synthesize", nothing)
    outcomes = (fuzz.run_case(20261125, number) for number in range(60))
    assert any("no audio" in outcome.fault for outcome in outcomes)
