"""A text that keeps the original position of its characters while it is rewritten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Sequence

    from voices.synth.text.rules import Read, Rule

    OnChange = Callable[[str, str], None]


@dataclass(frozen=True)
class TracedText:
    """A text and, for each of its characters, the span of the original that it stands for."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def __getitem__(self, span: slice) -> TracedText:
        return TracedText(self.text[span], self.starts[span], self.ends[span])

    def span(self) -> tuple[int, int]:
        """Return the span of the original that the whole text stands for."""
        return min(self.starts), max(self.ends)

    def within(self, outer: TracedText) -> TracedText:
        """Return a text that stands for positions in `outer.text` with the positions that those stand for."""
        starts, ends = [outer.starts[start] for start in self.starts], [outer.ends[end - 1] for end in self.ends]
        return TracedText(self.text, starts, ends)

    def sub(self, pattern: re.Pattern[str], read: Read) -> TracedText:
        """Do what `pattern.sub(read, text)` does."""
        return self.replace((*match.span(), read(match)) for match in pattern.finditer(self.text))

    def replace(self, changes: Iterable[tuple[int, int, str]]) -> TracedText:
        """Replace spans (start, end, new text) that follow one another.

        What a new text has in common with the old at either end stays as it is; the characters between stand for what
        they replace, or for the whole span where they were only put in. Where some were only left out, the character
        before stands for them too.
        """
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        position = 0
        for begin, end, new in changes:
            old = self.text[begin:end]
            if old == new:
                continue
            head = _common_length(old, new)
            tail = _common_length(old[head:][::-1], new[head:][::-1])
            first, last = begin + head, end - tail
            text += self.text[position:first], new[head : len(new) - tail]
            starts += self.starts[position:first]
            ends += self.ends[position:first]
            if first < last:
                begin, end = first, last
            added = len(new) - head - tail
            if head and not added:
                ends[-1] = max(ends[-1], self.ends[end - 1])  # &amp; -> &
            starts += [self.starts[begin]] * added
            ends += [self.ends[end - 1]] * added
            position = last
        if not text:
            return self
        text.append(self.text[position:])
        return TracedText("".join(text), starts + list(self.starts[position:]), ends + list(self.ends[position:]))

    def apply(self, rules: Iterable[Rule], on_change: OnChange | None = None) -> TracedText:
        """Apply one rule after another; `on_change` is called with the name of each that changed the text."""
        traced = self
        for rule in rules:
            before, traced = traced, traced.sub(rule.pattern, rule.read)
            if on_change is not None and traced.text != before.text:
                on_change(rule.name, traced.text)
        return traced


def untraced(text: str) -> TracedText:
    """Return a text of which each character stands for itself."""
    return TracedText(text, range(len(text)), range(1, len(text) + 1))


def _common_length(first: str, second: str) -> int:
    """Count the characters that two texts begin with in common."""
    length = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        length += 1
    return length
