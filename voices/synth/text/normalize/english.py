"""English phonemes (ARPABET) to Hangul, by 외래어 표기법 제3장 제1절 and by how common loanwords are written."""

from __future__ import annotations

import re
import unicodedata

from voices.synth.text.normalize import cmudict

_VOWELS = {
    "AA": "아", "AE": "애", "AH": "어", "AO": "오", "AW": "아우", "AY": "아이", "EH": "에", "ER": "어", "EY": "에이",
    "IH": "이", "IY": "이", "OW": "오", "OY": "오이", "UH": "우", "UW": "우",
}  # fmt: skip
_AFTER_Y = {"아": "야", "애": "얘", "어": "여", "에": "예", "오": "요", "우": "유", "이": "이"}
_AFTER_W = {"아": "와", "애": "왜", "어": "워", "에": "웨", "오": "워", "우": "우", "이": "위"}
_ONSETS = {
    "B": "ᄇ", "CH": "ᄎ", "D": "ᄃ", "DH": "ᄃ", "F": "ᄑ", "G": "ᄀ", "HH": "ᄒ", "JH": "ᄌ", "K": "ᄏ", "L": "ᄅ",
    "M": "ᄆ", "N": "ᄂ", "NG": "ᄋ", "P": "ᄑ", "R": "ᄅ", "S": "ᄉ", "SH": "ᄉ", "T": "ᄐ", "TH": "ᄉ", "V": "ᄇ",
    "Z": "ᄌ", "ZH": "ᄌ", "TS": "ᄎ", "DZ": "ᄌ",
}  # fmt: skip
_CODAS = {"P": "ᆸ", "T": "ᆺ", "K": "ᆨ", "B": "ᆸ", "M": "ᆷ", "N": "ᆫ", "NG": "ᆼ", "L": "ᆯ"}
_SHORT_VOWELS = {"AA", "AE", "AH", "EH", "IH", "UH"}
_OBSTRUENTS = set("PBTDKGFVSZ") | {"TH", "DH"}


def english_to_hangul(word: str) -> str | None:
    """Return how an English word sounds in Hangul, or None for a word that CMUdict does not know."""
    word = word.lower()
    sounds = cmudict.phonemes(word)
    return phonemes_to_hangul(sounds, word) if sounds else None


def phonemes_to_hangul(phonemes: list[str], word: str = "") -> str:
    """Return ARPABET phonemes in Hangul; how `word` is spelled, in small letters, decides about weak vowels.

    Syllables are built from left to right, as jamo.
    """
    jamo: list[str] = []
    sounds = _merge_affricates(phonemes)
    onset = ""  # the consonant before the next vowel
    glide = ""
    spelled = iter(_spelled_vowels(word, sum(sound in _VOWELS for sound in sounds)))
    for index, sound in enumerate(sounds):
        before = sounds[index - 1] if index else ""
        after = sounds[index + 1] if index + 1 < len(sounds) else ""
        if sound in _VOWELS:
            if sound == "UW" and before in ("N", "D", "T") and "oo" not in word and ("u" in word or "ew" in word):
                glide = "Y"  # 뉴, 듀오, 스튜디오
            jamo += _syllables(_vowel(sound, before, sounds[index + 1 :], word, next(spelled, "")), onset, glide)
            onset = "ᄅ" if sound == "ER" and after in _VOWELS else ""  # 미스터리
            glide = ""
        elif sound in ("Y", "W"):
            if sound == "W" and onset and onset not in "ᄀᄏᄒ":  # 퀸, but 트위스트, 올웨이즈
                jamo += [] if onset == "ᄅ" else [onset, "ᅳ"]
                onset = ""
            glide = sound
        elif sound == "R" and after not in _VOWELS:
            if before in ("EH", "IH", "UH") or (before == "AO" and not after and word.endswith(("ore", "oor"))):
                jamo += "어"
        elif after in _VOWELS or after in ("Y", "W"):
            onset = _place_onset(sound, jamo)
            glide = "Y" if sound == "SH" else ""
        else:
            _close(sound, before, after, jamo)
    return unicodedata.normalize("NFC", "".join(jamo))


def _merge_affricates(sounds: list[str]) -> list[str]:
    merged: list[str] = []
    for sound, after in zip(sounds, [*sounds[1:], ""], strict=True):
        ends = not after or after in _VOWELS
        if ends and merged and sound in ("S", "Z") and merged[-1] == {"S": "T", "Z": "D"}[sound]:
            merged[-1] += sound
        else:
            merged.append(sound)
    return merged


