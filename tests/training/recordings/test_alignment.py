"""Parts are aligned with their lines, though some are missing, repeated, joined or recognized wrongly."""

from pathlib import Path

import pytest

from training.recordings.alignment import HeardPart, align
from training.recordings.pauses import Part

pytest.importorskip("rapidfuzz", reason="needs requirements/training.txt")

LINES = ["오늘은 날씨가 참 좋네요.", "저녁은 뭐 먹을지 아직 못 정했어요.", "우리 다음 주에 만날까요?", "3시에 와요."]


def heard(*texts: str, pause: float = 0.5, wavs: tuple[str, ...] = ()) -> list[HeardPart]:
    """Return parts of two seconds each, one after another."""
    names = wavs or ("a.wav",) * len(texts)
    starts = [number * (2 + pause) for number in range(len(texts))]
    return [
        HeardPart(Part(Path(name), start, start + 2), text)
        for name, start, text in zip(names, starts, texts, strict=True)
    ]


def matched(parts: list[HeardPart], lines: list[str] = LINES) -> list[tuple[str, str]]:
    """Return the numbers of part and line of each match."""
    return [
        ("".join(map(str, range(m.first_part, m.end_part))), "".join(map(str, range(m.first_line, m.end_line))))
        for m in align(parts, lines)
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (LINES, ["00", "11", "22", "33"]),
        (
            ["오늘은 날시가 잠 좋네요", LINES[1], "우리 다음 주 만날까요", "세 시에 와요"],
            ["00", "11", "22", "33"],
        ),  # recognized wrongly
        ([LINES[0], LINES[2]], ["00", "12"]),  # two lines are missing
        (["자, 시작할게요 하나 둘", LINES[0], "아 틀렸다 다시", LINES[1]], ["10", "31"]),  # speech that is in no line
        ([LINES[0], LINES[0], LINES[1]], ["00", "21"]),  # said twice: one of the two is matched
        (["전혀 다른 이야기입니다만", "그것도 아니고요"], []),
        (["", LINES[0], ""], ["10"]),
        ([], []),
    ],
)
def test_each_part_is_matched_with_its_line(texts: list[str], expected: list[str]) -> None:
    found = ["".join(pair) for pair in matched(heard(*texts))]
    if texts[:2] == [LINES[0], LINES[0]]:
        assert found in (expected, ["10", "21"])
    else:
        assert found == expected


def test_the_parts_of_a_line_with_pauses_are_joined() -> None:
    parts = heard("오늘은", "날씨가 참", "좋네요", LINES[1])
    assert matched(parts) == [("012", "0"), ("3", "1")]


def test_parts_far_from_each_other_or_of_two_wavs_are_not_joined() -> None:
    texts = ("저녁은 뭐 먹을지", "아직 못 정했어요")
    assert matched(heard(*texts)) == [("01", "1")]
    assert ("01", "1") not in matched(heard(*texts, pause=3))
    assert ("01", "1") not in matched(heard(*texts, wavs=("a.wav", "b.wav")))


def test_nothing_is_joined_without_need() -> None:
    lines = [f"{word}로 시작하는 {word} 문장입니다." for word in "가나다라마바사아자차카타파하"]
    numbers = [str(number) for number in range(len(lines))]
    assert matched(heard(*lines), lines) == list(zip(numbers, numbers, strict=True))


def test_lines_without_a_pause_between_are_one_recording() -> None:
    assert matched(heard(f"{LINES[0]} {LINES[1]}", LINES[2])) == [("0", "01"), ("1", "2")]
