"""Endings in -ㄹ- after which a consonant is tense (제27항), and 몇 before nouns (제15항)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voices.synth.text.hangul import coda_of, onset_of, tensed, with_onset

if TYPE_CHECKING:
    from voices.synth.text.pronounce.tagging import Morpheme

_AFTER_ENDING = "게걸거건것지수밖바뿐데적줄듯세"  # 갈게, 할밖에; but 할부 is a noun
# Endings that MeCab does not always find: 할게요, 먹을게, 올걸, 할세라.
_ENDING = re.compile(
    "(?<!거)[할볼올될릴킬낼뵐쉴뛸줄갈을칠질][게걸](?=[요용여염욤]?(?:[ .,!?]|$))|[가-힣]게(?=[요용염욤](?:[ .,!?]|$))"
    "|[가-힣](?:수(?=록)|세(?=라(?:[ .,!?]|$))|지(?=언정|라도)|진(?=대))"
)
# -ㄹ게, -ㄹ걸, -을지 at the end of a morpheme, of which the stem may be a part; 즐겨 and 빨간 have no such ending
_RIEUL_ENDING = re.compile("[가-힣](?:게|걸|지|수록|세라?|지언정|지라도|진대|건대|거나|소냐)$")
_COMING = re.compile("(?<![가-힣])올 (?=사람|듯|것|거|건|게|걸|수|줄|데|손님|정도|뻔)")  # 올 is this year elsewhere
_NOT_TO = re.compile("[가-힣]지(?:[도는를]|까지)? 말지(?![도는를 ]? ?(?:마|않|못))")
# 신고, 감지 … are nouns too, but not after an object, unless they go on as 신고했다 or 신고 접수.
_VERB_LIKE_NOUN = re.compile(
    "[을를] (?:안 |못 |잘 |꼭 |꽉 |다 )?[신감안담참남품심](?:고|지|자)(?=[는도만]?(?:[ .,!?]|$))"
    "(?! ?(?:하|했|해|합|한|할|받|부탁|바랍|접수|당|되|됐|센터|장치|기능))"
    "|(?<![가-힣])(?:신지|감고|담지|안고|안지|안던|품고|심고|참지|참자)(?=[.,!?]?$)"
)


def respell_ending(syllables: list[str], morpheme: Morpheme, before: Morpheme | None) -> None:
    """Tense what follows ㄹ in an ending, or after one; `before` is the morpheme that it follows in the same eojeol."""
    if morpheme.last_tag.startswith("E"):
        match = _RIEUL_ENDING.search(morpheme.text)
        if match and coda_of(morpheme.text[match.start()]) == "ᆯ" and match[0][0] != "들":
            index = morpheme.start + match.start() + 1
            syllables[index] = tensed(syllables[index])
    if before is None:
        return
    if before.last_tag == "ETM" and coda_of(before.text[-1]) == "ᆯ" and morpheme.text[0] in _AFTER_ENDING:
        syllables[morpheme.start] = tensed(syllables[morpheme.start])
    if before.text == "몇" and morpheme.tag.startswith("N") and morpheme.text[0] not in "이을은":
        _neutralize_myeot(syllables, before.start)


def respell_endings(sentence: str, syllables: list[str]) -> None:
    """Tense what follows ㄹ in endings that MeCab does not find: 먹을게, 볼게요, 할세라, 갈지 말지; and 신을 신고."""
    for match in _COMING.finditer(sentence):
        syllables[match.end()] = tensed(syllables[match.end()])
    for match in _NOT_TO.finditer(sentence):
        if coda_of(sentence[match.start()]) == "ᆯ":
            syllables[match.start() + 1] = syllables[match.end() - 1] = "찌"
    for match in _VERB_LIKE_NOUN.finditer(sentence):
        syllables[match.end() - 1] = tensed(syllables[match.end() - 1])
    for match in _ENDING.finditer(sentence):
        index = match.end() - 1
        if coda_of(sentence[index - 1]) == "ᆯ":
            syllables[index] = tensed(syllables[index])


def _neutralize_myeot(syllables: list[str], index: int) -> None:
    """Respell 몇 before a noun that begins with a vowel: 몇월 is 며둴."""
    if onset_of(syllables[index + 1]) == "ᄋ":
        syllables[index : index + 2] = "며", with_onset(syllables[index + 1], "ᄃ")
