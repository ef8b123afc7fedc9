"""HTML in a text: character references become their characters, tags are dropped and reported."""

from __future__ import annotations

import html
import re

from voices.synth.text.normalize.folding import UNSAID
from voices.synth.text.rules import Rule

_REFERENCES = "amp|lt|gt|quot|apos|nbsp|hellip|middot|times|ndash|mdash|lsquo|rsquo|ldquo|rdquo|hearts|copy|reg|trade"
_TAGS = (
    "a|b|big|blockquote|br|center|code|del|div|em|font|h[1-6]|hr|i|img|ins|li|mark|ol|p|pre|q|s|small|span|strike|strong"
    "|sub|sup|table|tbody|td|th|tr|tt|u|ul"
)


def _decode(match: re.Match[str]) -> str:
    return html.unescape(match[0]).replace("\u00a0", " ")


RULES: tuple[Rule, ...] = (
    Rule(
        "character reference",
        re.compile(f"&(?:{_REFERENCES}|#[0-9]{{1,6}}|#[xX][0-9A-Fa-f]{{1,5}});"),
        _decode,
        ("별 &amp; 달", "별 & 달"),
    ),
    Rule(
        "tag",
        re.compile(rf"</?(?:{_TAGS})(?:\s[^<>\n]{{0,500}}+)?/?>", re.IGNORECASE),
        lambda _match: UNSAID,
        ("<b>별</b>", f"{UNSAID}별{UNSAID}"),
    ),
)
