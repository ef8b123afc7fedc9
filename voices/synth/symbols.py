"""Turn Hangul into the symbol ids of an acoustic model. The order of the symbols belongs to the checkpoint."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voices.synth import coqui
from voices.synth.errors import CheckpointError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


def legacy_symbol_table(config: Mapping[str, Any], file_name: str) -> SymbolTable:
    """Build the table of a config file in the format of the SCE-TTS recipe (coqui 0.0.14).

    The order is padding, end, begin, then the characters as listed. Nothing is sorted, and the punctuation is not
    appended, because `characters` contains it.

    Raises:
        CheckpointError: the config has no characters, or asks for phonemes.
    """
    characters = config.get("characters")
    if not isinstance(characters, dict) or not isinstance(characters.get("characters"), str):
        raise CheckpointError(file_name, "the config has no characters")
    if config.get("use_phonemes"):
        raise CheckpointError(file_name, "the voice was trained on phonemes, which this service does not make")
    special = [str(characters.get(key, default)) for key, default in (("pad", "_"), ("eos", "~"), ("bos", "^"))]
    phonemes = [f"@{phoneme}" for phoneme in sorted(set(characters.get("phonemes") or ""))]
    symbols = (*special, *characters["characters"], *phonemes)
    add_blank = bool(config.get("add_blank", False))
    return SymbolTable(
        symbols=symbols,
        special=frozenset(special),
        clean=_cleaner(config.get("text_cleaner"), file_name),
        row_count=len(symbols) + add_blank,
        blank_id=len(symbols) if add_blank else None,
    )


def coqui_symbol_table(config: Mapping[str, Any], file_name: str) -> SymbolTable:
    """Build the table of a config file in the format of coqui-tts today, with coqui's own vocabulary classes.

    Raises:
        CheckpointError: the config has no characters, asks for phonemes, or leaves the order of the symbols open.
    """
    given = config.get("characters")
    if not isinstance(given, dict):
        raise CheckpointError(file_name, "the config has no characters")
    if config.get("use_phonemes"):
        raise CheckpointError(file_name, "the voice was trained on phonemes, which this service does not make")
    module = coqui.characters_module()
    # A config could name any class; only coqui's own are used, looked up by the last part of the name.
    class_name = str(given.get("characters_class") or "Graphemes").rpartition(".")[2]
    if class_name not in ("Graphemes", "BaseCharacters", "IPAPhonemes"):
        raise CheckpointError(file_name, f"unknown characters_class {class_name!r}")
    unique, ordered = bool(given.get("is_unique", True)), bool(given.get("is_sorted", True))
    if unique and not ordered:
        # coqui passes the characters through a set in this case, so their order after training is not known.
        raise CheckpointError(file_name, "is_unique without is_sorted leaves the order of the symbols to chance")
    texts = {key: _optional_text(given, key, file_name) for key in ("pad", "eos", "bos", "blank")}
    try:
        vocabulary = getattr(module, class_name)(
            characters=_optional_text(given, "characters", file_name) or "",
            punctuations=_optional_text(given, "punctuations", file_name) or "",
            is_unique=unique,
            is_sorted=ordered,
            **texts,
        )
    except AssertionError as error:
        raise CheckpointError(file_name, "the config names a character twice") from error
    symbols = tuple(vocabulary.vocab)
    framed = bool(config.get("enable_eos_bos_chars", False))
    return SymbolTable(
        symbols=symbols,
        special=frozenset(text for text in texts.values() if text),
        clean=_cleaner(config.get("text_cleaner"), file_name),
        row_count=len(symbols),
        blank_id=vocabulary.blank_id if config.get("add_blank") else None,
        bos_id=vocabulary.bos_id if framed else None,
        eos_id=vocabulary.eos_id if framed else None,
    )


def _optional_text(given: Mapping[str, Any], key: str, file_name: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise CheckpointError(file_name, f"characters.{key} is not text")
    return value


def _cleaner(name: object, file_name: str) -> Cleaner:
    if not name:
        return str
    if name == "korean_cleaners":
        return clean_korean
    cleaner = getattr(coqui.cleaners_module(), str(name), None) if str(name).endswith("_cleaners") else None
    if cleaner is None:
        raise CheckpointError(file_name, f"unknown text_cleaner {name!r}")
    return lambda text: str(cleaner(text, lang="ko"))
