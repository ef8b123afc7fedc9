"""Pronounce a Korean sentence: Hangul as spelled -> pronounced jamo -> the IPA that the teacher reads.

The acoustic model is trained on the same pronunciation that the service gives it later: that of `voices.synth.text`, as
jamo.

>>> unicodedata.normalize("NFC", pronounced_jamo("값이 싸요!"))
'갑씨 싸요!'
>>> jamo_to_ipa(pronounced_jamo("안녕하세요!"))
'annjɔŋhasejo!'
"""

import unicodedata

from voices.synth.text.pronounce.pipeline import pronounce

ONSETS = "ᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄋᄌᄍᄎᄏᄐᄑᄒ"
VOWELS = "ᅡᅢᅣᅤᅥᅦᅧᅨᅩᅪᅫᅬᅭᅮᅯᅰᅱᅲᅳᅴᅵ"
CODAS = "ᆨᆫᆮᆯᆷᆸᆼ"  # the seven that are left when a final consonant is pronounced
PUNCTUATION = " .,!?"
SYMBOLS = ONSETS + VOWELS + CODAS + PUNCTUATION

# Kokoro has no symbols for tense consonants; with a glottal stop before them, the recognizer's error rate was lowest.
# fmt: off
ONSET_IPA = {
    "ᄀ": "k", "ᄁ": "ʔk", "ᄏ": "kʰ", "ᄃ": "t", "ᄄ": "ʔt", "ᄐ": "tʰ", "ᄇ": "p", "ᄈ": "ʔp", "ᄑ": "pʰ",
    "ᄌ": "ʨ", "ᄍ": "ʔʨ", "ᄎ": "ʨʰ", "ᄉ": "s", "ᄊ": "s", "ᄒ": "h", "ᄂ": "n", "ᄆ": "m", "ᄅ": "ɾ", "ᄋ": "",
}
# A lenis stop is voiced between voiced sounds, but not at the start of an eojeol.
VOICED_IPA = {"ᄀ": "ɡ", "ᄃ": "d", "ᄇ": "b", "ᄌ": "ʥ"}
# ㅓ is ɔ and not ʌ: the recognizer hears the teacher's ʌ as ㅏ.
VOWEL_IPA = {
    "ᅡ": "a", "ᅣ": "ja", "ᅥ": "ɔ", "ᅧ": "jɔ", "ᅩ": "o", "ᅭ": "jo", "ᅮ": "u", "ᅲ": "ju", "ᅳ": "ɯ", "ᅵ": "i",
    "ᅢ": "ɛ", "ᅤ": "jɛ", "ᅦ": "e", "ᅨ": "je", "ᅪ": "wa", "ᅫ": "wɛ", "ᅬ": "we", "ᅯ": "wɔ", "ᅰ": "we", "ᅱ": "wi",
    "ᅴ": "ɰi",
}
# fmt: on
CODA_IPA = dict(zip(CODAS, "kntlmpŋ", strict=True))
SONORANT_CODAS = "ᆫᆯᆷᆼ"
PALATAL_VOWELS = "ᅵᅣᅧᅭᅲᅱ"  # before these ㅅ is ɕ


def pronounced_jamo(text: str) -> str:
    """Return the pronunciation of a sentence in NFD jamo, with its spaces and `.,!?`.

    `text` has Hangul, spaces and `.,!?` only: numbers and Latin words must be read out before. Raises ValueError for
    any other symbol.
    """
    jamo = unicodedata.normalize("NFD", pronounce(text))
    if unknown := set(jamo) - set(SYMBOLS):
        raise ValueError(f"no symbol for {sorted(unknown)} in {text!r}")
    return jamo


def jamo_to_ipa(jamo: str) -> str:
    """Return the IPA of pronounced jamo (NFD), in symbols that Kokoro-82M has."""
    ipa: list[str] = []
    after_voiced = False
    for symbol, following in zip(jamo, jamo[1:] + " ", strict=True):
        if symbol in ONSETS:
            if symbol in VOICED_IPA and after_voiced:
                ipa.append(VOICED_IPA[symbol])
            elif symbol in "ᄉᄊ" and following in PALATAL_VOWELS:
                ipa.append("ɕ")
            elif symbol == "ᄅ" and ipa and ipa[-1] == "l":
                ipa.append("l")
            else:
                ipa.append(ONSET_IPA[symbol])
        elif symbol in VOWELS:
            ipa.append(VOWEL_IPA[symbol])
            after_voiced = True
        elif symbol in CODAS:
            ipa.append(CODA_IPA[symbol])
            after_voiced = symbol in SONORANT_CODAS
        else:
            ipa.append(symbol)
            after_voiced = False
    return "".join(ipa)
