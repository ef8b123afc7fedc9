"""Latin words that no dictionary knows: romanized Korean by syllables, others by the usual sounds of letters."""

from __future__ import annotations

import re
import unicodedata

# Romanized Korean (국어의 로마자 표기법), with the common spellings of names: Minji, Jiyoung, saranghae.
_KOREAN_ONSETS = {
    "g": "ᄀ", "gg": "ᄁ", "kk": "ᄁ", "k": "ᄏ", "n": "ᄂ", "d": "ᄃ", "tt": "ᄄ", "dd": "ᄄ",
    "t": "ᄐ", "r": "ᄅ", "l": "ᄅ", "m": "ᄆ", "b": "ᄇ", "pp": "ᄈ", "bb": "ᄈ", "p": "ᄑ",
    "s": "ᄉ", "ss": "ᄊ", "j": "ᄌ", "jj": "ᄍ", "ch": "ᄎ", "h": "ᄒ", "": "ᄋ",
}  # fmt: skip
_KOREAN_VOWELS = {
    "a": "ᅡ", "ae": "ᅢ", "ya": "ᅣ", "yae": "ᅤ", "eo": "ᅥ", "e": "ᅦ", "yeo": "ᅧ", "you": "ᅧ", "ye": "ᅨ", "o": "ᅩ",
    "wa": "ᅪ", "wae": "ᅫ", "oe": "ᅬ", "yo": "ᅭ", "u": "ᅮ", "oo": "ᅮ", "woo": "ᅮ", "wo": "ᅯ", "weo": "ᅯ", "we": "ᅰ",
    "wi": "ᅱ", "yu": "ᅲ", "yoo": "ᅲ", "eu": "ᅳ", "ui": "ᅴ", "i": "ᅵ", "ee": "ᅵ",
}  # fmt: skip
_KOREAN_CODAS = {
    "": "", "k": "ᆨ", "g": "ᆨ", "n": "ᆫ", "l": "ᆯ", "m": "ᆷ", "p": "ᆸ", "b": "ᆸ", "ng": "ᆼ", "t": "ᆺ",
}  # fmt: skip
# Names are spelled with u and yu for 성, 정, 선, 철, 현 and 경, and with k for ㄱ: Sunghoon, Hyunjin, Kyungsoo.
_IN_NAMES = re.compile("(?:[sj]|jj)ung|sun|chul|byul|[hkgmb]?yung|[hkg]yun")
_K_IN_NAMES = re.compile("k(?:y|w|i|oo)")
_ENGLISH_END = re.compile("[^aeiouy]e$|eup$")  # homepage, lineup
_ONLY_KOREAN = re.compile("[yw]?eo|eu|ae|jj|kk|tt|pp|yung|hyun")


