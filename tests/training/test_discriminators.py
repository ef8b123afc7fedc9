"""Discriminators learn to tell speech from what is not, and the generator hears of it."""

import pytest
import torch
from torch import nn

from training.discriminators import (
    FullDiscriminators,
    SmallDiscriminators,
    adversarial_loss,
    discriminator_loss,
    feature_loss,
)

SEGMENT = 8192  # samples


@pytest.fixture
def tones() -> torch.Tensor:
    """Four steady tones [4, 1, n_samples]."""
    time = torch.arange(SEGMENT) / 22_050
    return torch.stack([torch.sin(2 * torch.pi * pitch * time) * 0.3 for pitch in (110, 180, 220, 330)]).unsqueeze(1)


def test_the_small_set_fits_a_cpu_and_the_full_one_is_hifi_gans() -> None:
    small, full = (
        sum(p.numel() for p in model.parameters()) for model in (SmallDiscriminators(), FullDiscriminators())
    )
    assert small < 250_000
    assert 60_000_000 < full < 80_000_000


@pytest.mark.parametrize("model", [SmallDiscriminators, FullDiscriminators])
def test_every_discriminator_gives_a_score_and_features(model: type[nn.Module], tones: torch.Tensor) -> None:
    judged = model()(tones[:1])
    assert len(judged.scores) == 8
    assert len(judged.features) > len(judged.scores)
    assert all(torch.isfinite(score).all() for score in judged.scores)


def test_the_small_set_learns_to_tell_tones_from_noise(tones: torch.Tensor) -> None:
    torch.manual_seed(0)
    model = SmallDiscriminators()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    losses = []
    for _ in range(25):
        loss = discriminator_loss(model(tones), model(torch.randn_like(tones) * 0.2))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]
    noise = torch.randn_like(tones) * 0.2
    assert adversarial_loss(model(tones)) < adversarial_loss(model(noise))


def test_features_of_the_same_speech_are_the_same(tones: torch.Tensor) -> None:
    model = SmallDiscriminators()
    assert float(feature_loss(model(tones), model(tones)).detach()) == 0
    assert float(feature_loss(model(tones), model(tones.flip(0))).detach()) > 0


def test_the_generator_hears_of_both_losses(tones: torch.Tensor) -> None:
    model = SmallDiscriminators()
    made = (tones * 0.9).requires_grad_()
    torch.autograd.backward(adversarial_loss(model(made)) + feature_loss(model(tones), model(made)))
    assert made.grad is not None
    assert float(made.grad.abs().sum()) > 0
