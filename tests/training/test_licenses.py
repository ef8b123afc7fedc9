"""LICENSES.md lists every text and package that the demo voices were made from, with its licence."""

import re

from testing.processes import REPOSITORY
from training.corpus.teachers import PACKAGE, TEACHERS
from training.measures.judge import WEIGHTS_PACKAGES

ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (REPOSITORY / "voice_model" / "LICENSES.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| ---")
]


def test_every_row_has_a_source_and_a_licence() -> None:
    assert all(len(row) == 3 and all(row) for row in ROWS)


def test_every_list_of_sentences_is_named() -> None:
    named = {name for part, _, _ in ROWS for name in re.findall(r"(\w+\.txt)`", part)}
    assert named == {path.name for path in (REPOSITORY / "training" / "sentences").glob("*.txt")}


def test_the_teacher_and_the_judge_are_named() -> None:
    whole = " ".join(source.replace("`", "") for _, source, _ in ROWS)
    assert PACKAGE in whole
    assert WEIGHTS_PACKAGES[0].replace("_", "-") in whole
    voices = {name for style in TEACHERS.values() for mix in (style.timbre, style.prosody) for name in mix}
    assert {"jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo"} == voices  # the five that are credited