def _any(names: dict[str, str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


# A consonant between vowels begins a syllable, and one before another consonant closes one.
_KOREAN_SYLLABLE = re.compile(
    f"(?P<onset>{_any(_KOREAN_ONSETS)})(?P<vowel>{_any(_KOREAN_VOWELS)})(?P<coda>ng(?![aeiou])|[kgnlmpbt](?![aeiou])|)"
)

# Usual sounds of English letters, the longest first. A vowel before one consonant and a silent e is long.
_LONG = "(?=[bdfgklmnprstvz]e(?![a-z]))"
_SILENT = "e(?![a-z])(?<=[aeiouy][b-df-hj-np-tvwxz]e)"
_SOUNDS: tuple[tuple[str, str], ...] = (
    ("tion(?![a-z])", "SH AH N"), ("igh", "AY"), ("sch", "S K"), ("tch", "CH"), ("dge", "JH"), ("ck", "K"),
    ("ch", "CH"), ("sh", "SH"), ("th", "TH"), ("ph", "F"), ("wh", "W"), ("qu", "K W"), ("kn(?<=^kn)", "N"),
    ("wr(?<=^wr)", "R"), ("ng(?![aeiouy])", "NG"), ("nk", "NG K"), ("x(?<=^x)", "Z"), ("x", "K S"), ("gh", "G"),
    ("ee|ea|ie(?![rt])", "IY"), ("oo|ou|ew|eu", "UW"), ("ai|ay|ey", "EY"), ("oa|ow", "OW"), ("oi|oy", "OY"),
    ("au|aw", "AO"), ("ar(?![aeiouy])", "AA R"), ("or(?![aeiouy])", "AO R"), ("[eiu]r(?![aeiouy])", "ER"),
    (f"a{_LONG}", "EY"), (f"i{_LONG}", "AY"), (f"o{_LONG}", "OW"), (f"u{_LONG}", "UW"), (_SILENT, ""),
    ("y(?=[aeiou])", "Y"), ("c(?=[eiy])", "S"), ("g(?=e(?![a-z]))", "JH"), ("a", "AA"), ("e", "EH"), ("i|y", "IY"),
    ("o", "OW"), ("u", "UW"), ("c|k|q", "K"), ("b", "B"), ("d", "D"), ("f", "F"), ("g", "G"), ("h", "HH"),
    ("j", "JH"), ("l", "L"), ("m", "M"), ("n", "N"), ("p", "P"), ("r", "R"), ("s", "S"), ("t", "T"), ("v", "V"),
    ("w", "W"), ("z", "Z"),
)  # fmt: skip
_SOUND = re.compile("|".join(f"(?P<s{index}>{letters})" for index, (letters, _) in enumerate(_SOUNDS)))
# What a word may begin and end with, or have between two vowels; others (HDMI, qwrtp) are spelled.
_BEGINNING = (
    "(?:s?(?:[ptck][lr]?|ch|ph)|s[lmnw]|[bfg][lr]|[dtv]r|[dtgs]w|th?r|shr?|[ptckgs]h|kn|wr?|wh|qu?"
    "|[b-df-hj-np-tvwxz]y?)?"
)
_MIDDLE = "(?:[b-df-hj-np-tvwxz]{1,2}|[lmnrs]?[ptckbdgfs][hlrw]|[nmlr][ptckbdgfszj]{1,2}|tch|ngl|nst|ckl)"
_END = "(?:[lmnr]?[ptkdfsbgzmn]s?|[lrn]?(?:ch|th|sh|ck|ph|gh)s?|[lmnrksp]?[stk]s?|ng[sk]?|nk|nd|ll|rl|tz|[xcvwhlrqj])?"
_SAYABLE = re.compile(f"{_BEGINNING}(?:[aeiouy]{{1,3}}{_MIDDLE}){{0,12}}[aeiouy]{{1,3}}{_END}")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_DOUBLE = re.compile(r"([bcdfghjklmnpqrtvwxz])\1|(s)s")


def romanized_korean(word: str) -> str | None:
    """Return a word of romanized Korean in Hangul, or None; one syllable must be spelled as only Korean is."""
    word = word.lower()
    if _ENGLISH_END.search(word):
        return None
    syllables: list[str] = []
    position = 0
    while position < len(word):
        match = _KOREAN_SYLLABLE.match(word, position)
        if match is None:
            return None
        syllables.append(_compose(match, is_first=not syllables))
        position = match.end()
    return "".join(syllables) if len(syllables) > 1 or _ONLY_KOREAN.search(word) else None


def _compose(match: re.Match[str], *, is_first: bool) -> str:
    onset, vowel = _KOREAN_ONSETS[match["onset"]], _KOREAN_VOWELS[match["vowel"]]
    if _IN_NAMES.fullmatch(match[0]):
        vowel = {"ᅮ": "ᅥ", "ᅲ": "ᅧ"}[vowel]
    if match[0] == "hee":
        vowel = "ᅴ"
    if _K_IN_NAMES.match(match[0]):
        onset = "ᄀ"
    if is_first and match["onset"] in ("l", "r") and vowel == "ᅵ":
        onset = "ᄋ"  # Lee
    return unicodedata.normalize("NFC", onset + vowel + _KOREAN_CODAS[match["coda"]])


def usual_sounds(word: str) -> list[str]:
    """Return the ARPABET phonemes that the letters of a word usually stand for; none for what can't be said."""
    word = _REPEATED.sub(r"\1", word.lower())
    if not _SAYABLE.fullmatch(word):
        return []
    word = _DOUBLE.sub(lambda match: match[1] or match[2], word)
    sounds: list[str] = []
    for match in _SOUND.finditer(word):
        assert match.lastgroup is not None
        sounds += _SOUNDS[int(match.lastgroup[1:])][1].split()
    return sounds
