"""Read a pickle without importing or running anything that it names.

Containers, numbers and what the caller passes are built; every other object becomes an `Inert` one. So what trainers
leave beside the weights (paths, arguments, configs, optimizers) is passed over, whatever it is. A pickle that names a
function of Python's own library, or any function of another one, is refused by that name: no trainer writes such.
"""

from __future__ import annotations

import collections
import io
import pickle
import pickletools
import re
import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import numpy as np

MAX_PICKLE_BYTES = 64 * 1024**2  # a checkpoint of thousands of tensors has 1 MB

Known = Mapping[tuple[str, str], Any]


class ForbiddenName(Exception):
    """The pickle names a function that no trainer leaves in a file."""


class Inert:
    """Takes the place of any object, and ignores what is done with it."""

    def __new__(cls, *args: object, **kwargs: object) -> Inert:
        return super().__new__(cls)

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def append(self, item: object) -> None:
        """Ignore an item."""

    def extend(self, items: object) -> None:
        """Ignore the items."""

    def add(self, item: object) -> None:
        """Ignore an item."""


def _encoded(text: object, encoding: object = "latin1") -> object:
    """Return bytes as the second protocol of pickle writes them."""
    return text.encode("latin1") if isinstance(text, str) and encoding == "latin1" else Inert()


def _dictionary(*args: object) -> dict[Any, Any]:
    """Return a dict in place of a defaultdict: its items come later."""
    return {}


class NumberType:
    """Takes the place of numpy's dtype, whose own `__setstate__` writes past its memory if the state is forged."""

    def __init__(self, code: object = "", *_rest: object) -> None:
        self.code = code if isinstance(code, str) else ""
        self._order = "="

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 2 or state[1] not in ("<", ">", "=", "|"):
            raise ValueError("an unknown type of numbers")
        self._order = state[1]

    @property
    def is_plain(self) -> bool:
        """Whether it is a type of plain numbers: not of texts, times, objects or records."""
        return re.fullmatch(r"[biufc]\d{1,2}|\?", self.code) is not None

    def numbers(self) -> np.dtype[Any]:
        """Return the type; raises ForbiddenName unless it is one of plain numbers."""
        if not self.is_plain:
            raise ForbiddenName("a number that is none")
        return np.dtype(self._order + self.code)


def number_of(dtype: object, raw: object) -> Any:
    """Return the number that numpy pickled as its type and its bytes; texts and times become inert."""
    if not isinstance(dtype, NumberType) or not isinstance(raw, bytes):
        raise ForbiddenName("a number that is none")
    return Inert() if dtype.code[:1] in tuple("SUmM") else np.frombuffer(raw, dtype.numbers(), count=1)[0]


BASE: Known = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("collections", "defaultdict"): _dictionary,
    ("_codecs", "encode"): _encoded,
    ("numpy", "dtype"): NumberType,
    **{(f"numpy.{core}.multiarray", "scalar"): number_of for core in ("core", "_core")},
}

# Of Python's own library, these hold values or name types; everything else there could run something.
_HARMLESS_MODULES = {
    "__main__", "_codecs", "argparse", "array", "collections", "copyreg", "dataclasses", "datetime",
    "decimal", "enum", "fractions", "functools", "ipaddress", "logging", "numbers", "pathlib", "random", "re", "time",
    "types", "typing", "uuid", "zoneinfo",
}  # fmt: skip
_HARMLESS_BUILTINS = {
    "bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object", "range", "set",
    "slice", "str", "tuple", "type",
}  # fmt: skip
_HARMLESS_FUNCTIONS = {  # in small letters, but they only build values
    "__newobj__", "__newobj_ex__", "_array_reconstructor", "_compile", "_reconstructor", "array", "attrdict", "date",
    "datetime", "deque", "getLogger", "namedtuple", "partial", "struct_time", "time", "timedelta", "timezone",
}  # fmt: skip
_LIBRARIES_WITH_FUNCTIONS = {  # their values and functions in small letters that run nothing
    "numpy": ("ndarray", "dtype", "_reconstruct", "_frombuffer", "__randomstate_ctor", "__generator_ctor",
              "__bit_generator_ctor", "bool_", "bool", "matrix"),
    "torch": (
        "device", "dtype", "memory_format", "layout", "qscheme", "finfo", "_get_layout", "per_tensor_affine",
        "per_channel_affine", "strided", "sparse_coo", "sparse_csr", "contiguous_format", "preserve_format",
        "channels_last",
    ),
}  # fmt: skip
_NUMBER_NAMES = ("float", "int", "uint", "complex", "bfloat", "half", "double", "long", "short", "str", "bytes", "void")


def load(stream: BinaryIO, known: Known, persistent: Callable[[Any], Any] | None = None) -> Any:
    """Return the object of the next pickle in `stream`, and leave the stream behind it.

    Args:
        stream: that can be sought in.
        known: what takes the place of which (module, name), besides `BASE`.
        persistent: makes an object of a persistent id; without it, such ids are errors.

    Raises:
        ForbiddenName: it names a function that no trainer leaves in a file.
        Exception: any, for a damaged pickle.
    """
    return _Unpickler(io.BytesIO(_next_pickle(stream)), {**BASE, **known}, persistent).load()


def _next_pickle(stream: BinaryIO) -> bytes:
    start = stream.tell()
    largest_memo = 0
    for opcode, argument, _position in pickletools.genops(stream):
        if opcode.name.endswith("PUT"):
            largest_memo = max(largest_memo, int(argument or 0))
    length = stream.tell() - start
    # The unpickler reserves memory up to the largest number of a memo.
    if length > MAX_PICKLE_BYTES or largest_memo > length:
        raise ValueError("a pickle that can't be needed")
    stream.seek(start)
    return stream.read(length)


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: BinaryIO, known: Known, persistent: Callable[[Any], Any] | None) -> None:
        super().__init__(stream)
        self._known = known
        self._persistent = persistent

    def find_class(self, module: str, name: str) -> Any:
        # Older protocols have the names of Python 2.
        module, name = NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))
        if (module, name) in self._known:
            return self._known[module, name]
        if not _is_harmless(module, name):
            raise ForbiddenName(f"{module}.{name}")
        return Inert

    def persistent_load(self, pid: Any) -> Any:
        if self._persistent is None:
            raise ValueError("a persistent id")
        return self._persistent(pid)


def _is_harmless(module: str, name: str) -> bool:
    """Return whether what a pickle names can only be a value or a type, as far as its name tells."""
    root, own = module.partition(".")[0], name.rpartition(".")[2]
    if root == "builtins":
        return own in _HARMLESS_BUILTINS or own.endswith(("Error", "Exception", "Warning"))
    if root in sys.stdlib_module_names and root not in _HARMLESS_MODULES:
        return False
    if own in _HARMLESS_FUNCTIONS or own.lstrip("_")[:1].isupper():  # a class, by the custom of its name
        return True
    known = _LIBRARIES_WITH_FUNCTIONS.get(root, ())
    rebuilds = {"torch": "_rebuild_", "numpy": "__pyx_unpickle_"}.get(root, "\0")
    is_number = bool(known) and own.strip("_0123456789").startswith(_NUMBER_NAMES)
    return own in known or own.startswith(rebuilds) or is_number
