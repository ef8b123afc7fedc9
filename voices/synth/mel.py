"""Convert a model's mel values to decibels and back, by the normalization of its training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voices.intake.settings import AsIs, LevelRange, Statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voices.intake.settings import AudioSettings


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


def normalization_of(settings: AudioSettings) -> MelNormalization:
    """Return the normalization that a model's settings describe."""
    match settings.normalization:
        case Statistics(mean, std):
            return MelStatistics(np.array(mean), np.array(std))
        case LevelRange(min_level_db, ref_level_db, max_norm, symmetric, clip):
            return MelRange(min_level_db, ref_level_db, max_norm, symmetric, clip)
        case AsIs():
            return MelAsIs()


def mel_filters(sample_rate: int, fft_size: int, n_mels: int, fmin: float, fmax: float) -> NDArray[np.float32]:
    """Return the triangular filters of mel bands, float32 [n_mels, fft_size // 2 + 1], each of area 1.

    As librosa's, which trainers use: the scale of Slaney's Auditory Toolbox, linear below 1 kHz and logarithmic above.
    """
    low, high = _hertz_to_mel(np.array([fmin, fmax]))
    edges = _mel_to_hertz(np.linspace(low, high, n_mels + 2))
    bins = np.linspace(0, sample_rate / 2, fft_size // 2 + 1)
    widths = np.diff(edges)[:, None]
    distances = edges[:, None] - bins  # [n_mels + 2, n_bins]
    rising, falling = -distances[:-2] / widths[:-1], distances[2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    filters: NDArray[np.float32] = (triangles * 2 / (edges[2:] - edges[:-2])[:, None]).astype(np.float32)
    return filters


_HERTZ_PER_MEL = 200 / 3
_KNEE_MEL = 15.0  # 1 kHz
_STEP = np.log(6.4) / 27  # of a mel above the knee, in natural logarithms


def _hertz_to_mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    above = np.log(np.maximum(hertz, 1e-9) / 1000) / _STEP
    return np.where(hertz < 1000, hertz / _HERTZ_PER_MEL, _KNEE_MEL + above)


def _mel_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < _KNEE_MEL, mel * _HERTZ_PER_MEL, 1000 * np.exp((mel - _KNEE_MEL) * _STEP))
