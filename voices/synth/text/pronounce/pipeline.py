"""Turn Hangul as spelled into Hangul as pronounced: our own exceptions and rules first, then those of g2pk."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

from voices.synth.text.hangul import coda_of, onset_of, with_onset
from voices.synth.text.pronounce.compounds import respell_after_determiner, respell_parts, respell_prefixes
from voices.synth.text.pronounce.endings import respell_ending, respell_endings
from voices.synth.text.pronounce.exceptions import respell_words
from voices.synth.text.pronounce.g2pk_rules import g2pk_rules, neutralize_codas
from voices.synth.text.pronounce.homographs import respell_homographs
from voices.synth.text.pronounce.linking import inserts_nieun, joins
from voices.synth.text.pronounce.numbers import plain_counters, respell_counters, respell_numbers
from voices.synth.text.pronounce.prices import respell_prices
from voices.synth.text.pronounce.sino import respell_adjectives, tense_after_rieul
from voices.synth.text.pronounce.tagging import tag

if TYPE_CHECKING:
    from collections.abc import Collection

    from voices.synth.text.pronounce.tagging import Morpheme

_STEM_CODAS = "ᆫᆬᆷᆱᆰᆲᆴ"  # after these the ending of a verb is tense (제24, 25항) or the stem sounds otherwise (제11항)

# 여덟만 is 여덜만, 여덟도 여덜도 (a counter is tense: 여덟 개), 넓네 널레; but 넓적하다 넙쩌카다
_CLUSTER = re.compile(
    "(?<=여)덟(?=[나-닣마-밓하-힣]|[도과](?![가-힣])|보다|부터|조차|밖에)|[넓짧얇떫엷](?=[나-닣])|(?P<flat>넓)(?=[적죽둥])"
)
_READING = re.compile("[읽맑밝늙묽붉굵긁갉핥훑](?=기)")  # 밝기 and 초읽기 sound as verbs do before ㄱ
_CLUSTERS = {"덟": "덜", "넓": "널", "짧": "짤", "얇": "얄", "떫": "떨", "엷": "열"}
# MeCab takes 신고 했다, 범죄 신고 and 삼기 모집 for the verbs 신다 and 삼다, which have an object
# or an adverb before them.
_NOUN_LIKE_VERB = re.compile("[신참감]고 ?(?:하|했|해|합|한 |할|드리)")
_NOUN_ALONE = re.compile("(?:신고|삼기)(?![가-힣])")
_OBJECT = re.compile("(?:[을를도만은는안못잘]|신발|구두|양말|운동화|부츠|슬리퍼|힐|샌들|스타킹) $")


@functools.lru_cache(maxsize=4096)
def pronounce(sentence: str) -> str:
    """Return the pronunciation of words separated by single spaces; there are as many as went in.

    `sentence` is Hangul, spaces and `.,!?`; the punctuation stays.
    """
    if not re.search("[가-힣]", sentence):
        return sentence
    morphemes = tag(sentence)
    syllables = list(respell_numbers(sentence))
    known = respell_words(sentence, syllables, morphemes)
    plain = plain_counters(sentence)
    before: Morpheme | None = None
    for morpheme in morphemes:
        if before is not None and before.end != morpheme.start:
            before = None
        if not any(known[morpheme.start : morpheme.end]):
            _respell(syllables, morpheme, before, plain)
        before = morpheme
    respell_prefixes(sentence, syllables)
    respell_adjectives(sentence, syllables)
    respell_counters(syllables, morphemes)
    respell_prices(sentence, syllables, morphemes)
    respell_endings(sentence, syllables)
    _respell_clusters(sentence, syllables, morphemes)
    respell_homographs(sentence, syllables)
    _mark_pauses(sentence, syllables, morphemes)
    for morpheme in morphemes:
        if not _is_noun_like_verb(sentence, morpheme.start):
            _mark(syllables, morpheme)
    pronunciation = g2pk_rules().pronounce("".join(syllables)).replace("\n", " ")
    # If a rule has left one of its marks, the spelling is the better pronunciation.
    return pronunciation if re.fullmatch("[가-힣 .,!?]+", pronunciation) else neutralize_codas(sentence)


def _is_noun_like_verb(sentence: str, start: int) -> bool:
    if _NOUN_LIKE_VERB.match(sentence, start):
        return True
    return bool(start and _NOUN_ALONE.match(sentence, start)) and not _OBJECT.search(sentence, max(0, start - 5), start)


def _respell(syllables: list[str], morpheme: Morpheme, before: Morpheme | None, plain: Collection[int]) -> None:
    """Respell one morpheme; `before` is the morpheme that it follows in the same eojeol."""
    if morpheme.tag in ("NNG", "NR", "XR", "MAG") or (
        morpheme.tag == "NNP" and not morpheme.is_name and morpheme.end - morpheme.start > 2  # 일등석
    ):
        tense_after_rieul(syllables, morpheme, plain)
    if morpheme.is_noun:
        respell_parts(syllables, morpheme, before if before is not None and before.is_noun else None)
        if before is not None and before.tag == "MM":
            respell_after_determiner(syllables, morpheme.start)
    if (
        morpheme.text in ("로", "란")
        and morpheme.tag.startswith(("J", "VCP"))
        and coda_of(syllables[morpheme.start - 1]) == "ᆫ"
    ):
        # 등산로, 의견란: MeCab takes it for a particle, which would be 으로, 이란 here (제20항 다만).
        syllables[morpheme.start] = with_onset(morpheme.text, "ᄂ")
    respell_ending(syllables, morpheme, before)


def _respell_clusters(sentence: str, syllables: list[str], morphemes: list[Morpheme]) -> None:
    """Respell ㄼ where g2pk has the other of its consonants (제10항), and clusters at the end of nouns before ㅎ."""
    for morpheme in morphemes:
        last = morpheme.end - 1
        if (
            morpheme.is_noun
            and coda_of(sentence[last]) in ("ᆰ", "ᆹ", "ᆽ")
            and onset_of(sentence[last + 1 : last + 2]) == "ᄒ"
        ):
            syllables[last] = neutralize_codas(syllables[last])  # 닭하고 is 다카고, but 읽히다 일키다
    for match in _READING.finditer(sentence):
        jamo = unicodedata.normalize("NFD", sentence[match.start()])
        syllables[match.start() : match.start() + 2] = unicodedata.normalize("NFC", f"{jamo[:2]}ᆯ"), "끼"
    for match in _CLUSTER.finditer(sentence):
        syllables[match.start()] = _CLUSTERS[match[0]] if match["flat"] is None else "넙"


def _mark_pauses(sentence: str, syllables: list[str], morphemes: list[Morpheme]) -> None:
    """Replace each space with a pause by a line end, over which g2pk's rules don't join sounds."""
    starts = {morpheme.start: morpheme for morpheme in morphemes}
    ends = {morpheme.end: morpheme for morpheme in morphemes}
    words = sentence.split(" ")
    position = 0
    for word, following in zip(words, [*words[1:], ""], strict=True):
        position += len(word)
        last = ends.get(position)
        if position < len(sentence):
            if not joins(word, following, last, starts.get(position + 1)):
                syllables[position] = "\n"
                position += 1
                continue
            # Before another word a coda is neutralized: 밭 아래 is 바다래 (제15항).
            syllables[position - 1] = neutralize_codas(syllables[position - 1])
            if inserts_nieun(word, following, last):
                syllables[position + 1] = with_onset(syllables[position + 1], "ᄂ")
        position += 1


def _mark(syllables: list[str], morpheme: Morpheme) -> None:
    """Add the tag that g2pk's rules expect after the last syllable of a morpheme."""
    last = morpheme.end - 1
    coda = coda_of(syllables[last])
    following = syllables[last + 1] if last + 1 < len(syllables) else ""
    if morpheme.last_tag.startswith("J") and morpheme.text == "의":
        syllables[last] += "/J"
    elif morpheme.last_tag.startswith("E") and coda == "ᆯ":
        syllables[last] += "/E"
    elif (
        morpheme.last_tag.startswith("V")
        and coda
        and coda in _STEM_CODAS
        # MeCab takes 끼운 in 끼운다, and 남 in 남깁니다, for a stem.
        and (coda != "ᆫ" or morpheme.text[-1] in "신안")
        and following[:1] != "깁"
        and onset_of(following[:1]) not in ("ᄋ", "ᄒ")
    ):
        # Not before a vowel: the tag would keep the rule for 밟- from matching.
        syllables[last] += "/P"
