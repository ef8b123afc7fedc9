"""What the vocoder's generator is compared by: mels at several scales, and how periodic the speech is."""

import librosa
import torch
from torch import nn

from training.models.configs import SAMPLE_RATE

# Window in samples, and mel bands: short windows show when something happens, long ones which harmonics there are.
SCALES = ((256, 20), (512, 40), (1024, 80), (2048, 160), (4096, 320))
QUIETEST = 1e-3  # of a mel band, about -80 dB: what is below is not heard
CONVERGENCE_WEIGHT = 0.5

WINDOW = 2048  # samples: seven periods of a voice of 75 Hz
SHORTEST_PERIOD, LONGEST_PERIOD = 32, 900  # samples: 690 and 25 Hz
BANDS = ((0, 11_025), (0, 2_000), (2_000, 6_000))  # Hz
EXPONENT = 0.35  # of the power spectrum: weak harmonics count beside strong ones
FLOOR = 1e-3  # of a frame's mean power, so that bins without energy have no endless gradient
LOUDNESS_EXPONENT = 0.35  # of a frame's power: loud frames count more, and have no smaller gradient than soft ones
PERIODICITY_SCALE = 100.0  # brings the mean difference to the size of the other losses


class MultiScaleMelLoss(nn.Module):
    """Difference of log mels (L1) and spectral convergence, mean over several window sizes.

    One scale alone lets the harmonics of low voices blur: Kumar et al. 2023, "High-Fidelity Audio Compression with
    Improved RVQGAN", 3.4. Spectral convergence: Arik et al. 2019.
    """

    def __init__(self) -> None:
        super().__init__()
        self.windows = nn.ParameterList(_constant(torch.hann_window(size)) for size, _ in SCALES)
        self.filters = nn.ParameterList(
            _constant(torch.from_numpy(librosa.filters.mel(sr=SAMPLE_RATE, n_fft=size, n_mels=bands)))
            for size, bands in SCALES
        )

    def forward(self, made: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Compare waveforms [B, n_samples]; 0 if they are the same."""
        losses = []
        for window, filters in zip(self.windows, self.filters, strict=True):
            ours, its = (_power(waveforms, window).sqrt() for waveforms in (made, real))
            scale = 1024 / len(window)  # a tone has the same level in each window
            our_mel, its_mel = ((filters @ m * scale).clamp_min(QUIETEST).log() for m in (ours, its))
            convergence = torch.linalg.vector_norm(ours - its) / torch.linalg.vector_norm(its)
            losses.append((our_mel - its_mel).abs().mean() + CONVERGENCE_WEIGHT * convergence)
        return torch.stack(losses).mean()


class PeriodicityLoss(nn.Module):
    """Squared difference of the autocorrelations, frame by frame, over the lags of a voice's pitch.

    Spectral losses hardly see whether a frame repeats: a generator that makes the same shape in each mel frame buzzes
    at the frame rate, and low voices lose their pitch. The autocorrelation shows both, without regard to the phase. It
    is the inverse transform of the power spectrum, here compressed as in Tolonen and Karjalainen 2000, "A
    computationally efficient multipitch analysis model".
    """

    def __init__(self) -> None:
        super().__init__()
        self.window = _constant(torch.hann_window(WINDOW))
        frequencies = torch.arange(WINDOW // 2 + 1) * SAMPLE_RATE / WINDOW
        self.bands = _constant(torch.stack([((frequencies >= low) & (frequencies < high)) for low, high in BANDS]))

    def forward(self, made: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Compare waveforms [B, n_samples] of more than `WINDOW` samples; 0 if they are the same or differ in gain."""
        ours, its = (_power(waveforms, self.window) for waveforms in (made, real))
        difference = self._autocorrelations(ours) - self._autocorrelations(its)
        loudness = its.mean(1) ** LOUDNESS_EXPONENT
        weights = loudness / loudness.mean()
        return PERIODICITY_SCALE * (difference.square().mean((1, 2)) * weights).mean()

    def _autocorrelations(self, power: torch.Tensor) -> torch.Tensor:
        """Return [B, n_bands, n_lags, n_frames] of a power spectrum [B, n_bins, n_frames]; 1 would be the lag 0."""
        compressed = (power + FLOOR * power.mean(1, keepdim=True)) ** EXPONENT
        banded = compressed.unsqueeze(1) * self.bands.to(power.dtype)[None, :, :, None]
        correlations = torch.fft.irfft(banded, dim=2)
        normalized: torch.Tensor = correlations[:, :, SHORTEST_PERIOD:LONGEST_PERIOD] / correlations[:, :, :1]
        return normalized


def _power(waveforms: torch.Tensor, window: torch.Tensor) -> torch.Tensor:
    """Return the power spectra [B, n_bins, n_frames] of waveforms [B, n_samples], never exactly 0."""
    size = len(window)
    spectra = torch.stft(waveforms, size, size // 4, window=window, return_complex=True)
    return spectra.real**2 + spectra.imag**2 + 1e-8


def _constant(values: torch.Tensor) -> nn.Parameter:
    return nn.Parameter(values, requires_grad=False)
