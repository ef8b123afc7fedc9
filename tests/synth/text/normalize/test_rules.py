"""Each rule does by itself what its example says, and a text can be asked which rules read it."""

from __future__ import annotations

import lzma

import pytest

from voices.synth import read
from voices.synth.text.explain import explain
from voices.synth.text.normalize import cmudict
from voices.synth.text.normalize.particles import SEAM
from voices.synth.text.normalize.pipeline import RULES
from voices.synth.text.rules import Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_reads_its_example(rule: Rule) -> None:
    written, said = rule.example
    assert written != said
    # In the pipeline a rule leaves a seam for the particles that follow.
    assert rule.pattern.sub(rule.read, written).replace(SEAM, "") == said.replace(SEAM, "")


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) > 70
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("안녕", []),
        ("4시", ["hour of the day"]),
        ("2~5시", ["range with one unit", "hour of the day"]),
        ("BTS은", ["names.tsv", "particle agrees"]),
        ("7를", ["plain number", "particle agrees"]),
    ],
)
def test_a_text_tells_which_rules_read_it(typed: str, names: list[str]) -> None:
    steps = explain(typed)
    assert [name for name, _ in steps] == names
    if steps:
        assert steps[-1][1] == read(typed).text


def test_the_dictionary_is_made_of_first_pronunciations_without_stress() -> None:
    release = ";;; a comment\nread R EH1 D # past\nread(2) R IY1 D\namong AH0 M AH1 NG\n"
    assert lzma.decompress(cmudict.compress(release)) == b"among AH M AH NG\nread R EH D"


def test_the_dictionary_knows_words_and_no_beginnings_of_them() -> None:
    assert cmudict.phonemes("music") == ["M", "Y", "UW", "Z", "IH", "K"]
    assert cmudict.phonemes("musi") == []
    assert cmudict.phonemes("") == []
