"""Report which sounds of Korean the corpus's sentences have, and which are missing.

    python -m training.sentences.coverage

Everything is counted as pronounced. All syllables are the pronunciations of the 2,350 syllables of KS X 1001 (Python's
`euc_kr`), the standard's choice of those that Korean is written with. All pairs of sounds are those within these
syllables, each final consonant before each initial one as the service's reader pronounces them, each vowel before each
initial consonant, and each first and last sound of a word.
"""

import collections
import itertools
import unicodedata
from dataclasses import dataclass, field

from training.sentences import CORPUS_LISTS, HELD_OUT, HERE, read_list
from training.sentences.pronunciation import ONSETS, PUNCTUATION, VOWELS, pronounced_jamo

WORD_END = " "
FINALS = [chr(ord("가") + final) for final in range(28)]  # ㅏ with each final consonant, or none
INITIALS = [chr(ord("가") + initial * 21 * 28) for initial in range(19)]


@dataclass
class Units:
    """Counts of syllables (NFC) and of pairs of sounds (two jamo; a space is the end of a word)."""

    syllables: "collections.Counter[str]" = field(default_factory=collections.Counter)
    pairs: "collections.Counter[str]" = field(default_factory=collections.Counter)

    def add(self, sentence: str) -> None:
        """Count the syllables and pairs of a sentence."""
        jamo = pronounced_jamo(sentence)
        self.syllables.update(c for c in unicodedata.normalize("NFC", jamo) if c not in PUNCTUATION)
        for word in "".join(WORD_END if c in PUNCTUATION else c for c in jamo).split():
            self.pairs.update(_pairs(WORD_END + word + WORD_END))


def units_of(sentences: list[str]) -> Units:
    """Return the counts over all of the sentences."""
    units = Units()
    for sentence in sentences:
        units.add(sentence)
    return units


def inventory() -> tuple[set[str], set[str]]:
    """Return all syllables and all pairs of sounds of Korean."""
    spoken = [pronounced_jamo(syllable) for syllable in standard_syllables()]
    within = {pair for jamo in spoken for pair in _pairs(WORD_END + jamo + WORD_END)}
    joined = {pair for final in FINALS for initial in INITIALS for pair in _pairs(pronounced_jamo(final + initial))}
    between = {pair for pair in joined if pair[1] in ONSETS}
    open_syllables = {vowel + onset for vowel in VOWELS for onset in ONSETS}
    return {unicodedata.normalize("NFC", jamo) for jamo in spoken}, within | between | open_syllables


def standard_syllables() -> list[str]:
    """Return the 2,350 syllables of KS X 1001: rows 16 to 40, 94 in each."""
    return [bytes([row, cell]).decode("euc_kr") for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)]


def _pairs(jamo: str) -> list[str]:
    return [first + second for first, second in itertools.pairwise(jamo)]


def main() -> None:
    all_syllables, all_pairs = inventory()
    print(f"{'':20} sentences  of {len(all_syllables)} syllables  of {len(all_pairs)} pairs")
    lists = {name: read_list(HERE / name) for name in CORPUS_LISTS}
    corpus = [sentence for sentences in lists.values() for sentence in sentences]
    for name, sentences in {**lists, "all of them": corpus}.items():
        units = units_of(sentences)
        found, found_pairs = all_syllables & set(units.syllables), all_pairs & set(units.pairs)
        print(f"{name:20} {len(sentences):9}  {len(found):17}  {len(found_pairs):13}")
    units, held_out = units_of(corpus), units_of(read_list(HERE / HELD_OUT))
    for what, needed, there in (
        ("syllables", held_out.syllables, units.syllables),
        ("pairs", held_out.pairs, units.pairs),
    ):
        share = sum(count for unit, count in needed.items() if unit in there) / sum(needed.values())
        print(f"{share:.1%} of the {what} that {HELD_OUT} says are in the corpus")
    print("missing syllables:", "".join(sorted(all_syllables - set(units.syllables))) or "none")
    print("missing pairs:", " ".join(sorted(all_pairs - set(units.pairs))) or "none")


if __name__ == "__main__":
    main()