def _spelled_vowels(word: str, sounds: int) -> list[str]:
    """Return the vowel letters that each vowel sound is spelled with; none if they are not as many as the sounds."""
    spelled = re.findall("(?<!q)[aeiou]+y?(?![aeiou])|(?<=[^aeiou])y(?![aeiou])", word)
    if len(spelled) > sounds and re.search("[^aeiou]es?$", word):
        spelled.pop()  # a silent e
    return spelled if len(spelled) == sounds else []


def _vowel(sound: str, before: str, rest: list[str], word: str, spelled: str) -> str:
    """Write a vowel as loanwords do; weak vowels depend on the spelling: 구글, 오픈, 시스템, 콘서트."""
    after = rest[0] if rest else ""
    if sound == "AW" and after == "ER":
        return "아"  # 파워: the ER follows as 워
    if sound == "ER":
        return "워" if before == "AW" else "오" if spelled == "o" and after in _VOWELS else "어"
    if sound == "AA" and (spelled in ("o", "au") or (after in ("N", "M") and "on" in word)):
        return "오"
    if sound == "EH" and after == "R" and spelled == "a" and rest[1:2] and rest[1] in _VOWELS:
        return "애"  # 캐릭터
    return _weak_vowel(before, after, len(rest), word, spelled) if sound == "AH" else _VOWELS[sound]


def _weak_vowel(before: str, after: str, remaining: int, word: str, spelled: str) -> str:
    """Write AH, stressed or not; `remaining` sounds follow it."""
    is_first = bool(spelled) and re.match(f"[^aeiouy]*{spelled}", word) is not None
    ends = remaining == 1
    if before in _OBSTRUENTS:
        if after == "L" and ends and word.endswith(("le", "les")):
            return "으"  # 테이블
        if (
            after == "N"
            and (ends or word.endswith(("ening", "oning")))
            and re.search("[pbtdkfvsz](?:en|on)(?:s|ing)?$", word)
            and not word.endswith("ken")
        ):
            return "으"  # 오픈, 시즌
    if after == "M" and "em" in word and spelled in ("e", ""):
        return "에"  # 시스템
    if spelled == "a":
        if not after:
            return "아"  # 드라마
        return "애" if word.endswith("land") else "이" if after == "JH" else "어"
    if spelled == "e":
        if is_first:
            return "이" if word.startswith(("re", "de", "be")) else "에"
        if after == "N":
            return "이" if before in ("K", "CH") or "enge" in word else "어"
        return "이" if word.endswith(("ess", "eless")) else "어" if re.search("(?:n|mm|rr)el", word) else "에"
    if spelled in ("i", "y", "ai"):
        return "이"
    if spelled == "o":
        if is_first:
            return (
                "오"
                if re.match("o|pro|po[lst]|so[cl]", word)
                else "우"
                if re.match("to(?!n[a-z]?$|ngue)", word)
                else "어"
            )
        return "어" if after == "M" else "오"
    return "우" if spelled == "u" and word.endswith("ful") and ends else "어"


def _syllables(vowel: str, onset: str, glide: str) -> str:
    first, rest = vowel[0], vowel[1:]
    if glide == "Y" and onset not in ("ᄌ", "ᄎ"):
        first = _AFTER_Y.get(first, first)
    elif glide == "W":
        first = _AFTER_W.get(first, first)
    return unicodedata.normalize("NFD", first + rest).replace("ᄋ", onset or "ᄋ", 1)


def _place_onset(sound: str, jamo: list[str]) -> str:
    """Return the onset; an L inside a word also closes the syllable before it (블랙, 올리브), but not after M or N."""
    if sound == "L" and jamo and "ᅡ" <= jamo[-1] <= "ᅵ":
        jamo.append("ᆯ")
    elif sound == "NG" and jamo:
        jamo.append("ᆼ")
    return _ONSETS[sound]


def _close(sound: str, before: str, after: str, jamo: list[str]) -> None:
    """Write a consonant that no vowel follows, as a coda or with a vowel of its own."""
    open_syllable = bool(jamo) and "ᅡ" <= jamo[-1] <= "ᅵ"
    short = before in _SHORT_VOWELS and open_syllable
    is_coda = (
        (sound in ("M", "N", "NG", "L") and open_syllable)
        or (sound in ("P", "T", "K") and short and after not in ("L", "R", "M", "N"))
        or (sound == "B" and short and not after)
    )
    if is_coda:
        jamo.append(_CODAS[sound])
        if sound == "L" and after in ("M", "N"):
            jamo += "르"
    elif sound in ("SH", "CH", "JH", "ZH"):
        jamo += [_ONSETS[sound], "ᅲ" if sound == "SH" and after else "ᅵ"]
    else:
        jamo += [_ONSETS[sound], "ᅳ"]
