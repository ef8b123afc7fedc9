"""Symbols keep the order of the checkpoint, and text is cleaned as in training."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from testing import legacy_voice, tiny_voice
from voices.intake.symbols import coqui_symbols, legacy_symbols
from voices.synth import coqui
from voices.synth.symbols import clean_korean, symbol_table


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("A-b; c:", "a b, c,"),
        ('<가>(나)[다]"라"', "가나다라"),
        ("  가 \n 나 ", "가 나"),
        ("톰&제리", "톰 앤 제리"),
    ],
)
def test_legacy_voices_get_their_text_cleaned_as_in_training(text: str, cleaned: str) -> None:
    assert clean_korean(text) == unicodedata.normalize("NFD", cleaned)


def test_legacy_symbols_keep_the_order_of_the_config() -> None:
    table = symbol_table(legacy_symbols(legacy_voice.ACOUSTIC_CONFIG))
    assert "".join(table.symbols) == legacy_voice.SYMBOLS
    assert table.text_to_symbol_ids("_가~^")[0] == [table.symbols.index("ᄀ"), table.symbols.index("ᅡ")]


def test_a_character_written_twice_has_the_id_of_the_last() -> None:
    config = {"characters": {"pad": "_", "eos": "~", "bos": "^", "characters": "abca", "phonemes": ""}}
    table = symbol_table(legacy_symbols(config))
    assert table.row_count == 7
    assert table.text_to_symbol_ids("abc")[0] == [6, 4, 5]


def test_legacy_voices_with_blanks_have_one_row_more() -> None:
    config = {**legacy_voice.ACOUSTIC_CONFIG, "add_blank": True}
    table = symbol_table(legacy_symbols(config))
    blank = len(legacy_voice.SYMBOLS)
    assert table.row_count == blank + 1
    assert table.text_to_symbol_ids("가")[0] == [blank, 3, blank, 22, blank]


@pytest.mark.parametrize("add_blank", [False, True])
@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("ordered", [False, True])
def test_new_symbols_are_those_of_coquis_tokenizer(add_blank: bool, framed: bool, ordered: bool) -> None:
    coqui.import_torchaudio()
    from TTS.tts.utils.text.characters import Graphemes
    from TTS.tts.utils.text.tokenizer import TTSTokenizer

    names: dict[str, Any] = {"pad": "<PAD>", "eos": "<EOS>", "bos": "<BOS>", "blank": "<BLNK>"}
    characters = {"characters": "나가다", "punctuations": " .", "is_unique": ordered, "is_sorted": ordered, **names}
    config = {"characters": characters, "add_blank": add_blank, "enable_eos_bos_chars": framed}
    tokenizer = TTSTokenizer(characters=Graphemes(**characters), add_blank=add_blank, use_eos_bos=framed)
    table = symbol_table(coqui_symbols(config))
    assert table.text_to_symbol_ids("가나 다.")[0] == tokenizer.text_to_ids("가나 다.")
    assert table.symbols == tuple(tokenizer.characters.vocab)


def test_jamo_are_found_whatever_the_cleaner_composes() -> None:
    config = {**tiny_voice.ACOUSTIC_CONFIG, "text_cleaner": "basic_cleaners"}
    ids, unknown = symbol_table(coqui_symbols(config)).text_to_symbol_ids("가나")
    assert len(ids) == 4
    assert unknown == []
