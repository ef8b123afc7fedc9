"""From any string to Hangul, spaces, line ends and `.,!?`, remembering where each character came from."""

from __future__ import annotations

import re
import unicodedata

from voices.synth.text.jamo import LETTER_RULES
from voices.synth.text.latin import LATIN_WORD, read_latin
from voices.synth.text.numbers import RULES as NUMBER_RULES
from voices.synth.text.spoken import Dropped
from voices.synth.text.traced import TracedText

PUNCTUATION = ".,!?"

# Signs that stand for a pause, a space or a word. What is neither here nor read by a rule is dropped and reported.
_SIGNS = {
    **dict.fromkeys(";:、，؛", ","),
    **dict.fromkeys("。｡", "."),
    **dict.fromkeys("-‐‑‒–—―−~∼〜·•・(<[{「『《〈【\t\u00a0", " "),
    **dict.fromkeys("\"'`´‘’“”)>]}」』》〉】", ""),
    "&": " 앤 ",
    "+": " 플러스 ",
    "%": "퍼센트",
}
_SIGN = re.compile(f"[{re.escape(''.join(_SIGNS))}]")
_LINE_END = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# Marks that no one sees: zero-width characters, writing direction, variation selectors, controls.
_INVISIBLE = {"Cf", "Cc", "Mn", "Me"}
_NOT_SAID = re.compile(f"[^가-힣 \n{PUNCTUATION}]")


def normalize(text: str, alphabet: frozenset[str] | None) -> tuple[str, tuple[Dropped, ...]]:
    """Read `text` in Hangul and report what cannot be said.

    Args:
        text: any string.
        alphabet: keep only characters that consist of these symbols (composed or decomposed); None keeps all.

    Returns:
        Lines of Hangul, spaces and `.,!?`, and the characters dropped, in their order in `text`.
    """
    traced = _compose(text).sub(_LINE_END, lambda _match: "\n")
    for pattern, replace in (*NUMBER_RULES, (LATIN_WORD, read_latin), *LETTER_RULES):
        traced = traced.sub(pattern, replace)
    traced = traced.sub(_SIGN, lambda match: _SIGNS[match[0]])
    kept, dropped = [], []
    for character, origin in zip(traced.text, traced.origins, strict=True):
        known = alphabet is None or character in " \n" or _consists_of(character, alphabet)
        if known and not _NOT_SAID.match(character):
            kept.append(character)
        else:
            kept.append(" ")
            dropped.append(origin)
    lines = (_shape_punctuation(line) for line in "".join(kept).split("\n"))
    return "\n".join(line for line in lines if line), _gather(dropped, text)


def _compose(text: str) -> TracedText:
    """Compose Hangul, fold full-width and other compatible forms of Latin letters and digits, drop invisible marks."""
    characters: list[str] = []
    origins: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        # A composed character reaches up to the next one that does not combine with what stands before it.
        while end < len(text) and end - start < 32 and _combines(text[end]):
            end += 1
        for character in unicodedata.normalize("NFC", text[start:end]):
            folded = unicodedata.normalize("NFKC", character)
            if not re.fullmatch("[\x00-\x7f가-힣]+", folded) or unicodedata.category(character) == "Cc":
                folded = character
            if folded in "\n\r\t\v\f\x1c\x1d\x1e\x85" or unicodedata.category(folded[0]) not in _INVISIBLE:
                characters.append(folded)
                origins += [start] * len(folded)
        start = end
    return TracedText("".join(characters), origins)


def _combines(character: str) -> bool:
    return "\u1160" <= character <= "\u11ff" or unicodedata.combining(character) != 0


def _consists_of(character: str, alphabet: frozenset[str]) -> bool:
    return character in alphabet or all(part in alphabet for part in unicodedata.normalize("NFD", character))


def _shape_punctuation(line: str) -> str:
    """Collapse spaces and runs of punctuation; the last of `.!?` in a run wins over all that stand before it."""
    line = re.sub(" +", " ", line).strip(" ")
    line = re.sub(r"[.,!?](?: ?[.,!?])+", lambda run: (run[0].replace(",", "").replace(" ", "") or ",")[-1], line)
    line = re.sub(r" ?([.,!?]) ?", r"\1 ", line)
    return line.lstrip(" .,!?").rstrip(" ")


def _gather(origins: list[int], text: str) -> tuple[Dropped, ...]:
    """Join neighbours; invisible marks between two dropped characters (as in a family emoji) go with them."""
    dropped: list[tuple[int, int]] = []
    for origin in sorted(set(origins)):
        if dropped and all(unicodedata.category(mark) in _INVISIBLE for mark in text[dropped[-1][1] : origin]):
            dropped[-1] = dropped[-1][0], origin + 1
        else:
            dropped.append((origin, origin + 1))
    # A lone surrogate could be written to no file or database.
    return tuple(Dropped(text[start:end].encode("utf-8", "replace").decode("utf-8"), start) for start, end in dropped)
