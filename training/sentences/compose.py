"""Compose sentences that say every syllable and every pair of sounds that the other lists lack.

    python -m training.sentences.compose OUT_FILE [--seed 0]

Most of what is missing is rare in words, so names are coined of it and put into plain sentences. Greedy: the sentence
that says most new for its length comes next. The same seed gives the same list; `gap_fillers.txt` is that of seed 0.
"""

import argparse
import pathlib
import random
import unicodedata

from training.sentences import CORPUS_LISTS, GAP_FILLERS, HERE, read_list
from training.sentences.coverage import inventory, units_of
from training.sentences.pronunciation import CODAS, ONSETS, VOWELS

NAMES_PER_UNIT = 12
ROUNDS = 8  # a name's sounds change beside others, so some units need another try

# No particle begins with a vowel: it would take the name's last consonant away.
FRAMES = (
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
    """Sentences that, with those given, say all of the inventory; or all but what no frame could say."""
    chance = random.Random(seed)
    syllables, pairs = inventory()
    there = units_of(sentences)
    missing = (syllables - set(there.syllables), pairs - set(there.pairs))
    composed: list[str] = []
    for _ in range(ROUNDS):
        if not any(missing):
            break
        names = [name for unit in sorted(missing[0] | missing[1]) for name in coin_names(unit, missing[0], chance)]
        chance.shuffle(names)
        composed += pick(fill_frames(names, chance), *missing)
    return composed


def coin_names(unit: str, missing: set[str], chance: random.Random) -> list[str]:
    """Names of two or three syllables around a syllable, or around a pair of sounds."""
    others = sorted(missing) or ["나", "리"]
    return [
        "".join((*around(unit, chance), *chance.choices(others, k=chance.choice([1, 1, 2]))))
        for _ in range(NAMES_PER_UNIT)
    ]


def around(unit: str, chance: random.Random) -> tuple[str, ...]:
    """The syllable itself, or one or two syllables (NFC) that say the pair of jamo."""
    if len(unit) == 1:
        return (unit,)
    first, second = unit[0], unit[1]
    if first in ONSETS:
        return (unicodedata.normalize("NFC", unit),)
    if second in CODAS:
        return (unicodedata.normalize("NFC", chance.choice(ONSETS) + unit),)
    before = first if first in VOWELS else chance.choice("ᅡᅥᅩᅮᅵ") + first
    syllables = (chance.choice(ONSETS) + before, second + chance.choice("ᅡᅥᅩᅮᅵ"))
    return tuple(unicodedata.normalize("NFC", syllable) for syllable in syllables)


def fill_frames(names: list[str], chance: random.Random) -> list[str]:
    """Every name in some frame, with others where it takes more."""
    return [chance.choice(FRAMES).format(name, *chance.sample(names, 2)) for name in names]


def pick(candidates: list[str], syllables: set[str], pairs: set[str]) -> list[str]:
    """The candidates that say what is missing, best first; takes what they say out of ``syllables`` and ``pairs``."""
    news = {}
    for candidate in candidates:
        units = units_of([candidate])
        news[candidate] = (syllables & set(units.syllables), pairs & set(units.pairs))
    picked: list[str] = []
    while True:
        for candidate, (new, new_pairs) in news.items():
            news[candidate] = (new & syllables, new_pairs & pairs)
        news = {candidate: units for candidate, units in news.items() if any(units)}
        if not news:
            return picked
        best = max(news, key=lambda candidate: sum(map(len, news[candidate])) / (len(candidate) + 6))
        syllables -= news[best][0]
        pairs -= news[best][1]
        picked.append(best)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compose sentences that say what the other lists lack.")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    others = [line for name in CORPUS_LISTS if name != GAP_FILLERS for line in read_list(HERE / name)]
    composed = compose(others, arguments.seed)
    arguments.out.write_text("".join(f"{sentence}\n" for sentence in composed), encoding="utf-8")
    print(f"{len(composed)} sentences, {sum(map(len, composed))} characters")


if __name__ == "__main__":
    main()
