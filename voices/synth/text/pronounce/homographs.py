"""Words that are tense in one meaning and not in another, told apart by their neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass

_REACH = 8  # characters before a word that are looked at


@dataclass(frozen=True)
class Homograph:
    """A word, and in which neighbourhood it is respelled: `after` must match what follows, `unless_before` must not."""

    word: str
    respelled: str
    after: re.Pattern[str]
    unless_before: re.Pattern[str]


_NEVER = re.compile("(?!)")
_HOMOGRAPHS = (
    # a convulsion; else a match
    Homograph("경기", "경끼", re.compile("[를을]? ?(?:일으키|일으켰|들린|들렸|났)"), _NEVER),
    # a high price; else an overpass
    Homograph(
        "고가",
        "고까",
        re.compile("(?! ?(?:도로|다리|사다리|철도|차도|교|밑|아래|옆|철거)|[를는] (?:타|지나|건너))"),
        re.compile("[가-힣]$"),
    ),
    # a price to pay; else a master
    Homograph(
        "대가",
        "대까",
        re.compile("(?!족|리|야|락|다|이다|인|입니다|였|이었|이자|로서|로 (?:꼽|불|알려|유명)|들|님|급)"),
        re.compile("[가-힣]$|(?:음악|미술|건축|문학|철학|영화|회화|바둑|서예|학문|분야|계|피아노)의? $"),
    ),
    # a certificate; else a listing of shares
    Homograph(
        "상장",
        "상짱",
        re.compile("(?! ?(?:폐지|기업|회사|법인|사|주|요건|심사|예정|종목|절차|유지|하|되|됐|된|했|할|한|후|전))"),
        re.compile("[가-힣]$|(?:주식|증시|신규|우회|(?:코스닥|코스피|나스닥|거래소|시장)에?) $"),
    ),
    # a bed; else a dragonfly
    Homograph(
        "잠자리",
        "잠짜리",
        re.compile("(?!채|[가를는도]? ?(?:날|나는|나라|잡|앉|떼|한 마리|두 마리|마리|유충|애벌레))"),
        re.compile("(?:고추|된장|밀|실|왕|물|빨간|여름|가을) ?$"),
    ),
)


def respell_homographs(sentence: str, syllables: list[str]) -> None:
    """Respell homographs in place, where their neighbours show the tense one."""
    for homograph in _HOMOGRAPHS:
        start = sentence.find(homograph.word)
        while start >= 0:
            end = start + len(homograph.word)
            before = sentence[max(0, start - _REACH) : start]
            if homograph.after.match(sentence, end) and not homograph.unless_before.search(before):
                syllables[start:end] = homograph.respelled
            start = sentence.find(homograph.word, end)
