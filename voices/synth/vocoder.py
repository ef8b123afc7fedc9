"""Run the vocoder of a voice: mel -> waveform, with coqui-tts's HiFi-GAN generator."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from voices.intake import sandbox
from voices.intake.settings import VocoderLayers, VocoderSettings, keyword_arguments
from voices.synth import coqui
from voices.synth.errors import HIFIGAN
from voices.synth.mel import normalization_of
from voices.synth.models import ConvertedModel, convert_model, find_model
from voices.synth.refinement import MelRefinement
from voices.synth.weights import ModelWeights, bytes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Vocoder:
    """A vocoder in memory; threads may share it."""

    def __init__(self, source: ConvertedModel, device: str = "cpu") -> None:
        """Load the weights of a converted model; raises CheckpointError if they don't fit its config."""
        settings = source.converted.model
        assert isinstance(settings, VocoderSettings)
        self.settings = settings
        self._normalization = normalization_of(settings.audio)
        self._generator: Any = _load_generator(settings, source).to(device)
        self._refinement = (
            MelRefinement(settings.refinement, settings.audio, device) if settings.refinement is not None else None
        )

    @property
    def padding_samples(self) -> int:
        """Samples that the vocoder adds before the first frame and after the last."""
        return self._padding_frames * self.settings.audio.hop_length

    @property
    def _padding_frames(self) -> int:
        return int(self._generator.inference_padding)

    @property
    def memory_bytes(self) -> int:
        """Memory that the weights take."""
        return bytes_of(self._generator)

    @torch.inference_mode()
    def waveform(self, decibels: NDArray[Any]) -> NDArray[np.float32]:
        """Return the sound of a mel [n_frames, n_mels] in decibels, as `MelNormalization` has them.

        Returns:
            float32 [n_samples] with `padding_samples` at each end; -1..1, but the refinement's peaks may be higher.
        """
        with np.errstate(over="ignore"):  # audio that is not finite is refused as implausible
            features = self._normalization.from_decibels(decibels).astype(np.float32)
        generated = self._generator.inference(torch.from_numpy(np.ascontiguousarray(features.T))[None])
        samples: torch.Tensor = generated[0, 0]
        if self._refinement is not None:
            samples = self._refinement.refine(samples, self._padded_mel(decibels).to(samples.device))
        return samples.cpu().numpy()

    def _padded_mel(self, decibels: NDArray[Any]) -> torch.Tensor:
        """Return the amplitudes [n_mels, n_frames] of the mel with the frames that the generator adds at its ends."""
        settings = self.settings.refinement
        assert settings is not None
        padded = np.pad(decibels, ((self._padding_frames, self._padding_frames), (0, 0)), mode="edge")
        with np.errstate(over="ignore"):
            amplitudes = settings.log_base ** (padded.astype(np.float32).T / settings.log_gain)
        return torch.from_numpy(np.ascontiguousarray(amplitudes, dtype=np.float32))


def load_vocoder(folder: str | Path, device: str = "cpu") -> Vocoder:
    """Load a vocoder from its folder, by a child process as in `load_voice`. Raises CheckpointError."""
    with tempfile.TemporaryDirectory() as converted:
        return Vocoder(convert_model(find_model(Path(folder), "hifigan"), Path(converted)), device)


def _load_generator(settings: VocoderSettings, source: ConvertedModel) -> torch.nn.Module:
    weights = ModelWeights(source.folder / sandbox.WEIGHTS, HIFIGAN, source.paths.name("weights"))
    if "conv_pre.weight" not in weights.tensors:
        raise weights.error("not_hifigan")
    weights.refuse_larger_model(_residual_size(settings.layers))
    generator = coqui.hifigan_generator_class()
    return weights.into(lambda: generator(**keyword_arguments(settings.layers)))


def _residual_size(layers: VocoderLayers) -> int:
    """Return the number of weights in the first convolution of each of HiFi-GAN's residual blocks."""
    stages = range(1, len(layers.upsample_factors) + 1)
    channels = [layers.upsample_initial_channel // 2**stage for stage in stages]
    return sum(count**2 * sum(layers.resblock_kernel_sizes) for count in channels)
