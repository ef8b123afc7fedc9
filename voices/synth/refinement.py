"""Bring a vocoder's sound nearer to the mel that was asked for, by the Griffin-Lim algorithm with mel bands.

A small vocoder that was trained for hours, not weeks, blurs the harmonics and buzzes at the frame rate. But it gives a
phase to begin with, and the mel says how loud each band has to be; a few rounds between the two mend what is heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft, sparse

from voices.synth.mel import mel_filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voices.intake.settings import AudioSettings, RefinementSettings

    Samples = NDArray[np.float32]
    Spectrum = NDArray[np.complex64]  # [n_bins, n_frames]

MOMENTUM = np.float32(0.99)  # of the phases, from round to round (Perraudin, Balazs and Søndergaard 2013)
BAND_ROUNDS = 4  # corrections of the magnitudes in each round
QUIETEST = np.float32(1e-9)  # amplitude; keeps divisions finite


class MelRefinement:
    """The refinement of one vocoder's sound; `rounds` of it in each call."""

    def __init__(self, settings: RefinementSettings, audio: AudioSettings) -> None:
        self.rounds = settings.rounds
        self._fft_size = settings.fft_size
        self._hop_length = audio.hop_length
        filters = mel_filters(audio.sample_rate, settings.fft_size, audio.n_mels, settings.mel_fmin, settings.mel_fmax)
        reached = filters.sum(0)
        heard = np.flatnonzero(reached)  # bins outside of all bands stay as they are
        self._heard = slice(int(heard[0]), int(heard[-1]) + 1) if len(heard) else slice(0, 0)
        # Each bin is in two bands at most, so nearly all of a filter is zero.
        self._filters: Any = sparse.csr_array(filters[:, self._heard])
        self._shares: Any = sparse.csr_array((filters / np.where(reached > 0, reached, 1))[:, self._heard].T)
        margin = (settings.fft_size - settings.win_length) // 2
        window = np.hanning(settings.win_length + 1)[:-1]
        self._window = np.zeros(settings.fft_size, np.float32)
        self._window[margin : margin + settings.win_length] = window

    def refine(self, samples: Samples, mel: NDArray[np.float32]) -> Samples:
        """Return `samples` with the loudness of each mel band brought near to `mel`.

        Args:
            samples: float32 [n_samples], the vocoder's output for the mel.
            mel: amplitudes, float32 [n_mels, n_frames], on a linear scale; frame n is centered at sample
                n * hop_length.
        """
        if len(samples) <= self._fft_size // 2:  # too short for a single reflected frame
            return samples
        frames = slice(0, mel.shape[1])
        overlap = self._overlap(len(samples))
        before: Spectrum | None = None
        for _ in range(self.rounds):
            spectrum = self._spectrum(samples)
            wanted = np.maximum(np.abs(spectrum), QUIETEST)
            wanted[self._heard, frames] = self._with_bands(wanted[self._heard, frames], mel)
            ahead = spectrum if before is None else spectrum + MOMENTUM * (spectrum - before)
            before = spectrum
            samples = self._samples(ahead * (wanted / np.maximum(np.abs(ahead), QUIETEST)), len(samples), overlap)
        return samples

    def _with_bands(self, magnitudes: NDArray[np.float32], mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return magnitudes [n_heard, n_frames] whose bands are near `mel`, and whose form within a band is kept.

        The multiplicative updates of a non-negative least squares problem (Lee and Seung 2001).
        """
        for _ in range(BAND_ROUNDS):
            missing = mel / np.maximum(self._filters @ magnitudes, QUIETEST)
            magnitudes = magnitudes * (self._shares @ missing)
        return magnitudes

    def _spectrum(self, samples: Samples) -> Spectrum:
        padded = np.pad(samples, self._fft_size // 2, mode="reflect")
        frames = sliding_window_view(padded, self._fft_size)[:: self._hop_length]
        spectrum: Spectrum = np.ascontiguousarray(fft.rfft(frames * self._window).T)
        return spectrum

    def _samples(self, spectrum: NDArray[Any], length: int, overlap: Samples) -> Samples:
        """Return the `length` samples that a spectrum's frames make when they are added up."""
        frames = fft.irfft(np.ascontiguousarray(spectrum.T), self._fft_size) * self._window
        return self._added_up(frames, length) / overlap

    def _overlap(self, length: int) -> Samples:
        """Return how much of all windows lies on each of `length` samples."""
        n_frames = 1 + length // self._hop_length
        squares = np.broadcast_to(np.square(self._window), (n_frames, self._fft_size))
        return np.maximum(self._added_up(squares, length), np.float32(1e-11))

    def _added_up(self, frames: NDArray[np.float32], length: int) -> Samples:
        hop = self._hop_length
        n_frames, size = frames.shape
        per_frame = -(-size // hop)  # hops
        total = np.zeros((n_frames + per_frame, hop), np.float32)
        for part in range(per_frame):
            piece = frames[:, part * hop : (part + 1) * hop]
            total[part : part + n_frames, : piece.shape[1]] += piece
        start = size // 2
        return total.reshape(-1)[start : start + length]
