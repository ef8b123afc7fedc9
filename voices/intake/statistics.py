"""Read coqui's `scale_stats.npy`: a pickled dict with `mel_mean` and `mel_std`, both [n_mels]."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voices.intake import pickles
from voices.intake.refusal import Refused
from voices.intake.settings import Statistics

MAX_VALUE = 1e5  # of means, standard deviations and their inverses; they are decibels, or logarithms
MAX_BYTES = 256 * 1024  # a usual file has 10 kB: four arrays of at most 1025 numbers


def parse_statistics(content: bytes, n_mels: int) -> Statistics:
    """Return mean and standard deviation of `n_mels` mel bands.

    Raises Refused if the file is too large, damaged, for other bands, or a pickle that would call anything except the
    constructors of arrays.
    """
    if len(content) > MAX_BYTES:
        raise Refused("statistics", "too_large", max=MAX_BYTES)
    try:
        found = _pickled_object(io.BytesIO(content))
    except pickles.ForbiddenName as error:
        raise Refused("statistics", "runs_code", name=error) from error
    except MemoryError:
        raise
    except Exception as error:  # a damaged pickle can raise anything
        raise Refused("statistics", "statistics_damaged") from error
    if not isinstance(found, dict):
        raise Refused("statistics", "statistics_no_dict")
    mean, std = (_band_values(found.get(name), name, n_mels) for name in ("mel_mean", "mel_std"))
    if (std <= 0).any():
        raise Refused("statistics", "statistics_not_positive")
    for name, values in (("mel_mean", mean), ("mel_std", std), ("mel_std", 1 / std)):
        if np.abs(values).max() > MAX_VALUE:
            raise Refused("statistics", "statistics_range", name=name)
    return Statistics(mean.tolist(), std.tolist())


def _band_values(value: object, name: str, n_mels: int) -> NDArray[np.float64]:
    values = _content(value)
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        raise Refused("statistics", "statistics_no_array", name=name)
    if values.shape != (n_mels,):
        raise Refused("statistics", "statistics_shape", name=name, shape=values.shape, n_mels=n_mels)
    if not np.isfinite(values).all():
        raise Refused("statistics", "not_finite", name=name)
    return values.astype(np.float64)


class _Array:
    """Takes the place of numpy's array, as its pickles build one: empty at first, then with its state."""

    content: object = None  # an array of numbers, or the object of an array without dimensions

    def __init__(self, subtype: object, shape: object, _typecode: object = b"b") -> None:
        if subtype is not _Array or shape != (0,):
            raise pickles.ForbiddenName("an array of a foreign kind")

    def __setstate__(self, state: Any) -> None:
        _version, shape, dtype, is_fortran, raw = state
        if shape == () and isinstance(raw, list) and len(raw) == 1:
            self.content = raw[0]
        elif isinstance(raw, bytes) and isinstance(dtype, pickles.NumberType) and dtype.is_plain:
            values = np.frombuffer(raw, dtype.numbers())
            self.content = values.reshape(shape, order="F" if is_fortran else "C")


_ARRAYS: pickles.Known = {
    ("numpy", "ndarray"): _Array,
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _Array for core in ("core", "_core")},
}


def _pickled_object(file: io.BytesIO) -> object:
    """Return the single object in an .npy file that `numpy.save` wrote with `allow_pickle`."""
    version = np.lib.format.read_magic(file)
    header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, _, dtype = header(file)
    if shape != () or not dtype.hasobject:
        raise ValueError("not a single pickled object")
    return _content(pickles.load(file, _ARRAYS))


def _content(value: object) -> object:
    return value.content if isinstance(value, _Array) else value
