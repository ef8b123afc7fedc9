"""Check a corpus with the recognizer, and list the wavs that it does not understand in `rejected.txt`.

    python -m training.corpus.reject CORPUS_FOLDER [--limit 0.5]

Training skips these wavs. A line of `rejected.txt` has the wav's name, what was heard, and the letter error rate. What
was heard is saved in `heard.tsv`, so that a stopped check can be resumed, and another limit needs no recognizer.
"""

import argparse
import pathlib
import time

import soundfile

from training.corpus.folder import REJECTED, listed_sentences
from training.measures.heard import HeardFile
from training.measures.judge import JUDGED_SYLLABLES, MISMATCH, Judge, letter_error_rate
from voices.synth.text.hangul import count_syllables


def hear_all(wavs: list[pathlib.Path], heard: HeardFile) -> None:
    """Recognize the wavs that are not in `heard` yet, and add them to it."""
    left = [wav for wav in wavs if wav.name not in heard.texts]
    if not left:
        return
    judge = Judge()
    started = time.monotonic()
    for number, wav in enumerate(left, 1):
        samples, sample_rate = soundfile.read(wav, dtype="float32")
        heard.add(wav.name, judge.hear(samples, sample_rate))
        if number % 20 == 0 or number == len(left):
            minutes = (time.monotonic() - started) / number * (len(left) - number) / 60
            print(f"{len(wavs) - len(left) + number} of {len(wavs)} heard, {minutes:.0f} min left", flush=True)


def reject(corpus: pathlib.Path, limit: float) -> dict[str, float]:
    """Write `rejected.txt` of the corpus; return the letter error rate of each checked wav, by file name.

    Wavs of fewer than `JUDGED_SYLLABLES` syllables are not checked, and are used in training.
    """
    judged = [(wav, said) for wav, said in listed_sentences(corpus) if count_syllables(said) >= JUDGED_SYLLABLES]
    heard = HeardFile(corpus / "heard.tsv")
    hear_all([wav for wav, _ in judged], heard)
    rates = {wav.name: letter_error_rate(said, heard.texts[wav.name]) for wav, said in judged}
    lines = [f"{name}\t{heard.texts[name]}\t{rate:.2f}\n" for name, rate in rates.items() if rate >= limit]
    unfinished = corpus / "rejected.part"
    unfinished.write_text("".join(lines), encoding="utf-8")
    unfinished.replace(corpus / REJECTED)
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description="List the wavs of a corpus that the recognizer does not understand.")
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--limit", type=float, default=MISMATCH, help="letter error rate that rejects a wav")
    arguments = parser.parse_args()
    rates = reject(arguments.corpus, arguments.limit)
    rejected = sum(rate >= arguments.limit for rate in rates.values())
    mean = sum(rates.values()) / max(1, len(rates))
    print(f"{rejected} of {len(rates)} set aside; {mean:.3f} of the letters are wrong on average")


if __name__ == "__main__":
    main()
