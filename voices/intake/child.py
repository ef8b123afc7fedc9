"""The child process: give up every privilege, then read the files of one model and convert them.

It gets its files as open descriptors and can open no other: no file, no connection, no process. It is started by
`voices.intake.sandbox`, and everything that it needs is imported before the privileges go.
"""

from __future__ import annotations

import codecs
import ctypes
import json
import os
import resource
import sys
import tomllib  # noqa: F401 - msgspec imports it when it reads TOML, which is too late
import warnings
from typing import Any, BinaryIO

import msgspec
import safetensors.numpy

from voices.intake.card import parse_card
from voices.intake.config import parse_acoustic_config, parse_vocoder_config
from voices.intake.refusal import Part, Refusal, Refused
from voices.intake.settings import Converted, ModelKind
from voices.intake.weights import read_weights

# Python imports codecs when they are first used: those of configs, and that of names in zips.
for _codec in ("utf-8-sig", "utf-16", "cp949", "cp437", "latin1"):
    codecs.lookup(_codec)

NOBODY = 65534
MEMORY_BYTES = 1024**3
CPU_SECONDS = 5
OUTPUT_BYTES = 512 * 1024**2

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38

ARCHIVES = {
    b"PK\3\4": "zip",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
}
READY = b"\n"  # comes first in an answer: the privileges are gone, and what happens next is the files' doing
MAX_HEAD = 4096  # bytes by which files of another kind are told apart
MAX_SMALL_FILE = 2 * 1024**2  # bytes that are read of a file other than the weights


def main() -> None:
    """Read the descriptors' numbers from the first argument, as JSON; write weights and settings to them."""
    given = json.loads(sys.argv[1])
    parts: dict[Part, BinaryIO] = {part: os.fdopen(number, "rb") for part, number in given["parts"].items()}
    weights, answer = (os.fdopen(given[name], "wb") for name in ("weights_out", "answer_out"))
    warnings.simplefilter("ignore")
    give_up_privileges()
    answer.write(READY)
    answer.flush()
    found = convert(given["kind"], parts, weights)
    answer.write(msgspec.json.encode(found))
    answer.close()


def give_up_privileges() -> None:
    """Become nobody with bounds on memory, time and output, who can open no file and start no process.

    Raises OSError if the system does not allow it; then nothing must be read.
    """
    silence = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silence, number)
    os.close(silence)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    if sys.platform == "linux":
        prctl = ctypes.CDLL(None, use_errno=True).prctl
        if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),  # open descriptors stay, and there are no new ones
    ):
        resource.setrlimit(limit, (most, most))


def convert(kind: ModelKind, parts: dict[Part, BinaryIO], weights_out: BinaryIO) -> Converted | Refusal:
    """Convert the files of one model: write its weights as safetensors, and return its settings, or why not.

    Args:
        kind: of the model.
        parts: "weights" and "config", and what else there is.
        weights_out: where the weights are written.
    """
    part: Part = "config"
    try:
        small = {name: _content(file) for name, file in parts.items() if name != "weights"}
        for part, content in small.items():
            _refuse_other_files(part, content[:MAX_HEAD])
        part = "card"
        card = parse_card(small["card"]) if "card" in small else None
        part = "config"
        parse = parse_acoustic_config if kind == "glow_tts" else parse_vocoder_config
        model = parse(small["config"], small.get("statistics"))
        part = "weights"
        file = parts["weights"]
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        _refuse_other_files(part, file.read(MAX_HEAD))
        file.seek(0)
        _write(read_weights(file, size, kind), weights_out)
        return Converted(model, card)
    except Refused as refused:
        return refused.refusal
    except MemoryError:
        return Refusal("needs_too_much", part)
    except OSError:  # of the machine, or of this module: something was imported too late
        return Refusal("unreadable", part)
    except Exception:  # a damaged file can raise anything
        return Refusal("damaged", part)


def _content(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(MAX_SMALL_FILE)


def _write(weights: dict[str, Any], file: BinaryIO) -> None:
    file.write(safetensors.numpy.save(weights))
    file.flush()


def _refuse_other_files(part: Part, head: bytes) -> None:
    """Refuse what people bring in place of a file, by its first bytes."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith(b"version https://git-lfs"):
        raise Refused(part, "git_lfs")
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Refused(part, "web_page")
    for first, kind in ARCHIVES.items():
        if head.startswith(first) and not (kind == "zip" and part == "weights"):  # checkpoints are zips
            raise Refused(part, "archive", kind=kind)


if __name__ == "__main__":
    main()
