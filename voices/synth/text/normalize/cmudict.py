"""The CMU Pronouncing Dictionary: how English words sound, in ARPABET.

`cmudict.txt.xz` beside this file holds the first pronunciation of each word, without stress, one a line, sorted:
"music M Y UW Z IH K". `cmudict.LICENSE` is the licence of the data. To make the file again from a release of CMUdict:

    python -m voices.synth.text.normalize.cmudict CMUDICT_FILE
"""

from __future__ import annotations

import bisect
import functools
import lzma
import re
import sys
from pathlib import Path

_FILE = Path(__file__).with_name("cmudict.txt.xz")
_SECOND_PRONUNCIATION = re.compile(r"\S+\(\d+\) ")


def phonemes(word: str) -> list[str]:
    """Return the ARPABET phonemes of a word in small letters, without stress; none if it is not in the dictionary."""
    lines = _lines()
    index = bisect.bisect_left(lines, word + " ")
    if index == len(lines) or not lines[index].startswith(word + " "):
        return []
    return lines[index].split()[1:]


@functools.cache
def _lines() -> list[str]:
    # A sorted list of lines takes a tenth of the memory of a dictionary of lists.
    return lzma.decompress(_FILE.read_bytes()).decode("ascii").splitlines()


def compress(release: str) -> bytes:
    """Return what `cmudict.txt.xz` holds for the text of a release: comments and second pronunciations left out."""
    lines = (line.partition("#")[0].strip() for line in release.splitlines() if not line.startswith(";;;"))
    first = (re.sub(r"(?<=[A-Z])[012]\b", "", line) for line in lines if not _SECOND_PRONUNCIATION.match(line))
    return lzma.compress("\n".join(sorted(filter(None, first))).encode("ascii"), preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    _FILE.write_bytes(compress(Path(sys.argv[1]).read_text(encoding="utf-8")))
