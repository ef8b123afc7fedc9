"""Bring the characters of any string into one form: composed, of normal width, without invisible marks."""

from __future__ import annotations

import functools
import re
import unicodedata

from voices.synth.text.traced import TracedText

# Categories of invisible characters: zero width, writing direction, variation selectors, controls.
INVISIBLE = {"Cf", "Cc", "Mn", "Me"}
UNSAID = "\ue001"  # a private character, which is dropped and reported, with all that a rule has replaced by it
# Signs that signs.py reads; their compatible forms ("No", "m2") would be read otherwise.
_KEPT = "№℃℉℡™㎡㎥㎢²³"
_ROMAN = str.maketrans(dict(zip("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ", "일이삼사오육칠팔구십", strict=True)))
_FOLDED = "[\x00-\x7f가-힣μΩ¢£¥₩]+"  # what compatible forms may become: ㎞, ㎍, ㏀, full-width ￥
_SAME = str.maketrans("\u2044\u2215\u301c\u223c", "//~~")  # the slashes of ½ and ㎧, and wave dashes
_LINE_END = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_PLAIN = re.compile("[\n -~가-힣]+")
_MAX_CLUSTER = 32  # characters composed at once; no letter has more accents


def fold(text: str) -> TracedText:
    """Compose Hangul, fold full-width and other compatible forms of letters and digits, drop invisible marks.

    Every line ends with one `\\n`.
    """
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    start = 0
    while start < len(text):
        if plain := _PLAIN.match(text, start):
            end = plain.end()
            if end < len(text) and _combines(text[end]):
                end -= 1  # its last character may compose with what follows
            characters.append(text[start:end])
            starts += range(start, end)
            ends += range(start + 1, end + 1)
            start = end
            if start == len(text):
                break
        end = start + 1
        while end < len(text) and end - start < _MAX_CLUSTER and _combines(text[end]):
            end += 1
        # Marks that do not compose are read, or dropped, by themselves.
        end = max(start + 1, end - _uncomposed(text[start:end]))
        folded = _fold_cluster(text[start:end])
        characters.append(folded)
        starts += [start] * len(folded)
        ends += [end] * len(folded)
        start = end
    return TracedText("".join(characters), starts, ends).sub(_LINE_END, lambda _match: "\n")


@functools.lru_cache(maxsize=4096)
def _fold_cluster(cluster: str) -> str:
    """Fold one character and the marks that combine with it."""
    kept = []
    # particles.py uses this private character as a mark of its own.
    for character in unicodedata.normalize("NFC", cluster.replace("\ue000", UNSAID)):
        folded = (
            character
            if character in _KEPT
            else unicodedata.normalize("NFKC", character.translate(_ROMAN)).translate(_SAME)
        )
        if not re.fullmatch(_FOLDED, folded) or unicodedata.category(character) == "Cc":
            folded = character
        if folded in "\n\r\t\v\f\x1c\x1d\x1e\x85" or unicodedata.category(folded[0]) not in INVISIBLE:
            kept.append(folded)
    return "".join(kept)


def _uncomposed(cluster: str) -> int:
    """Count the last characters of a cluster that composition leaves as they are."""
    composed = unicodedata.normalize("NFC", cluster)
    length = 0
    while length < min(len(cluster), len(composed)) and cluster[-1 - length] == composed[-1 - length]:
        length += 1
    return length


def _combines(character: str) -> bool:
    return "\u1160" <= character <= "\u11ff" or unicodedata.combining(character) != 0
