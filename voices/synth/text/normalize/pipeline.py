"""Turn any string into Hangul, spaces, line ends and `.,!?`, and keep the original position of each character."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from voices.synth.text.normalize import (
    abbreviations,
    chat,
    counters,
    dates,
    estimates,
    identifiers,
    latin,
    links,
    markup,
    measures,
    money,
    numerals,
    particles,
    relations,
    signs,
    times,
)
from voices.synth.text.normalize.folding import INVISIBLE, UNSAID, fold
from voices.synth.text.normalize.lexicon import common_names
from voices.synth.text.rules import Rule
from voices.synth.text.spoken import Dropped

if TYPE_CHECKING:
    from voices.synth.text.normalize.lexicon import Lexicon
    from voices.synth.text.traced import OnChange, TracedText

PUNCTUATION = ".,!?"
_NOT_SAID = f"[^가-힣 \n{PUNCTUATION}]"
_TO_READ = re.compile(_NOT_SAID)

# Numbers, the most specific first; the last rule reads all others as plain numbers.
_NUMBER_RULES: tuple[Rule, ...] = (
    *dates.DOTTED_RULES,
    *relations.RANGE_RULES,
    *dates.RULES,
    *identifiers.RULES,
    *times.RULES,
    *money.RULES,
    *measures.COMPOUND_RULES,
    *latin.CODE_RULES,
    *relations.RULES,
    *measures.RULES,
    *relations.SIGN_RULES,
    *latin.DIGIT_RULES,
    *estimates.RULES,
    *counters.RULES,
    *numerals.RULES,
)
# The stages in their order; a stage is skipped if its pattern is not in the text. Each rule sees the text that the
# rules before it have left.
_LINK_RULES = particles.marking_seams((*markup.RULES, *links.RULES, *abbreviations.RULES, *links.FILE_RULES))
_STAGES: tuple[tuple[re.Pattern[str], tuple[Rule, ...]], ...] = (
    (_TO_READ, particles.marking_seams((*particles.CHOICE_RULES, *chat.RULES, *signs.RULES))),
    (re.compile("[0-9]"), particles.marking_seams(_NUMBER_RULES)),
    (re.compile("[A-Za-z]"), particles.marking_seams(latin.RULES)),
    (_TO_READ, (*particles.GLOSS_RULES, *signs.LAST_RULES, *particles.RULES)),
)


def normalize(
    text: str,
    alphabet: frozenset[str] | None = None,
    lexicon: Lexicon | None = None,
    on_change: OnChange | None = None,
) -> tuple[TracedText, tuple[Dropped, ...]]:
    """Read `text` in Hangul and report what cannot be said.

    Args:
        text: any string.
        alphabet: keep only characters that consist of these symbols (composed or decomposed); None keeps all.
        lexicon: readings that come before all rules.
        on_change: called with the name of each rule or lexicon that changed the text, and with the changed text.

    Returns:
        Lines of Hangul, spaces and `.,!?`, and the characters dropped, in their order in `text`.
    """
    traced = fold(text)
    if _TO_READ.search(traced.text):
        traced = traced.apply(_LINK_RULES, on_change)
    if lexicon is not None:
        traced = _apply_lexicon("lexicon", lexicon, traced, on_change)
    if _TO_READ.search(traced.text):
        traced = _apply_lexicon("names.tsv", common_names(), traced, on_change)
        for needed, rules in _STAGES:
            if needed.search(traced.text):
                traced = traced.apply(rules, on_change)
    unsaid = _unsaid(traced.text, alphabet)
    dropped = [
        index
        for match in unsaid.finditer(traced.text)
        for start, end in [traced[slice(*match.span())].span()]
        for index in range(start, end if match[0] == UNSAID else start + 1)
    ]
    return traced.sub(unsaid, lambda _match: " ").apply(_SHAPES, on_change), _gather(dropped, text)


def _apply_lexicon(name: str, lexicon: Lexicon, traced: TracedText, on_change: OnChange | None) -> TracedText:
    changed = lexicon.apply(traced)
    if on_change is not None and changed.text != traced.text:
        on_change(name, changed.text)
    return changed


def _unsaid(text: str, alphabet: frozenset[str] | None) -> re.Pattern[str]:
    """Return a pattern for everything but Hangul and punctuation, and for what the alphabet lacks."""
    lacking = "" if alphabet is None else "".join(c for c in set(text) - set(" \n") if not _consists_of(c, alphabet))
    return re.compile(f"{_NOT_SAID}|[{re.escape(lacking)}]" if lacking else _NOT_SAID)


def _consists_of(character: str, alphabet: frozenset[str]) -> bool:
    return character in alphabet or all(part in alphabet for part in unicodedata.normalize("NFD", character))


def _last_mark(run: re.Match[str]) -> str:
    """Choose the last of `.!?` in a run; a comma only where there is nothing else."""
    return (run[0].replace(",", "").replace(" ", "") or ",")[-1]


# Collapse spaces and runs of punctuation. Each line begins with Hangul, and no line is empty.
_SHAPES: tuple[Rule, ...] = (
    Rule("run of spaces", re.compile(" {2,}"), lambda _match: " ", ("가  나", "가 나")),
    Rule("run of punctuation", re.compile(r"[.,!?](?: ?[.,!?])+"), _last_mark, ("가.. !", "가!")),
    Rule("space around punctuation", re.compile(r" ?([.,!?]) ?"), lambda match: match[1] + " ", ("가 .나", "가. 나")),
    Rule("line end", re.compile(r" ?\n[ \n.,!?]*"), lambda _match: "\n", ("가 \n. 나", "가\n나")),
    Rule("edges of the text", re.compile(r"\A[ \n.,!?]+|[ \n]+\Z"), lambda _match: "", (" .가 ", "가")),
)


RULES: tuple[Rule, ...] = (*_LINK_RULES, *(rule for _needed, rules in _STAGES for rule in rules), *_SHAPES)


def _gather(indices: list[int], text: str) -> tuple[Dropped, ...]:
    """Join neighbours; invisible marks between two dropped characters (as in a family emoji) go with them."""
    dropped: list[tuple[int, int]] = []
    for index in sorted(set(indices)):
        if dropped and all(unicodedata.category(mark) in INVISIBLE for mark in text[dropped[-1][1] : index]):
            dropped[-1] = dropped[-1][0], index + 1
        else:
            dropped.append((index, index + 1))
    # A lone surrogate can't be written to a file or a database.
    return tuple(Dropped(text[start:end].encode("utf-8", "replace").decode("utf-8"), start) for start, end in dropped)
