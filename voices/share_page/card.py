"""The picture that messengers show for a share's address: an Open Graph card of 1200 by 630."""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from voices.share_page.colour import RGB, oklch

WIDTH, HEIGHT = 1200, 630
MARGIN = 72
FACE = 440  # diameter of the portrait's circle
TEXT_LEFT = MARGIN + FACE + 64
TEXT_WIDTH = WIDTH - MARGIN - TEXT_LEFT
TEXT_TOP, TEXT_BOTTOM = 146, 402
WAVE_MIDDLE, WAVE_HEIGHT = 456, 72
# Sizes to try from the largest on, and how many lines of each fit.
TEXT_SIZES = ((64, 2), (54, 3), (46, 4))
SMOOTHING = 3  # circles are drawn so much larger, and scaled down

_FONT = Path(__file__).with_name("fonts") / "Pretendard-SemiBold.woff2"
_UNKNOWN = "\U0010fffd"  # no font has a glyph for it


@dataclass(frozen=True)
class Card:
    """What the card shows."""

    member: str
    hue: float  # of the member's accent, in degrees
    portrait: Image.Image | None
    text: str
    bars: list[float]  # how loud the speech is over its length, 0..1
    mark: str  # that it was made by AI
    site: str


def draw(card: Card) -> bytes:
    """Return the card as a PNG."""
    ink, accent = oklch(0.24, 0.02, 40), oklch(0.5, 0.11, card.hue)
    paper, stage = oklch(0.975, 0.008, 70), oklch(0.9, 0.07, card.hue)
    image = Image.new("RGB", (WIDTH, HEIGHT), paper)
    image.paste(_wash(paper, oklch(0.93, 0.035, card.hue)))
    drawing = ImageDraw.Draw(image)
    image.paste(_face(card, stage, accent), (MARGIN, (HEIGHT - FACE) // 2), _circle())
    drawing.text((TEXT_LEFT, 80), _fitting(shown(card.member), font(40), TEXT_WIDTH), accent, font(40))
    _draw_text(drawing, first_line(card.text), ink)
    _draw_wave(drawing, card.bars, accent)
    _draw_foot(drawing, card, ink, accent)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def first_line(text: str) -> str:
    """Return the first line of a text that has letters which the card's font can show."""
    lines = (" ".join(shown(line).split()) for line in text.splitlines())
    return next((line for line in lines if line), "")


def shown(text: str) -> str:
    """Leave out what the card's font has no glyph for, such as emoji."""
    return "".join(character for character in text if character == " " or _is_known(character))


def wrapped(text: str, size: int, most_lines: int) -> tuple[list[str], bool]:
    """Break a text between its words into lines of ``TEXT_WIDTH`` at most. Return them, and whether all of it fits."""
    face = font(size)
    lines: list[str] = []
    words = [part for word in text.split() for part in _pieces(word, face)]
    for word in words:
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(joined) <= TEXT_WIDTH:
            lines[-1] = joined
        elif len(lines) == most_lines:
            lines[-1] = _fitting(f"{lines[-1]} {word}", face, TEXT_WIDTH)
            return lines, False
        else:
            lines.append(word)
    return lines, True


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the card's font; ``size`` in pixels."""
    return ImageFont.truetype(_FONT, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _is_known(character: str) -> bool:
    return character.isprintable() and bytes(font(24).getmask(character)) != bytes(font(24).getmask(_UNKNOWN))


def _pieces(word: str, face: ImageFont.FreeTypeFont) -> list[str]:
    """Cut a word that is longer than a line."""
    pieces = [""]
    for character in word:
        if face.getlength(pieces[-1] + character) > TEXT_WIDTH:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _fitting(text: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    """Return the text, or its beginning and an ellipsis."""
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _draw_text(drawing: ImageDraw.ImageDraw, text: str, ink: RGB) -> None:
    for size, most_lines in TEXT_SIZES:
        lines, fits = wrapped(text, size, most_lines)
        if fits:
            break
    height = round(size * 1.36)
    top = TEXT_TOP + (TEXT_BOTTOM - TEXT_TOP - height * len(lines)) // 2
    for index, line in enumerate(lines):
        drawing.text((TEXT_LEFT, top + index * height), line, ink, font(size))


def _draw_wave(drawing: ImageDraw.ImageDraw, bars: list[float], accent: RGB) -> None:
    space = TEXT_WIDTH / len(bars)
    for index, bar in enumerate(bars):
        half = max(4.0, bar * WAVE_HEIGHT) / 2
        left = TEXT_LEFT + index * space
        box = (left, WAVE_MIDDLE - half, left + space * 0.55, WAVE_MIDDLE + half)
        drawing.rounded_rectangle(box, radius=space * 0.27, fill=accent)


def _draw_foot(drawing: ImageDraw.ImageDraw, card: Card, ink: RGB, accent: RGB) -> None:
    face, middle = font(30), 545
    width = face.getlength(card.mark)
    box = (TEXT_LEFT, middle - 29, TEXT_LEFT + width + 48, middle + 29)
    drawing.rounded_rectangle(box, radius=29, fill=accent)
    drawing.text((TEXT_LEFT + 24, middle), card.mark, "white", face, anchor="lm")
    drawing.text((WIDTH - MARGIN, middle), card.site, ink, face, anchor="rm")


def _wash(paper: RGB, soft: RGB) -> Image.Image:
    """Return the background: paper that takes the accent towards the corner below."""
    gradient = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    return Image.composite(Image.new("RGB", (WIDTH, HEIGHT), soft), Image.new("RGB", (WIDTH, HEIGHT), paper), gradient)


@cache
def _circle() -> Image.Image:
    large = Image.new("L", (FACE * SMOOTHING, FACE * SMOOTHING))
    ImageDraw.Draw(large).ellipse((0, 0, FACE * SMOOTHING - 1, FACE * SMOOTHING - 1), fill=255)
    return large.resize((FACE, FACE), Image.Resampling.LANCZOS)


def _face(card: Card, stage: RGB, accent: RGB) -> Image.Image:
    """Return the square behind the circle: the portrait on the stage's light, or the member's initial."""
    face = Image.new("RGB", (FACE, FACE), stage)
    if card.portrait is None:
        initial = shown(card.member)[:1]
        ImageDraw.Draw(face).text((FACE / 2, FACE / 2), initial, accent, font(200), anchor="mm")
        return face
    portrait = card.portrait.convert("RGBA")
    width = round(FACE * 1.02)
    portrait = portrait.resize((width, round(portrait.height * width / portrait.width)), Image.Resampling.LANCZOS)
    # A tall picture is seen from its top on; one that ends at the shoulders stands on the circle's edge.
    top = 0 if portrait.height > FACE * 1.3 else FACE - portrait.height + round(FACE * 0.06)
    face.paste(portrait, ((FACE - width) // 2, top), portrait)
    return face
