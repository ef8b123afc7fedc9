"""Measure the first filter: how many texts that it should catch it catches, and how many others.

The words are those that a new service begins with; a text counts as caught if a rule holds or rejects it. The list
(`text_filter.txt`) was written by hand, for this alone, and the words were not chosen by it.
"""

import argparse
import time
from pathlib import Path

from voices.review.patterns import find_patterns
from voices.review.words import Word, find, first_words

LIST = Path(__file__).with_suffix(".txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="changes nothing: it takes a second")
    parser.add_argument("--wrong", action="store_true", help="print each text that is judged wrongly")
    arguments = parser.parse_args()
    words = [
        Word(one.written, tuple(filter(None, one.unless.split(",")))) for one in first_words() if one.effect != "mark"
    ]
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    started = time.perf_counter()
    judged = [(line[0] == "+", bool(find(words, line[2:]) or find_patterns(line[2:])), line[2:]) for line in lines]
    milliseconds = (time.perf_counter() - started) / len(lines) * 1000
    caught = sum(bad and found for bad, found, _ in judged)
    harmless = sum(found and not bad for bad, found, _ in judged)
    missed = sum(bad and not found for bad, found, _ in judged)
    print(f"{caught + missed} to catch, {len(judged) - caught - missed} to let pass; {milliseconds:.2f} ms a text")
    print(f"precision {caught / (caught + harmless):.3f}, recall {caught / (caught + missed):.3f}")
    print(f"missed {missed}, caught without need {harmless}")
    if arguments.wrong:
        for bad, found, text in judged:
            if bad != found:
                print("missed" if bad else "caught", text)


if __name__ == "__main__":
    main()
