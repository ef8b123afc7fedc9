"""A rule of reading: a pattern, and how to read what it matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    Read = Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Rule:
    """A rule and its name.

    `read` returns the replacement of a match of `pattern`, or the matched text if the rule does not apply. `example`
    is a text and what this rule alone makes of it; the tests run it.
    """

    name: str
    pattern: re.Pattern[str]
    read: Read
    example: tuple[str, str]
