"""The symbols of an acoustic model, by its config. Their order belongs to the checkpoint and is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voices.intake.refusal import Refused
from voices.intake.settings import MAX_SYMBOLS, SymbolSettings

# Cleaners that leave Hangul as it is; the first is of the SCE-TTS recipe, the others are coqui's.
KNOWN_CLEANERS = (
    "korean_cleaners", "basic_cleaners", "no_cleaners", "multilingual_cleaners", "multilingual_phoneme_cleaners",
    "phoneme_cleaners", "english_cleaners", "transliteration_cleaners", "basic_german_cleaners",
    "basic_turkish_cleaners", "french_cleaners", "italian_cleaners", "portuguese_cleaners",
)  # fmt: skip


def legacy_symbols(config: Mapping[str, Any]) -> SymbolSettings:
    """Return the symbols of a config in the format of the SCE-TTS recipe (coqui 0.0.14).

    The order is padding, end, begin, then the characters as listed. Nothing is sorted, and the punctuation is not
    appended, because `characters` contains it.

    Raises Refused if the config has no characters, or asks for phonemes.
    """
    given = _characters(config)
    if not isinstance(given.get("characters"), str):
        raise Refused("config", "no_characters")
    texts = {name: _text(given, name) for name in ("pad", "eos", "bos", "characters", "phonemes")}
    special = [texts[name] or default for name, default in (("pad", "_"), ("eos", "~"), ("bos", "^"))]
    phonemes = [f"@{phoneme}" for phoneme in sorted(set(texts["phonemes"] or ""))]
    symbols = _bounded([*special, *(texts["characters"] or ""), *phonemes])
    add_blank = bool(config.get("add_blank", False))
    return SymbolSettings(
        symbols=symbols,
        special=special,
        cleaner=_cleaner(config.get("text_cleaner")),
        row_count=len(symbols) + add_blank,
        blank_id=len(symbols) if add_blank else None,
    )


def coqui_symbols(config: Mapping[str, Any]) -> SymbolSettings:
    """Return the symbols of a config of coqui-tts today: special ones, characters, punctuation.

    Raises Refused if the config has no characters, asks for phonemes, or leaves the order of the symbols open.
    """
    given = _characters(config)
    class_name = str(given.get("characters_class") or "Graphemes").rpartition(".")[2]
    if class_name not in ("Graphemes", "BaseCharacters", "IPAPhonemes"):
        raise Refused("config", "characters_class", found=repr(class_name))
    unique, ordered = bool(given.get("is_unique", True)), bool(given.get("is_sorted", True))
    if unique and not ordered:
        # coqui passes the characters through a set in this case, so their order after training is not known.
        raise Refused("config", "order_unknown")
    texts = {name: _text(given, name) for name in ("pad", "eos", "bos", "blank", "characters", "punctuations")}
    characters = texts.pop("characters") or ""
    punctuation = texts.pop("punctuations") or ""
    if unique:
        characters = "".join(set(characters))
    special = [text for text in texts.values() if text]
    symbols = _bounded([*special, *(sorted(characters) if ordered else characters), *punctuation])
    if unique and len(set(symbols)) != len(symbols):
        raise Refused("config", "character_twice")
    id_of = {symbol: index for index, symbol in enumerate(symbols)}
    asked = [
        name
        for name, key in (("blank", "add_blank"), ("bos", "enable_eos_bos_chars"), ("eos", "enable_eos_bos_chars"))
        if config.get(key)
    ]
    for name in asked:
        if not texts[name]:
            raise Refused("config", "symbol_missing", name=name)
    ids = {f"{name}_id": id_of[texts[name] or ""] for name in asked}
    return SymbolSettings(
        symbols=symbols, special=special, cleaner=_cleaner(config.get("text_cleaner")), row_count=len(symbols), **ids
    )


def _characters(config: Mapping[str, Any]) -> Mapping[str, Any]:
    given = config.get("characters")
    if not isinstance(given, dict):
        raise Refused("config", "no_characters")
    if config.get("use_phonemes"):
        raise Refused("config", "phonemes")
    return given


def _bounded(symbols: list[str]) -> list[str]:
    if not 1 <= len(symbols) <= MAX_SYMBOLS:
        raise Refused("config", "no_characters")
    return symbols


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused("config", "not_text", name=f"characters.{name}")
    try:
        (value or "").encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise Refused("config", "not_text", name=f"characters.{name}") from error
    return value


def _cleaner(name: object) -> str | None:
    if not name:
        return None
    if name not in KNOWN_CLEANERS:
        raise Refused("config", "text_cleaner", found=repr(name), known=", ".join(KNOWN_CLEANERS[:3]))
    return str(name)
