"""Why a voice's files are refused is told in Korean and in English, and every code has its sentences in both."""

import re

import pytest
from django.utils import translation

from voices.intake.refusal import REASONS, FileProblem, Refused
from voices.library.explain import explained, explained_twice, problem_in, recorded, shown, shown_twice
from voices.synth.errors import CheckpointError, NothingToSayError

ERROR = CheckpointError("HiFi-GAN", "내 목소리.pth", "not_finite", name="conv_pre.weight")
ENGLISH = (
    "HiFi-GAN 내 목소리.pth: conv_pre.weight holds NaN or infinity. "
    "The training run had failed by then; bring an earlier checkpoint."
)
KOREAN = (
    "HiFi-GAN 내 목소리.pth: conv_pre.weight: NaN이나 무한대가 들어 있어요. "
    "그때 학습은 이미 실패했어요. 더 이른 체크포인트를 올려 주세요."
)


@pytest.mark.parametrize(("language", "sentence"), [("en", ENGLISH), ("ko", KOREAN)])
def test_a_row_is_shown_in_the_readers_language(language: str, sentence: str) -> None:
    with translation.override(language):
        assert shown(recorded(ERROR)) == explained(ERROR.problem) == sentence


def test_an_answer_for_people_and_scripts_is_in_korean_and_english() -> None:
    with translation.override("ko"):
        assert shown_twice(recorded(ERROR)) == explained_twice(ERROR.problem) == f"{KOREAN}\n{ENGLISH}"
    with translation.override("en"):
        assert shown_twice(recorded(ERROR)) == ENGLISH


def test_a_row_is_readable_as_it_is() -> None:
    assert recorded(ERROR).startswith("HiFi-GAN 내 목소리.pth: conv_pre.weight holds NaN or infinity.\n")
    assert problem_in(recorded(ERROR)) == ERROR.problem


@pytest.mark.parametrize(
    "detail",
    [
        "", "The worker died at each attempt.", recorded(NothingToSayError()), 'two lines\n{"model": 1}', "a\nb",
        'a code of another version\n{"model":"","file":"","code":"unheard_of"}',
    ],
)  # fmt: skip
def test_other_texts_of_rows_are_shown_as_they_are(detail: str) -> None:
    assert (shown(detail), shown_twice(detail), problem_in(detail)) == (detail, detail, None)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("code", REASONS)
def test_every_code_has_a_reason_and_a_remedy(code: str, language: str) -> None:
    names = re.findall(r"%\((\w+)\)([sd])", "".join(REASONS[code]))
    parameters: dict[str, str | int | float] = {name: 7 if kind == "d" else "seven" for name, kind in names}
    with translation.override(language):
        sentence = explained(FileProblem("Glow-TTS", "model.pth", code, parameters))
    assert sentence.startswith("Glow-TTS model.pth: ") and sentence.endswith(".") and "%" not in sentence
    assert bool(re.search("[가-힣]", sentence)) == (language == "ko")


def test_what_a_file_says_is_shortened_to_one_line_in_messages() -> None:
    refused = Refused("config", "not_acoustic", found="a\n\x1b[31m" + "b" * 10_000)
    assert refused.refusal.parameters["found"] == "a [31m" + "b" * 73 + "…"
    found = Refused("config", "not_acoustic", found=10**5000).refusal.parameters["found"]
    assert found == "a number of thousands of digits"
