"""Which neighbouring words are spoken without a pause, so that their sounds change over the space between them.

Elsewhere a pause is possible, and the demo voices were trained on eojeols that were read one by one. So sounds are
joined only where a pause would be wrong: after a word of one syllable that the next word needs (옷 한 벌, 못 하다),
after a numeral or another determiner (여섯 시, 첫 번째), and after the ending -(으)ㄹ, which always has a noun after it
(할 수, 먹을 것; 제27항).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voices.synth.text.hangul import begins_with_i, coda_of, is_syllable, onset_of
from voices.synth.text.pronounce.numbers import NATIVE_TENS, NUMERALS

if TYPE_CHECKING:
    from voices.synth.text.pronounce.tagging import Morpheme

_OBSTRUENTS = frozenset("ᆨᆩᆪᆮᆰᆸᆹᆺᆻᆽᆾᆿᇀᇁᆵ")
_JOINING_ONSETS = "ᄋᄒᄂᄆᄅ"  # those that change, or change the coda, over a space
_PLAIN_ONSETS = "ᄀᄃᄇᄉᄌᄂ"
_COUNTERS = ("NNBC", "NNB")
_INSERTED_WORDS = ("일", "엿", "약", "연대", "여행", "요리", "입", "읽", "이야기", "이름")
_INSERTED_VERBS = ("읽", "이기", "이겨", "이길", "잊", "익")  # after 못 and 잘


def joins(word: str, following: str, last: Morpheme | None, first: Morpheme | None) -> bool:
    """Return whether the sounds of two words join; `last` and `first` are the morphemes on both sides of the space."""
    if not following or not is_syllable(word[-1]):
        return False  # punctuation is a pause
    onset = onset_of(following[0])
    if last is not None and last.last_tag == "ETM" and coda_of(word[-1]) == "ᆯ":
        return onset in _PLAIN_ONSETS or inserts_nieun(word, following, last)
    coda = coda_of(word[-1])
    if needs_counter(word, last, first) or (word == "못" and first is not None and first.tag.startswith("V")):
        return coda in _OBSTRUENTS or (coda == "ᆯ" and onset == "ᄂ") or inserts_nieun(word, following, last)
    if following == "한" and coda in _OBSTRUENTS:
        return True  # 수박 한 통
    if len(word) == 1:
        if onset == "ᄋ" and begins_with_i(following):
            return inserts_nieun(word, following, last)  # without ㄴ there is a pause: 꼭 이겨
        return (coda in _OBSTRUENTS and onset in _JOINING_ONSETS) or inserts_nieun(word, following, last)
    return False


def needs_counter(word: str, last: Morpheme | None, first: Morpheme | None) -> bool:
    """Return whether a numeral or another determiner is followed by what it counts: 여섯 시, 첫 번째, 몇 개."""
    if last is None or first is None or last.tag not in ("NR", "MM"):
        return False
    if first.tag not in _COUNTERS:
        return last.tag == "MM" and first.tag == "NNG"  # 첫 방송, but 오십 | 확률
    return last.text == word or NUMERALS.issuperset(word) or word.startswith(NATIVE_TENS)  # 수입육 is meat


def inserts_nieun(word: str, following: str, last: Morpheme | None) -> bool:
    """Return whether ㄴ is inserted between two words: 할 일, 옷 입다 (제29항 붙임 2)."""
    if not coda_of(word[-1]):
        return False
    if word in ("못", "잘") and following.startswith(_INSERTED_VERBS):
        return True
    if not following.startswith(_INSERTED_WORDS):
        return False
    return (last is not None and last.last_tag == "ETM" and coda_of(word[-1]) == "ᆯ") or len(word) == 1
