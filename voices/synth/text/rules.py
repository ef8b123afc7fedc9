"""A rule of reading: what it finds in a text, and what it puts in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    Read = Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Rule:
    """One rule, known by its name.

    `read` gives what a match of `pattern` becomes; a match that is no case of the rule is returned as it is. `example`
    is what the rule by itself makes of a text: (written, read). The tests run it.
    """

    name: str
    pattern: re.Pattern[str]
    read: Read
    example: tuple[str, str]
