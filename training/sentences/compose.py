"""Compose sentences with every syllable and every pair of sounds that the other lists lack.

    python -m training.sentences.compose OUT_FILE [--seed 0]

Most missing syllables and pairs are rare in words, so they are put into invented names, and the names into templates.
Sentences are chosen greedily by the number of new units for their length. The same seed gives the same list;
`gap_fillers.txt` is the list of seed 0.
"""

import argparse
import pathlib
import random
import unicodedata

from training.sentences import CORPUS_LISTS, GAP_FILLERS, HERE, read_list
from training.sentences.coverage import inventory, units_of
from training.sentences.pronunciation import CODAS, ONSETS, VOWELS

NAMES_PER_UNIT = 12
ROUNDS = 8  # sounds change beside other sounds, so some units need more than one try

# No particle here begins with a vowel, because the name's last consonant would move to it.
TEMPLATES = (
    "{0}하고 {1}, 그리고 {2}도 왔어요.",
    "{0} 씨, {1} 씨, {2} 씨, 여기 보세요!",
    "{0}도 {1}처럼 {2}까지 갔어요.",
    "{0}부터 {1}까지 {2} 때문에 걸었어요.",
    "혹시 {0}, {1}, {2}도 보셨어요?",
    "{0}보다 {1}, {1}보다 {2} 쪽이 좋아요!",
    "오늘은 {0}, 내일은 {1}, 모레는 {2}.",
    "{0} {1}도 {2} 씨한테 보냈어요.",
    "{0} 씨가 {1}, {2}도 챙겼어요?",
    "{0}! {1}! {2}! 모두 모이세요.",
)


def compose(sentences: list[str], seed: int) -> list[str]:
    """Return new sentences with the units that `sentences` lack, except those that no template can have."""
    rng = random.Random(seed)
    syllables, pairs = inventory()
    there = units_of(sentences)
    missing = (syllables - set(there.syllables), pairs - set(there.pairs))
    composed: list[str] = []
    for _ in range(ROUNDS):
        if not any(missing):
            break
        names = [name for unit in sorted(missing[0] | missing[1]) for name in coin_names(unit, missing[0], rng)]
        rng.shuffle(names)
        composed += pick(fill_templates(names, rng), *missing)
    return composed


def coin_names(unit: str, missing: set[str], rng: random.Random) -> list[str]:
    """Return names of two or three syllables that contain a syllable or a pair of jamo."""
    others = sorted(missing) or ["나", "리"]
    return [
        "".join((*syllables_with(unit, rng), *rng.choices(others, k=rng.choice([1, 1, 2]))))
        for _ in range(NAMES_PER_UNIT)
    ]


def syllables_with(unit: str, rng: random.Random) -> tuple[str, ...]:
    """Return the syllable itself, or one or two syllables (NFC) that contain the pair of jamo."""
    if len(unit) == 1:
        return (unit,)
    first, second = unit[0], unit[1]
    if first in ONSETS:
        return (unicodedata.normalize("NFC", unit),)
    if second in CODAS:
        return (unicodedata.normalize("NFC", rng.choice(ONSETS) + unit),)
    before = first if first in VOWELS else rng.choice("ᅡᅥᅩᅮᅵ") + first
    syllables = (rng.choice(ONSETS) + before, second + rng.choice("ᅡᅥᅩᅮᅵ"))
    return tuple(unicodedata.normalize("NFC", syllable) for syllable in syllables)


def fill_templates(names: list[str], rng: random.Random) -> list[str]:
    """Return a sentence for each name: a random template with this name and two others."""
    return [rng.choice(TEMPLATES).format(name, *rng.sample(names, 2)) for name in names]


def pick(candidates: list[str], syllables: set[str], pairs: set[str]) -> list[str]:
    """Return the candidates that have missing units, best first; remove their units from `syllables` and `pairs`."""
    gains = {}
    for candidate in candidates:
        units = units_of([candidate])
        gains[candidate] = (syllables & set(units.syllables), pairs & set(units.pairs))
    picked: list[str] = []
    while True:
        for candidate, (new, new_pairs) in gains.items():
            gains[candidate] = (new & syllables, new_pairs & pairs)
        gains = {candidate: units for candidate, units in gains.items() if any(units)}
        if not gains:
            return picked
        best = max(gains, key=lambda candidate: sum(map(len, gains[candidate])) / (len(candidate) + 6))
        syllables -= gains[best][0]
        pairs -= gains[best][1]
        picked.append(best)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compose sentences with what the other lists lack.")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    others = [line for name in CORPUS_LISTS if name != GAP_FILLERS for line in read_list(HERE / name)]
    composed = compose(others, arguments.seed)
    arguments.out.write_text("".join(f"{sentence}\n" for sentence in composed), encoding="utf-8")
    print(f"{len(composed)} sentences, {sum(map(len, composed))} characters")


if __name__ == "__main__":
    main()
