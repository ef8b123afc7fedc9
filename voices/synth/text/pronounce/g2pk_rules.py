"""g2pk's pronunciation rules without importing all of g2pk: no English dictionary, no network, 50 times faster.

`import g2pk` loads NLTK and downloads CMUdict unless it finds it, and its 522 patterns for two letters that meet
overflow Python's cache of 512, so that nine tenths of its time go into compiling them again. Here its modules of rules
are imported alone, and what the patterns do to each pair of letters is worked out once.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
import sys
import threading
import unicodedata
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ONSETS = "ᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄋᄌᄍᄎᄏᄐᄑᄒ"
CODAS = "ᆨᆩᆪᆫᆬᆭᆮᆯᆰᆱᆲᆳᆴᆵᆶᆷᆸᆹᆺᆻᆼᆽᆾᆿᇀᇁᇂ"
_LOCK = threading.Lock()  # the modules must be imported by one thread only

# A final consonant at the end of a word or before another consonant sounds as one of seven (표준발음법 제8-11항).
_NEUTRAL = str.maketrans("ᆩᆿᆪᆰᆺᆻᆽᆾᇀᇂᇁᆹᆵᆬᆭᆲᆳᆴᆶᆱ", "ᆨᆨᆨᆨᆮᆮᆮᆮᆮᆮᆸᆸᆸᆫᆫᆯᆯᆯᆯᆷ")
# The table has typing errors for codas before these onsets ("닭칼" -> "다1)알", "옆라인" -> "연나인"). The right result
# is a neutral coda, except for ㅎ, which may change the onset.
_BEFORE_ONSET = re.compile("[ᆩᆪᆬᆰᆱᆲᆳᆴᆵᆹᆺᆻᆽᆾᆿᇀᇁ](?= ?[ᄁᄄᄅᄈᄊᄍᄎᄏᄐᄑ])")
_ASPIRATED = re.compile("[ᆮᆽᆾᇀ]ᄒ(?=ᅧ(?:ᆻ|[^ᆨ-ᇂ]|$))")  # 닫혀 is 다처 (제17항 붙임, 제5항), but 맏형 마텽
_PAIR = re.compile(f"([{CODAS}])( ?)([{ONSETS}]|$|(?=[^{ONSETS}]))")
_AFTER_RIEUL = re.compile("ᆯ/E ([ᄀᄃᄇᄉᄌ])")
_TENSED = dict(zip("ᄀᄃᄇᄉᄌ", "ᄁᄄᄈᄊᄍ", strict=True))
_TAGS = re.compile("/[PJEB]")


@dataclass(frozen=True)
class G2pkRules:
    """The rules as functions over decomposed Hangul, in g2pk's order."""

    before_pairs: tuple[Callable[[str], str], ...]
    pairs: Mapping[str, str]  # a coda, perhaps a space, and an onset (or nothing) -> how they sound
    after_pairs: tuple[Callable[[str], str], ...]

    def pronounce(self, tagged: str) -> str:
        """Return how tagged Hangul sounds: /P after a verb's stem, /E after an ending, /J after a particle 의.

        Over a space sounds are joined, over a line end they are not.
        """
        letters = _ASPIRATED.sub("ᄎ", unicodedata.normalize("NFD", tagged))
        for rule in self.before_pairs:
            letters = rule(letters)
        letters = _BEFORE_ONSET.sub(lambda coda: coda[0].translate(_NEUTRAL), _TAGS.sub("", letters))
        letters = _PAIR.sub(lambda pair: self.pairs.get(pair[0], pair[0]), letters)
        for rule in self.after_pairs:
            letters = rule(letters)
        letters = re.sub(r"(?<![ᄀ-ᄒ])(?=[ᅡ-ᅵ])", "ᄋ", letters)
        letters = re.sub("(?<=[ᄌᄍᄎ])ᅧ", "ᅥ", letters)  # 붙여 is 부처, also where the ㅊ is not written (제5항)
        return neutralize_codas(unicodedata.normalize("NFC", letters))


def neutralize_codas(pronunciation: str) -> str:
    """Leave only the seven final consonants that sound different where no vowel follows."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", pronunciation).translate(_NEUTRAL))


@functools.cache
def g2pk_rules() -> G2pkRules:
    """Load the rules; the second call is free."""
    with _LOCK:
        special, regular, utils = _import_rule_modules()
    # The order is that of G2p.__call__; its rule for names of letters is left out, since it takes 무릎에 for one.
    before = (
        special.jyeo, special.ye, special.consonant_ui, special.josa_ui, special.vowel_ui, special.rieulgiyeok,
        special.rieulbieub, special.verb_nieun, special.balb, special.palatalize, _tense_after_rieul,
    )  # fmt: skip
    after = (regular.link1, regular.link2, regular.link3, regular.link4)
    return G2pkRules(before, _pairs(utils.parse_table()), after)


def _tense_after_rieul(letters: str) -> str:
    """Tense what follows -(으)ㄹ over a space (제27항). g2pk's own rule takes 물걸레 for the ending -ㄹ걸."""
    return _AFTER_RIEUL.sub(lambda match: "ᆯ " + _TENSED[match[1]], letters)


def _import_rule_modules() -> tuple[ModuleType, ModuleType, ModuleType]:
    """Import modules of g2pk without running its __init__, and remove the half-imported package from `sys.modules`."""
    spec = importlib.util.find_spec("g2pk")
    if spec is None:
        raise ModuleNotFoundError("g2pk", name="g2pk")
    loaded = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "g2pk"}
    if not loaded:
        package = ModuleType("g2pk")
        package.__path__ = list(spec.submodule_search_locations or ())
        sys.modules["g2pk"] = package
    try:
        special, regular, utils = (importlib.import_module(f"g2pk.{name}") for name in ("special", "regular", "utils"))
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "g2pk" and name not in loaded]:
            del sys.modules[name]
    return special, regular, utils


def _pairs(table: list[tuple[str, str, list[str]]]) -> dict[str, str]:
    """Apply the whole table to every coda that meets an onset, over nothing or a space, or the end."""
    patterns = [(pattern[0], re.compile(pattern), replacement) for pattern, replacement, _rules in table]
    pairs = {}
    for coda in CODAS:
        for following in ("", " ", *(space + onset for space in ("", " ") for onset in ONSETS)):
            sound = coda + following
            for first, pattern, replacement in patterns:
                if first in sound:
                    sound = pattern.sub(replacement, sound)
            pairs[coda + following] = sound
    pairs["ᇂᄎ"] = "ᆮᄎ"  # 놓치다
    return pairs
