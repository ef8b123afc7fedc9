"""The vocoder's losses: what they see, and what they do not mind."""

import pytest
import torch
from torch import nn

from training.losses import MultiScaleMelLoss, PeriodicityLoss
from training.models.configs import HOP_LENGTH, SAMPLE_RATE

SAMPLES = 48 * HOP_LENGTH
BOTH = pytest.mark.parametrize("loss", [MultiScaleMelLoss(), PeriodicityLoss()], ids=["mel", "periodicity"])


def noise(seed: int) -> torch.Tensor:
    return torch.randn(2, SAMPLES, generator=torch.Generator().manual_seed(seed)) * 0.1


def voice(pitch: float, phase: float = 0.0) -> torch.Tensor:
    """Return the harmonics of a pitch in Hz up to 5 kHz, each softer than the one before."""
    time = torch.arange(SAMPLES) / SAMPLE_RATE
    harmonics = range(1, int(5000 / pitch))
    waves = [torch.sin(2 * torch.pi * n * pitch * time + n * n * phase) / n for n in harmonics]
    return 0.2 * torch.stack(waves).sum(0, keepdim=True)


@BOTH
def test_the_same_speech_has_no_loss(loss: nn.Module) -> None:
    assert float(loss(voice(120), voice(120))) == 0


@BOTH
def test_silence_has_a_finite_gradient(loss: nn.Module) -> None:
    made = torch.zeros(1, SAMPLES, requires_grad=True)
    torch.autograd.backward(loss(made, torch.zeros(1, SAMPLES)) + loss(made, noise(0)[:1]))
    assert made.grad is not None
    assert torch.isfinite(made.grad).all()


def test_a_buzz_at_the_frame_rate_is_not_periodic_noise() -> None:
    loss = PeriodicityLoss()
    one_frame = noise(1)[:, :HOP_LENGTH]
    buzz = one_frame.repeat(1, SAMPLES // HOP_LENGTH)
    assert float(loss(buzz, noise(2))) > 3 * float(loss(noise(3), noise(2)))


@pytest.mark.parametrize("pitch", [90, 140, 230])
def test_an_octave_is_heard_and_a_phase_is_not(pitch: float) -> None:
    loss = PeriodicityLoss()
    original = voice(pitch)
    other_phase = float(loss(voice(pitch, phase=0.3), original))
    assert float(loss(voice(2 * pitch), original)) > 5 * other_phase
    assert float(loss(noise(4)[:1], original)) > 5 * other_phase


def test_periodicity_does_not_depend_on_the_level() -> None:
    assert float(PeriodicityLoss()(0.1 * voice(120), voice(120))) == pytest.approx(0, abs=1e-3)


def test_the_mel_loss_rises_with_the_difference_in_level() -> None:
    loss = MultiScaleMelLoss()
    quiet, quieter = (float(loss(gain * voice(120), voice(120))) for gain in (0.8, 0.4))
    assert 0 < quiet < quieter
