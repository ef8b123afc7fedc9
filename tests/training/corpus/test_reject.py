"""The recognizer checks each wav of a corpus once, and rejects those that do not say their sentence."""

import importlib.util
from pathlib import Path

import pytest

from testing.small_voice import write_small_corpus
from training.corpus.folder import recorded_sentences, write_metadata
from training.corpus.reject import reject
from training.measures.heard import HeardFile
from training.measures.judge import error_rate, letter_error_rate

with_judge = pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is None, reason="needs requirements/training.txt"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Six wavs of hum without words."""
    write_small_corpus(tmp_path / "corpus")
    return tmp_path / "corpus"


@with_judge
def test_an_unknown_name_is_wrong_in_all_syllables_but_few_letters() -> None:
    said, heard = "녀굠을 왜 찾았어요?", "니어겸을 왜 찾아왔어요?"
    assert error_rate(said, heard) > 0.5 > letter_error_rate(said, heard)
    assert letter_error_rate("오늘은 날씨가 참 좋네요.", "저녁은 뭐 먹을지 아직 못 정했어요.") > 0.5


def test_an_incomplete_last_line_is_recognized_again(tmp_path: Path) -> None:
    heard = HeardFile(tmp_path / "heard.tsv")
    heard.add("a.wav", "안녕\n하세요")
    heard.add("b.wav", "")
    with heard.path.open("ab") as file:
        file.write("c.wav\t반갑".encode()[:-1])
    again = HeardFile(heard.path)
    assert again.texts == {"a.wav": "안녕 하세요", "b.wav": ""}
    again.add("c.wav", "반갑습니다")
    assert HeardFile(heard.path).texts["c.wav"] == "반갑습니다"


@with_judge
def test_another_limit_needs_no_recognizer(corpus: Path) -> None:
    sentence = "오늘은 날씨가 참 좋네요."
    write_metadata(corpus, {"0": sentence, "1": sentence, "2": sentence, "3": "네."})
    heard = HeardFile(corpus / "heard.tsv")
    for name, text in {"0": sentence, "1": "오늘은 난시가 참 좆네요", "2": "저녁은 뭐 먹을지"}.items():
        heard.add(f"{name}.wav", text)
    rates = reject(corpus, limit=0.5)
    assert set(rates) == {"0.wav", "1.wav", "2.wav"}
    assert (corpus / "rejected.txt").read_text(encoding="utf-8").startswith("2.wav\t저녁은 뭐 먹을지\t0.")
    assert [wav.stem for wav, _ in recorded_sentences(corpus)] == ["0", "1", "3"]
    reject(corpus, limit=0.05)
    assert [wav.stem for wav, _ in recorded_sentences(corpus)] == ["0", "3"]


@with_judge
def test_wavs_that_were_checked_before_a_kill_are_not_checked_again(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = HeardFile(corpus / "heard.tsv")
    for number in range(5):
        heard.add(f"{number}.wav", "안녕하세요, 반갑습니다.")
    reject(corpus, limit=0.5)
    assert "6 of 6 heard" in capsys.readouterr().out
    assert HeardFile(heard.path).texts["0.wav"] == "안녕하세요, 반갑습니다."
    assert [wav.stem for wav, _ in recorded_sentences(corpus)] == ["0", "1", "2", "3", "4"]
