"""Run the vocoder of a voice: mel -> waveform."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voices.intake.settings import VocoderSettings
from voices.synth.mel import normalization_of
from voices.synth.models import ConvertedModel, convert_model, find_model
from voices.synth.refinement import MelRefinement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voices.synth.engine import Engine, VocoderNetwork
    from voices.synth.engine.reference import Device


class Vocoder:
    """A vocoder in memory; threads may share it."""

    def __init__(self, source: ConvertedModel, engine: Engine) -> None:
        """Load the weights of a converted model; raises CheckpointError if they don't fit its config."""
        settings = source.converted.model
        assert isinstance(settings, VocoderSettings)
        self.settings = settings
        self.network: VocoderNetwork = engine.vocoder_network(source)
        self._normalization = normalization_of(settings.audio)
        self._refinement = (
            MelRefinement(settings.refinement, settings.audio) if settings.refinement is not None else None
        )

    @property
    def padding_samples(self) -> int:
        """Samples that the vocoder adds before the first frame and after the last."""
        return self._padding_frames * self.settings.audio.hop_length

    @property
    def _padding_frames(self) -> int:
        return self.settings.layers.inference_padding

    def waveform(self, decibels: NDArray[Any]) -> NDArray[np.float32]:
        """Return the sound of a mel [n_frames, n_mels] in decibels, as `MelNormalization` has them.

        Returns:
            float32 [n_samples] with `padding_samples` at each end; -1..1, but the refinement's peaks may be higher.
        """
        padding = ((self._padding_frames, self._padding_frames), (0, 0))
        with np.errstate(over="ignore"):  # audio that is not finite is refused as implausible
            features = self._normalization.from_decibels(decibels).astype(np.float32)
        samples = self.network.generate(np.pad(features, padding, mode="edge").T)
        if self._refinement is not None:
            with np.errstate(all="ignore"):
                samples = self._refinement.refine(samples, self._amplitudes(np.pad(decibels, padding, mode="edge")))
        return samples

    def _amplitudes(self, decibels: NDArray[Any]) -> NDArray[np.float32]:
        """Return the amplitudes [n_mels, n_frames] of a mel."""
        settings = self.settings.refinement
        assert settings is not None
        return np.ascontiguousarray(
            settings.log_base ** (decibels.astype(np.float32).T / settings.log_gain), dtype=np.float32
        )


def load_vocoder(folder: str | Path, device: Device = "cpu") -> Vocoder:
    """Load a vocoder from its folder with the reference engine, as `load_voice` does. Raises CheckpointError."""
    from voices.synth.engine.reference import ReferenceEngine  # loads torch

    with tempfile.TemporaryDirectory() as converted:
        source = convert_model(find_model(Path(folder), "hifigan"), Path(converted))
        return Vocoder(source, ReferenceEngine(device))
