"""The page's colours (OKLCH, as in its tokens.css) as Pillow takes them."""

import math

RGB = tuple[int, int, int]


def oklch(lightness: float, chroma: float, hue: float) -> RGB:
    """Return the sRGB colour (0..255) of an OKLCH colour; a chroma that sRGB does not reach is lowered.

    The matrices are those of Björn Ottosson's definition of Oklab.
    """
    while True:
        linear = _linear_srgb(lightness, chroma, hue)
        if chroma <= 0 or all(-0.001 <= value <= 1.001 for value in linear):
            red, green, blue = (round(255 * _gamma(min(1.0, max(0.0, value)))) for value in linear)
            return red, green, blue
        chroma -= 0.005


def _linear_srgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
