"""The networks of a voice, and the engines that run them.

`reference` runs them with torch and coqui-tts, as they were trained. `exported` runs what `export` made of them, with
OpenVINO: faster, and without importing torch. Nothing above this package knows which of them runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from voices.synth.models import ConvertedModel


class Unexportable(Exception):
    """This network can't be exported, or what was exported can't be used here. The reference engine may run it."""


@dataclass(frozen=True)
class Encoding:
    """What Glow-TTS's encoder says of the symbols of one sentence."""

    mean: NDArray[np.float32]  # [n_mels, n_symbols], of the latent
    log_scale: NDArray[np.float32]  # [n_mels, n_symbols], of the latent
    log_durations: NDArray[np.float32]  # [n_symbols], the logarithm of 1 + frames


class AcousticNetwork(Protocol):
    """A Glow-TTS in memory. Threads may share it."""

    @property
    def memory_bytes(self) -> int:
        """Memory that it takes, about."""

    def encode(self, ids: Sequence[int]) -> Encoding:
        """Run the encoder over the symbols of one sentence."""

    def decode(self, latent: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the inverse flow: latent [n_mels, n_frames] -> mel of the same shape, without an incomplete group."""


class VocoderNetwork(Protocol):
    """A HiFi-GAN generator in memory. Threads may share it."""

    @property
    def memory_bytes(self) -> int:
        """Memory that it takes, about."""

    def generate(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the generator: features [n_mels, n_frames] -> samples [n_frames * hop_length], -1..1."""


class Engine(Protocol):
    """Loads networks and runs them."""

    def acoustic_network(self, source: ConvertedModel) -> AcousticNetwork:
        """Load a Glow-TTS. Raises CheckpointError if its weights don't fit its config."""

    def vocoder_network(self, source: ConvertedModel) -> VocoderNetwork:
        """Load a HiFi-GAN generator. Raises CheckpointError if its weights don't fit its config."""
