"""How the parts of compound nouns sound: tense (제28항), with ㄴ before them (제29항), or with ㄴ for ㄹ (제20항 다만).

Neither the spelling nor the sounds tell which compounds change, so parts.tsv lists the parts that do. Where one part
ends and the next begins is known from MeCab's dictionary.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voices.synth.text.hangul import begins_with_i, coda_of, onset_of, with_onset
from voices.synth.text.pronounce.g2pk_rules import neutralize_codas
from voices.synth.text.pronounce.sino import ends_in_sino_rieul

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voices.synth.text.pronounce.tagging import Morpheme

# 윗입술, 옛일, 뒷이야기
# MeCab takes 겨울이불 for 겨울이 불.
_WRITTEN_TOGETHER = re.compile("(?<=[가-힣])(?:이불(?=[은을이에도로과만 .,!?]|$)|여러분)")
_PREFIX = re.compile("(?<![가-힣])(?:윗|뒷|아랫|옛|훗|헛)(?=일|입|잎|잇|이(?:야기|름|빨)|야|얘|여|열|요|유)")
# 끝없이 is 끄덥씨, 넋없다 너겁따; but 멋있다 and 맛있다 머싣따, 마싣따
_LACKING = re.compile("(?<=[가-힣])없(?=[가-힣])|(?<=값)있(?=[가-힣])")
# MeCab finds no border in some names of stations (신 + 촌역). These are other words that end so.
_NO_STATION = "영번통현병방검면전광성완용단징권반악공음직축경신"
_STATION = re.compile(
    f"(?<![가-힣])[가-힣]{{1,5}}(?P<last>[가-힣])(?<![{_NO_STATION}])역"
    "(?=(?:[은이을과도]|에서|에|으로|까지|부터|의|입니다|이에요|이야)?(?:[ .,!?]|$))"
)
_AFTER_SIOT = ("이", "일", "잎", "잇", "야", "여", "열", "윷")
_ORDER = re.compile("제[영일이삼사오육칠팔구십백천만]+.")  # 제일권
_LINKED = {"ᆨ": "ᄀ", "ᆮ": "ᄃ", "ᆸ": "ᄇ", "ᆯ": "ᄅ", "ᆷ": "ᄆ", "ᆫ": "ᄂ"}  # how a neutral coda begins the next syllable
_NO_WORDS = ("음", "이", "암", "엄", "애", "의")  # suffixes: 웃음, 먹이
_PROPER_NAME = "NNP"  # stands for any proper name among the exceptions of parts.tsv


@dataclass(frozen=True)
class _Part:
    """A line of parts.tsv."""

    written: str
    sound: str
    after: str
    fewest: int | None  # syllables of a first part that is not listed
    not_after: frozenset[str]
    also_after: frozenset[str]

    def follows(self, firsts: tuple[str, ...], is_name: bool, is_known: bool) -> bool:
        """Return whether the part sounds so here.

        Args:
            firsts: the whole text before the part in its word, and the last part of it.
            is_name: whether that is a proper name, or part of one.
            is_known: whether MeCab's dictionary has a border here; without one names and short words stay whole.
        """
        whole = firsts[0]
        if not _fits(whole, self.after) or self.written in (whole, whole[-1]):  # 허허실실 and 방울방울 are not tense
            return False
        if any(first in self.also_after for first in firsts):
            return True
        if self.fewest is None or any(first in self.not_after for first in firsts):
            return False
        if is_name and (not is_known or _PROPER_NAME in self.not_after):
            return False
        long_enough = is_known or self.fewest == 0 or len(whole) > 1 or len(self.sound) > 1
        return long_enough and len(whole) >= self.fewest


def _fits(first: str, after: str) -> bool:
    coda = coda_of(first[-1])
    if after == "sonorant":
        return coda != "" and coda in "ᆫᆯᆷᆼᆱ"
    if after == "consonant":
        return coda != ""
    if after == "ㄴ":
        return coda == "ᆫ"
    return after == "any" or ends_in_sino_rieul(first)


def respell_parts(syllables: list[str], morpheme: Morpheme, before: Morpheme | None) -> None:
    """Respell the parts of a noun in the syllables of its sentence; `before` is a noun that it directly follows."""
    if _ORDER.fullmatch(morpheme.text):
        return
    first_part = before if before is not None and before.is_first_part else None
    for start, end, firsts, is_known in _places(morpheme, first_part):
        part_of_sentence = morpheme.text[start - morpheme.start : end - morpheme.start]
        named = first_part if start == morpheme.start else morpheme
        is_name = named is not None and (named.tag == _PROPER_NAME if is_known else named.is_name)
        for part in _parts().get(part_of_sentence, ()):
            if part.follows(firsts, is_name, is_known):
                syllables[start] = with_onset(syllables[start], onset_of(part.sound))
                break
    borders = (*([morpheme.start] if before is not None else []), *morpheme.borders)
    for border, end in itertools.pairwise((*borders, morpheme.end)):
        if morpheme.text[border - morpheme.start : end - morpheme.start] not in _NO_WORDS:
            _neutralize(syllables, border)
    # 깻잎, 나뭇잎: an ㅅ that joins two nouns is followed by ㄴ (제30항 3).
    for index in range(before.start if before is not None else morpheme.start, morpheme.end - 1):
        if coda_of(syllables[index]) == "ᆺ" and syllables[index + 1] in _AFTER_SIOT:
            syllables[index + 1] = with_onset(syllables[index + 1], "ᄂ")


def respell_after_determiner(syllables: list[str], border: int) -> None:
    """Respell 첫- and other determiners before a noun that begins with a vowel: 첫인사 is 처딘사 (제15항)."""
    if syllables[border - 1] in ("첫", "뭇", "헛", "웃"):
        _neutralize(syllables, border, before_i=syllables[border] in ("여", "요", "유", "이"))


def _neutralize(syllables: list[str], border: int, before_i: bool | None = None) -> None:
    """Respell a coda before a part that begins with a vowel: 팥알 is 파달 (제15항), 꽃이파리 꼰니파리 (제29항).

    ㄴ is put in before ㅣ and y, or where `before_i` says so.
    """
    before, after = syllables[border - 1], syllables[border]
    neutral = neutralize_codas(before)
    if onset_of(after) != "ᄋ" or (neutral == before and coda_of(before) != "ᆮ"):
        return
    if before_i is None:
        before_i = begins_with_i(after)
    if before_i:
        syllables[border] = with_onset(after, "ᄂ")
        return
    jamo = unicodedata.normalize("NFD", neutral)
    syllables[border - 1] = unicodedata.normalize("NFC", jamo[:2])
    syllables[border] = with_onset(after, _LINKED[jamo[2]])


def respell_prefixes(sentence: str, syllables: list[str]) -> None:
    """Put ㄴ in place between 윗-, 뒷-, 옛- … and a vowel (제30항 3), before 이불 and 여러분, and in 신촌역 (제29항).

    Before 없- a coda is neutralized (제15항).
    """
    for match in _LACKING.finditer(sentence):
        _neutralize(syllables, match.start(), before_i=False)
    for match in _STATION.finditer(sentence):
        if coda_of(match["last"]):
            syllables[match.end() - 1] = "녁"
    for match in _PREFIX.finditer(sentence):
        syllables[match.end()] = with_onset(syllables[match.end()], "ᄂ")
    for match in _WRITTEN_TOGETHER.finditer(sentence):
        if coda_of(sentence[match.start() - 1]):
            syllables[match.start()] = with_onset(syllables[match.start()], "ᄂ")


def _places(morpheme: Morpheme, before: Morpheme | None) -> Iterator[tuple[int, int, tuple[str, ...], bool]]:
    """Yield where a part may begin and end, what is before it in the word, and whether a border is known there."""
    borders = (morpheme.start, *morpheme.borders, morpheme.end)
    text, offset = morpheme.text, morpheme.start
    if before is not None:
        first, offset = before.text, before.start
        last_border = before.borders[-1] if before.borders else before.start
        for end in borders[1:]:
            yield morpheme.start, end, (first, first[last_border - before.start :]), True
        text = before.text + morpheme.text
    for index in range(1, len(borders) - 1):
        start = borders[index]
        firsts = (text[: start - offset], text[borders[index - 1] - offset : start - offset])
        own = text[morpheme.start - offset : start - offset]
        for end in borders[index + 1 :]:
            yield start, end, (*firsts, own), True
    for begin, end in itertools.pairwise(borders):
        for start in range(begin + 1, end):
            yield start, end, (text[begin - offset : start - offset],), False


@functools.cache
def _parts() -> dict[str, tuple[_Part, ...]]:
    """Return the lines of parts.tsv by their part.

    Raises:
        ValueError: a part and its sound differ in more than how the first syllable begins.
    """
    parts: dict[str, tuple[_Part, ...]] = {}
    for line in Path(__file__).with_name("parts.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        written, sound, after, fewest, *lists = line.split("\t")
        if len(written) != len(sound):
            raise ValueError(f"parts.tsv: {written} and {sound} differ in length")
        not_after, also_after = (frozenset(firsts.split()) for firsts in [*lists, "", ""][:2])
        part = _Part(written, sound, after, None if fewest == "-" else int(fewest), not_after, also_after)
        parts[written] = (*parts.get(written, ()), part)
    return parts
