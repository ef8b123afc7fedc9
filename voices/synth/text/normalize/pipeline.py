"""From any string to Hangul, spaces, line ends and `.,!?`, remembering where each character came from."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from voices.synth.text.normalize import (
    chat,
    counters,
    dates,
    identifiers,
    latin,
    links,
    measures,
    money,
    numerals,
    particles,
    relations,
    signs,
    times,
)
from voices.synth.text.normalize.folding import INVISIBLE, fold
from voices.synth.text.normalize.lexicon import common_names
from voices.synth.text.rules import Rule
from voices.synth.text.spoken import Dropped

if TYPE_CHECKING:
    from voices.synth.text.normalize.lexicon import Lexicon
    from voices.synth.text.traced import OnChange, TracedText

PUNCTUATION = ".,!?"
_NOT_SAID = f"[^가-힣 \n{PUNCTUATION}]"
_TO_READ = re.compile(_NOT_SAID)

# Numbers, the most specific first; what no rule knows is a plain number.
_NUMBER_RULES: tuple[Rule, ...] = (
    *relations.RANGE_RULES,
    *dates.RULES,
    *identifiers.RULES,
    *times.RULES,
    *money.RULES,
    *latin.CODE_RULES,
    *relations.RULES,
    *measures.RULES,
    *relations.SIGN_RULES,
    *latin.DIGIT_RULES,
    *counters.RULES,
    *numerals.RULES,
)
# In this order, each stage where the text has what it reads; a rule knows only what those before it have left.
_LINK_RULES = particles.marking_seams(links.RULES)
_STAGES: tuple[tuple[re.Pattern[str], tuple[Rule, ...]], ...] = (
    (_TO_READ, particles.marking_seams((*signs.RULES, *chat.RULES))),
    (re.compile("[0-9]"), particles.marking_seams(_NUMBER_RULES)),
    (re.compile("[A-Za-z]"), particles.marking_seams(latin.RULES)),
    (_TO_READ, (*signs.LAST_RULES, *particles.RULES)),
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
        on_change: is told of each rule that changed the text, and of the text then.

    Returns:
        Lines of Hangul, spaces and `.,!?`, and the characters dropped, in their order in `text`.
    """
    traced = fold(text)
    if _TO_READ.search(traced.text):
        traced = traced.apply(_LINK_RULES, on_change)
    if lexicon is not None:
        traced = lexicon.apply(traced)
    if _TO_READ.search(traced.text):
        traced = common_names().apply(traced)
        for needed, rules in _STAGES:
            if needed.search(traced.text):
                traced = traced.apply(rules, on_change)
    unsaid = _unsaid(traced.text, alphabet)
    dropped = [index for match in unsaid.finditer(traced.text) for index in traced.starts[slice(*match.span())]]
    return traced.sub(unsaid, lambda _match: " ").apply(_SHAPES, on_change), _gather(dropped, text)


def _unsaid(text: str, alphabet: frozenset[str] | None) -> re.Pattern[str]:
    """Match what is no Hangul or punctuation, and what the alphabet lacks."""
    lacking = "" if alphabet is None else "".join(c for c in set(text) - set(" \n") if not _consists_of(c, alphabet))
    return re.compile(f"{_NOT_SAID}|[{re.escape(lacking)}]" if lacking else _NOT_SAID)


def _consists_of(character: str, alphabet: frozenset[str]) -> bool:
    return character in alphabet or all(part in alphabet for part in unicodedata.normalize("NFD", character))


def _last_mark(run: re.Match[str]) -> str:
    """Choose the last of `.!?` in a run; a comma only where there is nothing else."""
    return (run[0].replace(",", "").replace(" ", "") or ",")[-1]


# Collapse spaces and runs of punctuation; nothing but Hangul begins a line, and no line is empty.
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
    # A lone surrogate could be written to no file or database.
    return tuple(Dropped(text[start:end].encode("utf-8", "replace").decode("utf-8"), start) for start, end in dropped)
