"""The reference engine: coqui-tts's Glow-TTS and HiFi-GAN in torch, on a CPU or a GPU. Importing it loads torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from voices.intake import sandbox
from voices.intake.settings import (
    AcousticLayers,
    AcousticModelSettings,
    VocoderLayers,
    VocoderSettings,
    keyword_arguments,
)
from voices.synth import coqui
from voices.synth.engine import Encoding
from voices.synth.errors import GLOW_TTS, HIFIGAN
from voices.synth.weights import ModelWeights, bytes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from voices.synth.models import ConvertedModel

Device = Literal["cpu", "cuda"]


class ReferenceEngine:
    """Runs the networks with torch on one device."""

    def __init__(self, device: Device = "cpu") -> None:
        self._device: Device = device

    def acoustic_network(self, source: ConvertedModel) -> ReferenceAcousticNetwork:
        """Load a Glow-TTS. Raises CheckpointError if its weights don't fit its config."""
        return ReferenceAcousticNetwork(load_glow_tts(source), self._device)

    def vocoder_network(self, source: ConvertedModel) -> ReferenceVocoderNetwork:
        """Load a HiFi-GAN generator. Raises CheckpointError if its weights don't fit its config."""
        return ReferenceVocoderNetwork(load_hifigan(source), self._device)


class ReferenceAcousticNetwork:
    """coqui's `GlowTTS`, for inference."""

    def __init__(self, model: torch.nn.Module, device: Device) -> None:
        self.model: Any = model.to(device)
        self._device = device
        self.memory_bytes = bytes_of(model)

    @torch.inference_mode()
    def encode(self, ids: Sequence[int]) -> Encoding:
        """Run the encoder over the symbols of one sentence."""
        symbols = torch.tensor([list(ids)], device=self._device)
        lengths = torch.tensor([len(ids)], device=self._device)
        mean, log_scale, log_durations, _ = self.model.encoder(symbols, lengths)
        return Encoding(mean[0].cpu().numpy(), log_scale[0].cpu().numpy(), log_durations[0, 0].cpu().numpy())

    @torch.inference_mode()
    def decode(self, latent: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the inverse flow: latent [n_mels, n_frames] -> mel of the same shape, without an incomplete group."""
        x = torch.from_numpy(latent)[None].to(self._device)
        mel, _ = self.model.decoder(x, torch.ones_like(x[:, :1]), reverse=True)
        frames: NDArray[np.float32] = mel[0].cpu().numpy()
        return frames


class ReferenceVocoderNetwork:
    """coqui's `HifiganGenerator`."""

    def __init__(self, generator: torch.nn.Module, device: Device) -> None:
        self.generator = generator.to(device)
        self._device = device
        self.memory_bytes = bytes_of(generator)

    @torch.inference_mode()
    def generate(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the generator: features [n_mels, n_frames] -> samples [n_frames * hop_length], -1..1."""
        made = self.generator(torch.from_numpy(np.ascontiguousarray(features))[None].to(self._device))
        samples: NDArray[np.float32] = made[0, 0].cpu().numpy()
        return samples


def load_glow_tts(source: ConvertedModel) -> torch.nn.Module:
    """Return coqui's `GlowTTS` with a model's weights. Raises CheckpointError if they don't fit its config."""
    settings = source.converted.model
    assert isinstance(settings, AcousticModelSettings)
    weights = ModelWeights(source.folder / sandbox.WEIGHTS, GLOW_TTS, source.paths.name("weights"))
    embedding = weights.tensors.get("encoder.emb.weight")
    if embedding is None or embedding.ndim != 2:
        raise weights.error("not_glow_tts")
    if len(embedding) != settings.symbols.row_count:
        other = source.paths.name("config")
        raise weights.error("vocabulary_size", found=len(embedding), other=other, listed=settings.symbols.row_count)
    weights.refuse_larger_model(_flow_size(settings.layers))
    layers = keyword_arguments(settings.layers)
    model: Any = weights.into(lambda: coqui.build_glow_tts(len(embedding), layers))
    try:
        for flow in model.decoder.flows:
            if hasattr(flow, "weight_inv"):  # an invertible convolution: invert its matrix once, not at every call
                flow.store_inverse()
    except RuntimeError as error:
        raise weights.error("not_invertible") from error
    loaded: torch.nn.Module = model
    return loaded


def load_hifigan(source: ConvertedModel) -> torch.nn.Module:
    """Return coqui's `HifiganGenerator` with a model's weights. Raises CheckpointError if they don't fit its config."""
    settings = source.converted.model
    assert isinstance(settings, VocoderSettings)
    weights = ModelWeights(source.folder / sandbox.WEIGHTS, HIFIGAN, source.paths.name("weights"))
    if "conv_pre.weight" not in weights.tensors:
        raise weights.error("not_hifigan")
    weights.refuse_larger_model(_residual_size(settings.layers))
    generator = coqui.hifigan_generator_class()
    return weights.into(lambda: generator(**keyword_arguments(settings.layers)))


def _flow_size(layers: AcousticLayers) -> int:
    """Return the number of weights in the gated convolutions of Glow-TTS's flows."""
    return (
        2
        * layers.num_flow_blocks_dec
        * layers.num_block_layers
        * layers.hidden_channels_dec**2
        * layers.kernel_size_dec
    )


def _residual_size(layers: VocoderLayers) -> int:
    """Return the number of weights in the first convolution of each of HiFi-GAN's residual blocks."""
    stages = range(1, len(layers.upsample_factors) + 1)
    channels = [layers.upsample_initial_channel // 2**stage for stage in stages]
    return sum(count**2 * sum(layers.resblock_kernel_sizes) for count in channels)
