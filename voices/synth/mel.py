"""Convert a model's mel values to decibels and back, by the normalization of its training."""

from __future__ import annotations

import collections
import io
import pickle
import pickletools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voices.synth.errors import CheckpointError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAX_STATS_BYTES = 256 * 1024  # a usual file has 10 kB: four arrays of at most 1025 numbers


@dataclass(frozen=True)
class MelStatistics:
    """Mean and standard deviation of each mel band over the training set; float64 [n_mels], decibels."""

    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    def to_decibels(self, mel: NDArray[Any]) -> NDArray[Any]:
        """Undo the scaling of `mel` [n_frames, n_mels]."""
        return mel * self.std + self.mean

    def from_decibels(self, mel: NDArray[Any]) -> NDArray[Any]:
        """Scale `mel` [n_frames, n_mels] to mean 0 and standard deviation 1."""
        return (mel - self.mean) / self.std


@dataclass(frozen=True)
class MelRange:
    """A fixed range of decibels mapped to `[-max_norm, max_norm]`, or to `[0, max_norm]` where not symmetric.

    The formulas are those of coqui-tts's `AudioProcessor.normalize` and `denormalize` without statistics.
    """

    min_level_db: float
    ref_level_db: float
    max_norm: float
    symmetric: bool
    clip: bool

    @property
    def _span(self) -> float:
        return 2 * self.max_norm if self.symmetric else self.max_norm

    @property
    def _low(self) -> float:
        return -self.max_norm if self.symmetric else 0.0

    def _clipped(self, mel: NDArray[Any]) -> NDArray[Any]:
        return np.clip(mel, self._low, self.max_norm) if self.clip else mel

    def to_decibels(self, mel: NDArray[Any]) -> NDArray[Any]:
        """Undo the mapping of `mel` [n_frames, n_mels]."""
        share = (self._clipped(mel) - self._low) / self._span
        return share * -self.min_level_db + self.min_level_db + self.ref_level_db

    def from_decibels(self, mel: NDArray[Any]) -> NDArray[Any]:
        """Map `mel` [n_frames, n_mels] into the range."""
        share = (mel - self.ref_level_db - self.min_level_db) / -self.min_level_db
        return self._clipped(share * self._span + self._low)


@dataclass(frozen=True)
class MelAsIs:
    """No normalization: the model was trained on the mel values as they were computed."""

    def to_decibels(self, mel: NDArray[Any]) -> NDArray[Any]:
        """Return `mel` unchanged."""
        return mel

    def from_decibels(self, mel: NDArray[Any]) -> NDArray[Any]:
        """Return `mel` unchanged."""
        return mel


MelNormalization = MelStatistics | MelRange | MelAsIs


def read_statistics(path: Path, n_mels: int) -> MelStatistics:
    """Read coqui's `scale_stats.npy`: a pickled dict with `mel_mean` and `mel_std`, both [n_mels].

    Raises:
        CheckpointError: the file is missing, too large, damaged, not for `n_mels` bands, or a pickle that would call
            anything except the constructors of arrays and plain containers.
    """
    try:
        if path.stat().st_size > MAX_STATS_BYTES:
            raise CheckpointError(path.name, f"statistics file is larger than {MAX_STATS_BYTES} bytes")
        content = _read_pickled_array(io.BytesIO(path.read_bytes()))
    except _ForbiddenGlobal as error:
        raise CheckpointError(path.name, f"refused, its pickle would run {error}") from error
    except FileNotFoundError as error:
        raise CheckpointError(path.name, "statistics file is missing") from error
    except CheckpointError:
        raise
    except Exception as error:  # a damaged pickle can raise anything
        raise CheckpointError(path.name, "statistics file is damaged or truncated") from error
    if not isinstance(content, dict):
        raise CheckpointError(path.name, "statistics file does not hold a dict")
    mean, std = (_band_values(content.get(key), key, path, n_mels) for key in ("mel_mean", "mel_std"))
    if (std <= 0).any():
        raise CheckpointError(path.name, "mel_std is not positive everywhere")
    return MelStatistics(mean, std)


def _band_values(values: object, key: str, path: Path, n_mels: int) -> NDArray[np.float64]:
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        raise CheckpointError(path.name, f"{key} is not an array of numbers")
    if values.shape != (n_mels,):
        raise CheckpointError(path.name, f"{key} has shape {values.shape}, but the model has {n_mels} mel bands")
    if not np.isfinite(values).all():
        raise CheckpointError(path.name, f"{key} holds NaN or infinity")
    return values.astype(np.float64)


class _ForbiddenGlobal(Exception):
    """A pickle asks for a name that is not needed to read numbers."""


def _empty_array(subtype: type, shape: tuple[int, ...], typecode: bytes) -> NDArray[Any]:
    # numpy's own pickles always begin with an empty array, which __setstate__ fills; another shape could only be an
    # attempt to exhaust memory.
    if subtype is not np.ndarray or shape != (0,):
        raise _ForbiddenGlobal("an array of a foreign kind")
    return np.ndarray(shape, dtype=np.int8)


def number_of(dtype: np.dtype[Any], raw: bytes) -> Any:
    """Return the number that numpy pickled as its dtype and its bytes; in place of numpy's own function.

    Raises an exception for a dtype that holds objects: its bytes would be taken for addresses.
    """
    if dtype.hasobject:
        raise _ForbiddenGlobal("a number that holds an object")
    return np.frombuffer(raw, dtype=dtype, count=1)[0]


# numpy 2.0 moved these from numpy.core to numpy._core; older files have the old name.
_ALLOWED_GLOBALS: dict[tuple[str, str], object] = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("collections", "OrderedDict"): collections.OrderedDict,
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _empty_array for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): number_of for core in ("core", "_core")},
}


class _NumbersOnlyUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        try:
            return _ALLOWED_GLOBALS[module, name]
        except KeyError:
            raise _ForbiddenGlobal(f"{module}.{name}") from None


def _read_pickled_array(file: io.BytesIO) -> object:
    """Return the single object in an .npy file that `numpy.save` wrote with `allow_pickle`."""
    version = np.lib.format.read_magic(file)
    header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, _, dtype = header(file)
    if shape != () or not dtype.hasobject:
        raise ValueError("not a single pickled object")
    pickled = file.read()
    for opcode, argument, _position in pickletools.genops(pickled):
        # The unpickler reserves memory up to the largest number of a memo.
        if opcode.name.endswith("PUT") and int(argument or 0) > len(pickled):
            raise ValueError("a memo that can't be needed")
    array = _NumbersOnlyUnpickler(io.BytesIO(pickled)).load()
    return array.item() if isinstance(array, np.ndarray) else array
