"""Text under rewriting that still knows where each of its characters came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class TracedText:
    """A text and, for each of its characters, the index in the original of the character that it stands for."""

    text: str
    origins: Sequence[int]

    def sub(self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> TracedText:
        """Do what `pattern.sub(replace, text)` does; new characters come from where their match began."""
        parts: list[str] = []
        origins: list[int] = []
        position = 0
        for match in pattern.finditer(self.text):
            replacement = replace(match)
            parts += self.text[position : match.start()], replacement
            origins += self.origins[position : match.start()]
            if match.start() < match.end():
                origins += [self.origins[match.start()]] * len(replacement)
            position = match.end()
        if position == 0:
            return self
        parts.append(self.text[position:])
        origins += self.origins[position:]
        return TracedText("".join(parts), origins)
