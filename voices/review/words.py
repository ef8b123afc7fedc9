"""Find listed words and names in a text, in whatever variant they are written, and not what only looks like them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from voices.review.folding import Piece, fold, pieces

FIRST_WORDS = Path(__file__).parent / "first_words.txt"


@dataclass(frozen=True)
class Word:
    """A word to look for. It does not count within one of ``unless``; a name begins a word of the text."""

    written: str
    unless: tuple[str, ...] = ()
    is_name: bool = False


@dataclass(frozen=True)
class FirstWord:
    """A line of the list that a new service begins with."""

    written: str
    effect: str
    reason: str
    unless: str


def first_words() -> list[FirstWord]:
    """Read the list: effect, reason, word and, after a tab, the words in which it does not count."""
    lines = FIRST_WORDS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    return [FirstWord(row[2], row[0], row[1], row[3] if len(row) > 3 else "") for row in rows]


def find(words: Iterable[Word], text: str) -> list[tuple[Word, str]]:
    """Return each word that is in the text, with what is written there."""
    found = pieces(text)
    return [(word, written) for word in words if (written := _find(word, found)) is not None]


def _find(word: Word, found: list[Piece]) -> str | None:
    target = _folded(word.written)
    benign = [_folded(other) for other in word.unless]
    if not target:
        return None
    for number, piece in enumerate(found):
        if any(_is_in(target, form, benign, word.is_name) for form in piece.folded):
            return piece.written
        # Letters apart: each piece a part of the word, and nothing before or after it.
        apart = _apart(target, found[number:])
        if apart:
            return " ".join(piece.written for piece in found[number : number + apart])
    return None


def _is_in(target: str, form: str, benign: list[str], at_start: bool) -> bool:
    for other in benign:
        form = form.replace(other, " " * len(other))
    if target.isascii():
        return form.strip(".,!?~'\"") == target
    if all("ㄱ" <= letter <= "ㅣ" for letter in target):
        # Single letters are a word only if no others stand beside them.
        at = form.find(target)
        before, after = form[at - 1 : at] if at > 0 else "", form[at + len(target) : at + len(target) + 1]
        return at >= 0 and not any("ㄱ" <= letter <= "ㅣ" for letter in before + after)
    return form.startswith(target) if at_start else target in form


def _apart(target: str, rest: list[Piece]) -> int:
    """Return of how many pieces, at least two, the word is made; 0: of none."""
    if not rest or len(target) < 2:
        return 0
    so_far = ""
    for count, piece in enumerate(rest[: len(target)], 1):
        form = next((one for one in sorted(piece.folded, key=len) if target.startswith(so_far + one)), None)
        if form is None:
            return 0
        so_far += form
        if so_far == target:
            return count if count > 1 else 0
    return 0


@lru_cache(maxsize=4096)
def _folded(written: str) -> str:
    return fold(written)
