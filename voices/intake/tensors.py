"""Read the tensors of a checkpoint that torch saved, without torch: from a zip, or from the format before torch 1.6."""

from __future__ import annotations

import io
import math
import struct
import zipfile
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from voices.intake import pickles
from voices.intake.refusal import Refused
from voices.intake.zip_directory import refuse_ambiguous_zip

MAX_CHECKPOINT_BYTES = 4 * 1024**3  # a large Glow-TTS with its optimizer has 0.4 GB
MAX_DIMENSIONS = 8

# The names of torch's storages and dtypes, and numpy's for the same numbers. numpy has no bfloat16: see `_widened`.
_BFLOAT16 = "bfloat16"
_STORAGES = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "BFloat16Storage": _BFLOAT16,
    "LongStorage": "<i8", "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1",
    "BoolStorage": "?", "UntypedStorage": "u1",
}  # fmt: skip
_DTYPES = {
    "float64": "<f8", "float32": "<f4", "float16": "<f2", "bfloat16": _BFLOAT16, "int64": "<i8", "int32": "<i4",
    "int16": "<i2", "int8": "i1", "uint8": "u1", "bool": "?",
}  # fmt: skip


def _item_size(numbers: str) -> int:
    return 2 if numbers == _BFLOAT16 else np.dtype(numbers).itemsize


@dataclass(frozen=True)
class _StorageType:
    numbers: str


@dataclass(frozen=True)
class Storage:
    """Numbers that one or several tensors use."""

    key: str
    numbers: str  # numpy's name of the type, or bfloat16
    count: int


@dataclass(frozen=True)
class Tensor:
    """A tensor as the pickle describes it; its numbers are not read yet."""

    storage: Storage
    offset: int  # of the first number
    shape: tuple[int, ...]
    strides: tuple[int, ...]  # in numbers
    numbers: str


class Reader(Protocol):
    """Gives the content of a checkpoint, and the numbers of its storages."""

    content: Any

    def read(self, storage: Storage) -> bytes:
        """Return the bytes of a storage; at most as many as it says."""


def open_checkpoint(file: BinaryIO, size: int) -> Reader:
    """Read the structure of a checkpoint of `size` bytes; tensors are described, not read.

    Raises Refused, or any exception for a damaged file.
    """
    if size > MAX_CHECKPOINT_BYTES:
        raise Refused("weights", "too_large", max=MAX_CHECKPOINT_BYTES)
    try:
        return _ZipReader(file) if zipfile.is_zipfile(file) else _StreamReader(file, size)
    except pickles.ForbiddenName as error:
        raise Refused("weights", "runs_code", name=error) from error


def numbers_of(tensor: Tensor, reader: Reader, name: str) -> NDArray[Any]:
    """Return a tensor's numbers: float32 or int64, one beside the other.

    Raises Refused if it claims numbers that its storage does not have.
    """
    count = math.prod(tensor.shape)
    last = tensor.offset + sum(
        (length - 1) * stride for length, stride in zip(tensor.shape, tensor.strides, strict=True)
    )
    held = tensor.storage.count * _item_size(tensor.storage.numbers) // _item_size(tensor.numbers)
    if count > held or (count and last >= held):
        raise Refused("weights", "claims_more", name=name)
    raw = reader.read(tensor.storage)
    if len(raw) != tensor.storage.count * _item_size(tensor.storage.numbers):
        raise Refused("weights", "claims_more", name=name)
    item = _item_size(tensor.numbers)
    flat = np.frombuffer(raw[: held * item], dtype="<u2" if tensor.numbers == _BFLOAT16 else tensor.numbers)
    view = np.lib.stride_tricks.as_strided(
        flat[tensor.offset :] if count else flat[:0],
        tensor.shape,
        [stride * item for stride in tensor.strides],
        writeable=False,
    )
    return _widened(view, tensor.numbers)


def _widened(values: NDArray[Any], numbers: str) -> NDArray[Any]:
    if numbers == _BFLOAT16:  # the upper half of a float32
        return (values.astype("<u4", order="C") << np.uint32(16)).view("<f4")
    with np.errstate(all="ignore"):  # what is too large becomes infinite, which is refused
        kind = "<f4" if values.dtype.kind == "f" else "<i8"
        return np.ascontiguousarray(values, dtype=kind).reshape(values.shape)


def _tensor(storage: object, offset: object, shape: object, strides: object, *_rest: object) -> object:
    if not isinstance(storage, Storage):
        return pickles.Inert()
    return _described(storage, offset, shape, strides, storage.numbers)


def _tensor_of_type(  # torch._utils._rebuild_tensor_v3
    storage: object, offset: object, shape: object, strides: object, _grad: object, _hooks: object, dtype: object,
    *_rest: object,
) -> object:  # fmt: skip
    if not isinstance(storage, Storage) or not isinstance(dtype, _StorageType):
        return pickles.Inert()
    return _described(storage, offset, shape, strides, dtype.numbers)


