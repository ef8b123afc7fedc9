"""Discriminators that teach the vocoder what real speech sounds like, in a small and in a full size.

Kong et al. 2020 (HiFi-GAN) judge a waveform by its periods and at several scales with 70 M weights: too much for a CPU.
The small set has 0.2 M weights: five over periods, and three over log spectra as in Jang et al. 2021 (UnivNet).
"""

import itertools
from dataclasses import dataclass
from typing import cast

import torch
from torch import nn
from torch.nn.functional import l1_loss, leaky_relu, pad
from torch.nn.utils.parametrizations import weight_norm

from training.models.coqui import HifiganDiscriminator

PERIODS = (2, 3, 5, 7, 11)  # samples
PERIOD_WIDTHS = (8, 24, 48, 64)  # channels of each layer
FFT_SIZES = (512, 1024, 2048)  # samples
SPECTRAL_WIDTH = 16  # channels
SLOPE = 0.1  # of leaky ReLU


@dataclass(frozen=True)
class Judgement:
    """What a set of discriminators says of waveforms."""

    scores: list[torch.Tensor]  # one of each discriminator; high means real
    features: list[torch.Tensor]  # of every inner layer of each


class PeriodDiscriminator(nn.Module):
    """Judge a waveform folded into rows of one period."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.period = period
        widths = (1, *PERIOD_WIDTHS)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(before, after, (5, 1), (3, 1), (2, 0)))
            for before, after in itertools.pairwise(widths)
        )
        self.last = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, waveforms: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Return the score and the features of `waveforms` [B, 1, n_samples]."""
        missing = -waveforms.shape[-1] % self.period
        folded = pad(waveforms, (0, missing), "reflect").reshape(*waveforms.shape[:-1], -1, self.period)
        return _through(self.layers, self.last, folded)


class SpectralDiscriminator(nn.Module):
    """Judge the log magnitudes of a short-time Fourier transform."""

    def __init__(self, fft_size: int) -> None:
        super().__init__()
        self.fft_size = fft_size
        self.register_buffer("window", torch.hann_window(fft_size), persistent=False)
        widths = (1, *[SPECTRAL_WIDTH] * 4)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(before, after, (5, 3), (2, 1), (2, 1)))
            for before, after in itertools.pairwise(widths)
        )
        self.last = weight_norm(nn.Conv2d(SPECTRAL_WIDTH, 1, 3, padding=1))

    def forward(self, waveforms: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Return the score and the features of `waveforms` [B, 1, n_samples]."""
        spectra = torch.stft(
            waveforms.squeeze(1).float(),
            self.fft_size,
            self.fft_size // 4,
            window=cast(torch.Tensor, self.window),
            return_complex=True,
        )
        return _through(self.layers, self.last, spectra.abs().clamp_min(1e-5).log().unsqueeze(1))


class SmallDiscriminators(nn.Module):
    """All small discriminators together."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleList(
            [*map(PeriodDiscriminator, PERIODS), *map(SpectralDiscriminator, FFT_SIZES)],
        )

    def forward(self, waveforms: torch.Tensor) -> Judgement:
        """Judge `waveforms` [B, 1, n_samples]."""
        judged = [part(waveforms) for part in self.parts]
        return Judgement([score for score, _ in judged], [layer for _, layers in judged for layer in layers])


class FullDiscriminators(nn.Module):
    """HiFi-GAN's own, as coqui-tts has them; for a GPU."""

    def __init__(self) -> None:
        super().__init__()
        self.discriminator = HifiganDiscriminator()

    def forward(self, waveforms: torch.Tensor) -> Judgement:
        """Judge `waveforms` [B, 1, n_samples]."""
        scores, features = self.discriminator(waveforms)
        return Judgement(scores, [layer for layers in features for layer in layers[:-1]])


def discriminators_for(device: str) -> nn.Module:
    """Build what the device can train: full discriminators on a GPU, small ones on a CPU."""
    return FullDiscriminators() if device == "cuda" else SmallDiscriminators()


def discriminator_loss(real: Judgement, made: Judgement) -> torch.Tensor:
    """Return the hinge loss, mean over the discriminators: real speech should score above 1, made below -1."""
    pairs = zip(real.scores, made.scores, strict=True)
    return torch.stack([(1 - r).relu().mean() + (1 + m).relu().mean() for r, m in pairs]).mean()


def adversarial_loss(made: Judgement) -> torch.Tensor:
    """Return the generator's side of the hinge loss, mean over the discriminators."""
    return torch.stack([-score.mean() for score in made.scores]).mean()


def feature_loss(real: Judgement, made: Judgement) -> torch.Tensor:
    """Return how far the inner layers are apart: L1, mean over all layers (Kong et al. 2020, 2.4)."""
    pairs = zip(real.features, made.features, strict=True)
    return torch.stack([l1_loss(m, r.detach()) for r, m in pairs]).mean()


def _through(layers: nn.ModuleList, last: nn.Module, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    features = []
    for layer in layers:
        x = leaky_relu(layer(x), SLOPE)
        features.append(x)
    return last(x), features
