"""What the card shows of any text, and the colours that it shares with the page."""

import io
from itertools import pairwise

import pytest
from PIL import Image

from voices.share_page.card import HEIGHT, TEXT_SIZES, TEXT_WIDTH, WIDTH, Card, draw, first_line, font, shown, wrapped
from voices.share_page.colour import oklch


def card(text: str = "안녕", member: str = "하늘", hue: float = 250) -> Card:
    return Card(member, hue, None, text, [0.0, 0.5, 1.0], "AI로 만든 음성", "ForV Voices")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("오늘도 고마워\n내일 봐", "오늘도 고마워"),
        ("\n  \n🎉🎉\n  안녕   하늘 ", "안녕 하늘"),
        ("생일 축하해🎂!", "생일 축하해!"),
        ("뷁쀍 ABC 123 …?", "뷁쀍 ABC 123 …?"),
        ("🎉", ""),
        ("", ""),
    ],
)
def test_it_shows_the_first_line_that_it_has_letters_for(text: str, line: str) -> None:
    assert first_line(text) == line


def test_signs_without_a_glyph_or_a_width_are_left_out() -> None:
    assert shown("가\u200b나\u0000다\u202e라\U0001f389") == "가나다라"


@pytest.mark.parametrize("text", ["가 " * 100, "가" * 300, "안녕 " + "a" * 200, "짧아"])
@pytest.mark.parametrize(("size", "most_lines"), TEXT_SIZES)
def test_lines_are_no_wider_than_their_place(text: str, size: int, most_lines: int) -> None:
    lines, fits = wrapped(text, size, most_lines)
    assert 1 <= len(lines) <= most_lines
    assert all(font(size).getlength(line) <= TEXT_WIDTH for line in lines)
    assert fits == (not lines[-1].endswith("…"))


def test_words_are_kept_whole_where_they_fit_a_line() -> None:
    words = ["오늘도", "와", "줘서", "정말", "고마워", "조심히", "들어가"]
    lines, fits = wrapped(" ".join(words), 46, 4)
    assert fits
    assert " ".join(lines).split() == words


@pytest.mark.parametrize("text", ["안녕", "", "🎉", "가" * 1000, "\n".join("가나다" for _ in range(100))])
@pytest.mark.parametrize("member", ["하늘", "", "🎤", "아주 긴 이름을 가진 어떤 멤버와 그 친구들"])
def test_any_text_and_name_give_a_card(text: str, member: str) -> None:
    picture = Image.open(io.BytesIO(draw(card(text, member))))
    assert picture.size == (WIDTH, HEIGHT)


def test_another_text_member_or_hue_is_another_card() -> None:
    pictures = [draw(one) for one in (card(), card(text="잘 자"), card(member="태오"), card(hue=25))]
    assert len(set(pictures)) == 4


@pytest.mark.parametrize(
    ("colour", "expected"),
    # As Chromium shows these values of CSS's oklch().
    [
        ((1.0, 0.0, 0), (255, 255, 255)),
        ((0.0, 0.0, 0), (0, 0, 0)),
        ((0.62796, 0.25768, 29.234), (255, 0, 0)),
        ((0.86644, 0.29483, 142.495), (0, 255, 0)),
        ((0.45201, 0.31321, 264.052), (0, 0, 255)),
    ],
)
def test_colours_are_those_of_the_standard(colour: tuple[float, float, float], expected: tuple[int, int, int]) -> None:
    assert all(abs(one - other) <= 1 for one, other in zip(oklch(*colour), expected, strict=True))


def test_accents_of_all_hues_are_colours_that_differ() -> None:
    accents = [oklch(0.5, 0.11, hue) for hue in range(0, 360, 15)]
    assert all(one != other for one, other in pairwise(accents))
    assert all(0 <= channel <= 255 for accent in accents for channel in accent)
