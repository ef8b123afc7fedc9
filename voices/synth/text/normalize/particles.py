"""Particles that agree with what was read out before them: BTS는 비티에스는, 3를 is 삼을."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from voices.synth.text.hangul import coda_of
from voices.synth.text.rules import Rule

if TYPE_CHECKING:
    from voices.synth.text.rules import Read

SEAM = "\ue000"  # a mark between what a rule has read and what follows, until the particles are adapted

# After a consonant, after a vowel. As 한글 맞춤법 and 표준 문법 have them.
_PAIRS = (
    ("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("이랑", "랑"), ("이나", "나"),
    ("이라", "라"), ("이라고", "라고"), ("이라는", "라는"), ("이야", "야"), ("아", "야"), ("이며", "며"),
)  # fmt: skip
_AFTER_CONSONANT = {form: pair[0] for pair in reversed(_PAIRS) for form in pair}
_AFTER_VOWEL = {form: pair[1] for pair in reversed(_PAIRS) for form in pair}
_LONGEST_FIRST = "|".join(sorted(_AFTER_CONSONANT, key=len, reverse=True))
_FIRST_SYLLABLES = {form[0] for form in _AFTER_CONSONANT}
_TAIL = "(?=(?:서|써|는|도|만|의|부터|까지)?(?![가-힣0-9A-Za-z]))"
_NUMERALS = "영공일이삼사오육칠팔구십백천만억조경"
# After a number these are often no particles: 종로 3가 is a street, 2과 a lesson.
_NOT_AFTER_NUMERALS = {"가", "과", "나", "아", "야", "이나", "이며", "며"}
_BEFORE_I = tuple("아제케에와")  # the names of A, H, J, K and Y end in 이 too


def marking_seams(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return rules that put a SEAM after what they have read, if a particle may follow."""
    return tuple(replace(rule, read=_with_seam(rule.read)) for rule in rules)


def _with_seam(read: Read) -> Read:
    def read_with_seam(match: re.Match[str]) -> str:
        said = read(match)
        follows = match.string[match.end() : match.end() + 1]
        return said + SEAM if said != match[0] and follows and follows in _FIRST_SYLLABLES else said

    return read_with_seam


def _agree(match: re.Match[str]) -> str:
    last, particle = match[1], match[2]
    if (
        last in _NUMERALS
        and match.string[match.start() - 1 : match.start()] not in _BEFORE_I
        and particle in _NOT_AFTER_NUMERALS
    ):
        return last + particle
    coda = coda_of(last)
    if particle in ("로", "으로"):
        return last + ("로" if coda in ("", "ᆯ") else "으로")
    return last + (_AFTER_CONSONANT if coda else _AFTER_VOWEL)[particle]


# WHO(세계보건기구)가 is read 세계보건기구가, 서울(Seoul)은 서울 서울은.
GLOSS_RULES: tuple[Rule, ...] = (
    Rule(
        "gloss before a particle",
        re.compile(rf"[(\[]([^()\[\]\n]{{0,40}}[가-힣]{SEAM}*)[)\]](?=(?:{_LONGEST_FIRST}){_TAIL})"),
        lambda match: f" {match[1]}{SEAM}",
        ("피파(연맹)가", f"피파 연맹{SEAM}가"),
    ),
)
# 사람을(를), 별이(가), 집(으)로
CHOICE_RULES: tuple[Rule, ...] = (
    Rule(
        "choice of particles",
        re.compile(
            rf"(?<=[가-힣A-Za-z0-9{SEAM}])(?:(?P<first>[은는이가을를과와])\([은는이가을를과와]\)|\((?:으|이)\)(?P<rest>로|라|랑|나|며))"
        ),
        lambda match: SEAM + (match["first"] or match["rest"]),
        ("별을(를)", f"별{SEAM}을"),
    ),
)
RULES: tuple[Rule, ...] = (
    Rule(
        "particle agrees",
        re.compile(f"([가-힣]){SEAM}+({_LONGEST_FIRST}){_TAIL}"),
        _agree,
        (f"비티에스{SEAM}은", "비티에스는"),
    ),
    Rule("seam", re.compile(f"{SEAM}+"), lambda _match: "", (f"가{SEAM}", "가")),
)