def _described(storage: Storage, offset: object, shape: object, strides: object, numbers: str) -> Tensor:
    if not isinstance(shape, tuple) or not isinstance(strides, tuple) or len(shape) != len(strides):
        raise ValueError("a tensor without a shape")
    if len(shape) > MAX_DIMENSIONS or not all(_is_size(value) for value in (offset, *shape, *strides)):
        raise ValueError("a tensor of an impossible shape")
    return Tensor(storage, int(str(offset)), shape, strides, numbers)


def _is_size(value: object) -> bool:
    return type(value) is int and value >= 0


def _parameter(tensor: object, *_rest: object) -> object:
    return tensor


def _subclass(rebuild: object, _type: object, arguments: object, *_rest: object) -> object:
    """Return the tensor of a subclass; `rebuild` is one of the functions here, by the pickle's name for it."""
    if rebuild in (_tensor, _tensor_of_type) and isinstance(arguments, tuple):
        return rebuild(*arguments)
    return pickles.Inert()


_KNOWN: pickles.Known = {
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_tensor_v3"): _tensor_of_type,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("torch._tensor", "_rebuild_from_type_v2"): _subclass,
    ("torch", "Size"): tuple,
    **{("torch", name): _StorageType(numbers) for name, numbers in {**_STORAGES, **_DTYPES}.items()},
    **{("torch.storage", name): _StorageType(numbers) for name, numbers in _STORAGES.items()},
}


def _storage_of(pid: object) -> object:
    """Return the storage that a persistent id describes: ("storage", type, key, device, count, …)."""
    if not isinstance(pid, tuple) or len(pid) < 5 or pid[0] != "storage":
        raise ValueError("an unknown persistent id")
    _, kind, key, _device, count = pid[:5]
    if not isinstance(kind, _StorageType):
        return pickles.Inert()  # complex or quantized numbers
    if len(pid) > 5 and pid[5] is not None:
        raise ValueError("a view of a storage")
    if not isinstance(key, str) or not _is_size(count):
        raise ValueError("a storage without a size")
    return Storage(key, kind.numbers, count)


class _ZipReader:
    def __init__(self, file: BinaryIO) -> None:
        refuse_ambiguous_zip(file)
        self._archive = zipfile.ZipFile(file)
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in self._archive.infolist():
            if member.filename in self._members:
                raise Refused("weights", "zip_twice", name=member.filename)
            self._members[member.filename] = member
        if sum(member.file_size for member in self._members.values()) > MAX_CHECKPOINT_BYTES:
            raise Refused("weights", "too_large", max=MAX_CHECKPOINT_BYTES)
        found = [name for name in self._members if name.endswith("/data.pkl") and name.count("/") == 1]
        if not found:
            raise Refused("weights", "archive", kind="zip")
        (described,) = found
        self._root = described.removesuffix("data.pkl")
        if self._bytes(f"{self._root}byteorder", 16) not in (b"", b"little"):
            raise ValueError("numbers of another byte order")
        stream = io.BytesIO(self._bytes(described, pickles.MAX_PICKLE_BYTES))
        self.content = pickles.load(stream, _KNOWN, _storage_of)

    def read(self, storage: Storage) -> bytes:
        """Return the bytes of a storage."""
        return self._bytes(f"{self._root}data/{storage.key}", storage.count * _item_size(storage.numbers))

    def _bytes(self, name: str, at_most: int) -> bytes:
        member = self._members.get(name)
        if member is None:
            return b""
        if member.file_size > at_most:
            raise ValueError("a member that is longer than it says elsewhere")
        with self._archive.open(member) as file:
            return file.read()


class _StreamReader:
    """The format of torch before 1.6: five pickles, then the storages one after the other."""

    _MAGIC = 0x1950A86A20F9469CFC6C
    _COUNT = struct.Struct("<q")

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._starts: dict[str, int] = {}
        self._storages: dict[str, Storage] = {}
        file.seek(0)
        if pickles.load(file, {}) != self._MAGIC or pickles.load(file, {}) != 1001:
            raise ValueError("not a checkpoint")
        if pickles.load(file, {}).get("little_endian") is not True:
            raise ValueError("numbers of another byte order")
        self.content = pickles.load(file, _KNOWN, self._storage_of)
        for key in pickles.load(file, {}):
            storage = self._storages[key]
            (count,) = self._COUNT.unpack(file.read(self._COUNT.size))
            if count != storage.count:
                raise ValueError("a storage of another size")
            self._starts[key] = file.tell()
            file.seek(count * _item_size(storage.numbers), 1)
            if file.tell() > size:
                raise ValueError("truncated")

    def _storage_of(self, pid: object) -> object:
        storage = _storage_of(pid)
        if isinstance(storage, Storage):
            self._storages[storage.key] = storage
        return storage

    def read(self, storage: Storage) -> bytes:
        """Return the bytes of a storage."""
        self._file.seek(self._starts[storage.key])
        return self._file.read(storage.count * _item_size(storage.numbers))
