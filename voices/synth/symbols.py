"""Turn Hangul into the symbol ids of an acoustic model. The order of the symbols belongs to the checkpoint."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voices.intake.symbols import KNOWN_CLEANERS
from voices.synth import coqui

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voices.intake.settings import SymbolSettings

    Cleaner = Callable[[str], str]


@dataclass(frozen=True)
class SymbolTable:
    """The symbols of a checkpoint, in the order of its embedding rows."""

    symbols: tuple[str, ...]  # index = id
    special: frozenset[str]  # padding, begin, end, blank: they have ids, but are never looked up in a text
    clean: Cleaner
    row_count: int  # rows that the embedding must have
    blank_id: int | None = None  # inserted before, between and after all symbols
    bos_id: int | None = None
    eos_id: int | None = None

    def __post_init__(self) -> None:
        """Index the symbols; a symbol that is listed twice gets its last row, as in every version of coqui."""
        id_of = {symbol: index for index, symbol in enumerate(self.symbols) if symbol not in self.special}
        object.__setattr__(self, "_id_of", id_of)
        decomposed = any("\u1100" <= symbol <= "\u11ff" for symbol in id_of)
        object.__setattr__(self, "_form", "NFD" if decomposed else "NFC")

    _id_of: Mapping[str, int] = None  # type: ignore[assignment]  # both set above
    _form: Any = None

    @property
    def alphabet(self) -> frozenset[str]:
        """The symbols that a text can contain."""
        return frozenset(self._id_of)

    def text_to_symbol_ids(self, text: str) -> tuple[list[int], list[str]]:
        """Return the ids of `text` and, in order, its symbols that the checkpoint does not have.

        After the cleaner, the text is decomposed (NFD) if the checkpoint's symbols are conjoining jamo, and composed
        (NFC) if they are syllables: in the wrong form, no Hangul symbol would be found.
        """
        known: list[int] = []
        unknown: list[str] = []
        for symbol in unicodedata.normalize(self._form, self.clean(text)):
            if symbol in self._id_of:
                known.append(self._id_of[symbol])
            else:
                unknown.append(symbol)
        if self.blank_id is not None:
            spread = [self.blank_id] * (2 * len(known) + 1)
            spread[1::2] = known
            known = spread
        if self.bos_id is not None and self.eos_id is not None:
            known = [self.bos_id, *known, self.eos_id]
        return known, unknown


def clean_korean(text: str) -> str:
    """Clean a text as `korean_cleaners` of the SCE-TTS recipe, for voices that were trained on its output."""
    text = text.lower().replace(";", ",").replace("-", " ").replace(":", ",").replace("&", " 앤 ")
    text = re.sub(r'[<>()\[\]"]+', "", text)
    return unicodedata.normalize("NFD", re.sub(r"\s+", " ", text).strip())


def symbol_table(settings: SymbolSettings) -> SymbolTable:
    """Return the table that a model's settings describe; coqui-tts is loaded if they name one of its cleaners."""
    return SymbolTable(
        symbols=tuple(settings.symbols),
        special=frozenset(settings.special),
        clean=_cleaner(settings.cleaner),
        row_count=settings.row_count,
        blank_id=settings.blank_id,
        bos_id=settings.bos_id,
        eos_id=settings.eos_id,
    )


def _cleaner(name: str | None) -> Cleaner:
    if name is None:
        return str
    if name == "korean_cleaners":
        return clean_korean
    if name not in KNOWN_CLEANERS:
        raise ValueError(f"unknown text_cleaner {name!r}")
    cleaner = getattr(coqui.cleaners_module(), name)
    return lambda text: str(cleaner(text, lang="ko"))
