"""Bring a vocoder's sound nearer to the mel that was asked for, by the Griffin-Lim algorithm with mel bands.

A small vocoder that was trained for hours, not weeks, blurs the harmonics and buzzes at the frame rate. But it gives a
phase to begin with, and the mel says how loud each band has to be; a few rounds between the two mend what is heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import librosa
import torch

if TYPE_CHECKING:
    from voices.intake.settings import AudioSettings, RefinementSettings

MOMENTUM = 0.99  # of the phases, from round to round (Perraudin, Balazs and Søndergaard 2013)
BAND_ROUNDS = 4  # corrections of the magnitudes in each round
QUIETEST = 1e-9  # amplitude; keeps divisions finite


class MelRefinement:
    """The refinement of one vocoder's sound; `rounds` of it in each call."""

    def __init__(self, settings: RefinementSettings, audio: AudioSettings, device: str) -> None:
        self.rounds = settings.rounds
        self._settings = settings
        self._hop_length = audio.hop_length
        filters = librosa.filters.mel(
            sr=audio.sample_rate,
            n_fft=settings.fft_size,
            n_mels=audio.n_mels,
            fmin=settings.mel_fmin,
            fmax=settings.mel_fmax,
        )
        self._filters = torch.from_numpy(filters).to(device)  # [n_mels, n_bins]
        reached = self._filters.sum(0).unsqueeze(1)
        self._heard = reached > 0  # [n_bins, 1]: bins outside of all bands stay as they are
        self._shares = torch.where(self._heard, 1 / reached, 0)
        self._window = torch.hann_window(settings.win_length, device=device)

    def refine(self, samples: torch.Tensor, mel: torch.Tensor) -> torch.Tensor:
        """Return `samples` with the loudness of each mel band brought near to `mel`.

        Args:
            samples: [n_samples], the vocoder's output for the mel.
            mel: amplitudes [n_mels, n_frames] on a linear scale; frame n is centered at sample n * hop_length.
        """
        if len(samples) <= self._settings.fft_size // 2:  # too short for a single reflected frame
            return samples
        n_frames = mel.shape[1]
        before: torch.Tensor | None = None
        for _ in range(self.rounds):
            spectrum = self._spectrum(samples)
            magnitudes = spectrum.abs().clamp_min(QUIETEST)
            wanted = magnitudes.clone()
            wanted[:, :n_frames] = self._with_bands(magnitudes[:, :n_frames], mel)
            ahead = spectrum if before is None else spectrum + MOMENTUM * (spectrum - before)
            before = spectrum
            samples = self._samples(wanted * ahead / ahead.abs().clamp_min(QUIETEST), len(samples))
        return samples

    def _with_bands(self, magnitudes: torch.Tensor, mel: torch.Tensor) -> torch.Tensor:
        """Return magnitudes [n_bins, n_frames] whose bands are near `mel`, and whose form within a band is kept.

        The multiplicative updates of a non-negative least squares problem (Lee and Seung 2001).
        """
        for _ in range(BAND_ROUNDS):
            missing = mel / (self._filters @ magnitudes).clamp_min(QUIETEST)
            gains = (self._filters.T @ missing) * self._shares
            magnitudes = torch.where(self._heard, magnitudes * gains, magnitudes)
        return magnitudes

    def _spectrum(self, samples: torch.Tensor) -> torch.Tensor:
        size, window = self._settings.fft_size, self._window
        return torch.stft(samples, size, self._hop_length, len(window), window, return_complex=True)

    def _samples(self, spectrum: torch.Tensor, length: int) -> torch.Tensor:
        size, window = self._settings.fft_size, self._window
        return torch.istft(spectrum, size, self._hop_length, len(window), window, length=length)
