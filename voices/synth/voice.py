"""Load a voice and run its models: symbol ids -> mel -> waveform, with coqui-tts's Glow-TTS and HiFi-GAN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from voices.synth import coqui
from voices.synth.checkpoint import (
    AcousticModelSettings,
    VocoderSettings,
    VoiceSettings,
    read_voice_settings,
)
from voices.synth.errors import GLOW_TTS, HIFIGAN, CheckpointError, NothingToSayError, RunawaySpeechError, naming_model
from voices.synth.weights import Weights, load_module, read_weights, refuse_larger_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from voices.synth.text import Mode

MAX_UTTERANCE_SECONDS = 120.0  # a sentence of sixty syllables takes about fifteen

Device = Literal["cpu", "cuda"]


@dataclass(frozen=True)
class Utterance:
    """The acoustic model's output for one sentence."""

    mel: NDArray[np.float32]  # [n_frames, n_mels], as the model gives it
    frames_per_symbol: NDArray[np.int64]  # [n_symbols]; the sum is n_frames, or one more (Glow-TTS drops an odd frame)


class Voice:
    """Both models of a voice in memory. Use `load_voice` to get one; threads may share it."""

    def __init__(self, settings: VoiceSettings, mode: Mode, device: Device) -> None:
        """Load the weights; raises CheckpointError as `load_voice` does."""
        self.mode: Mode = mode
        self.device: Device = device
        self.sample_rate = settings.acoustic_model.audio.sample_rate
        self.hop_length = settings.acoustic_model.audio.hop_length
        self.noise_scale = settings.acoustic_model.noise_scale
        self._symbol_table = settings.acoustic_model.symbols
        self._acoustic_normalization = settings.acoustic_model.audio.normalization
        self._vocoder_normalization = settings.vocoder.audio.normalization
        self._n_mels = settings.acoustic_model.audio.n_mels
        with naming_model(GLOW_TTS):
            self._acoustic_model: Any = _load_acoustic_model(settings.acoustic_model).to(device)
        with naming_model(HIFIGAN):
            self._vocoder: Any = _load_vocoder(settings.vocoder).to(device)

    @property
    def symbols(self) -> tuple[str, ...]:
        """All symbols of the checkpoint; the index of each is its id."""
        return self._symbol_table.symbols

    @property
    def alphabet(self) -> frozenset[str]:
        """The symbols that a text may contain."""
        return self._symbol_table.alphabet

    @property
    def padding_samples(self) -> int:
        """Samples that the vocoder adds before the first frame and after the last."""
        return int(self._vocoder.inference_padding) * self.hop_length

    @property
    def memory_bytes(self) -> int:
        """Memory that the weights of both models take."""
        return sum(
            tensor.numel() * tensor.element_size()
            for model in (self._acoustic_model, self._vocoder)
            for tensor in (*model.parameters(), *model.buffers())
        )

    def symbol_ids(self, hangul: str) -> list[int]:
        """Return the ids of the symbols of `hangul`, without those that the checkpoint does not have."""
        return self._symbol_table.text_to_symbol_ids(hangul)[0]

    def unknown_symbols(self, hangul: str) -> list[str]:
        """Return the symbols of `hangul` that `symbol_ids` leaves out, in order."""
        return self._symbol_table.text_to_symbol_ids(hangul)[1]

    def mel(self, ids: Sequence[int], noise_scale: float = 0.0, length_scale: float = 1.0) -> NDArray[np.float32]:
        """Return the acoustic model's output for `ids`, float32 [n_frames, n_mels]; see `utterance`."""
        return self.utterance(ids, noise_scale, length_scale).mel

    @torch.inference_mode()
    def utterance(
        self, ids: Sequence[int], noise_scale: float = 0.0, length_scale: float = 1.0, seed: int = 0
    ) -> Utterance:
        """Run the acoustic model over the symbols of one sentence.

        Args:
            ids: from `symbol_ids`; at least one.
            noise_scale: 0 or more; 0 gives the most likely mel, and about 0.3 sounds livelier.
            length_scale: above 0; 2 is half as fast.
            seed: of the noise; no effect if `noise_scale` is 0.

        Raises:
            NothingToSayError: `ids` is empty.
            RunawaySpeechError: the model predicts more than MAX_UTTERANCE_SECONDS.
            ValueError: `noise_scale` or `length_scale` is out of range.
        """
        if not ids:
            raise NothingToSayError
        if not (length_scale > 0 and noise_scale >= 0):
            raise ValueError("length_scale must be above 0, and noise_scale 0 or more")
        model = self._acoustic_model
        symbols = torch.tensor([list(ids)], device=self.device)
        lengths = torch.tensor([len(ids)], device=self.device)
        mean, log_scale, log_durations, _ = model.encoder(symbols, lengths)
        frames = self._frames_per_symbol(log_durations[0, 0], length_scale)
        # Each symbol's mean is repeated for its frames; the inverse flow turns that into mel (Kim et al. 2020, 3.3).
        latent = torch.repeat_interleave(mean, frames, dim=2)
        if noise_scale > 0:
            generator = torch.Generator(self.device).manual_seed(seed)
            noise = torch.randn(latent.shape, generator=generator, device=self.device)
            latent = latent + torch.repeat_interleave(log_scale, frames, dim=2).exp() * noise * noise_scale
        mask = torch.ones_like(latent[:, :1])
        mel, _ = model.decoder(latent, mask, reverse=True)
        return Utterance(mel[0].T.cpu().numpy(), frames.cpu().numpy())

    def _frames_per_symbol(self, log_durations: torch.Tensor, length_scale: float) -> torch.Tensor:
        frames = torch.clamp_min(torch.ceil((torch.exp(log_durations) - 1) * length_scale), 1)
        total = float(frames.sum())
        if not total * self.hop_length <= MAX_UTTERANCE_SECONDS * self.sample_rate:
            raise RunawaySpeechError(MAX_UTTERANCE_SECONDS)
        # The decoder takes frames in groups; a sentence shorter than one group would give no frames.
        group = int(self._acoustic_model.decoder.num_squeeze)
        if total < group:
            frames[-1] += group - total
        return frames.long()

    @torch.inference_mode()
    def waveform(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vocoder's output for `mel` [n_frames, n_mels]: float32 [n_samples], -1..1.

        The mel is converted from the acoustic model's scale to decibels, and from decibels to the vocoder's scale.
        """
        if mel.ndim != 2 or mel.shape[0] == 0 or mel.shape[1] != self._n_mels:
            raise ValueError(f"expected mel frames of shape [n_frames, {self._n_mels}], found {mel.shape}")
        decibels = self._acoustic_normalization.to_decibels(mel)
        features = self._vocoder_normalization.from_decibels(decibels).astype(np.float32)
        samples: torch.Tensor = self._vocoder.inference(torch.from_numpy(np.ascontiguousarray(features.T))[None])
        return samples[0, 0].cpu().numpy()


def load_voice(
    glow_tts_dir: str | Path, hifigan_dir: str | Path, device: Device = "cpu", mode: Mode = "spelled"
) -> Voice:
    """Load a voice from the folders of its acoustic model and its vocoder.

    Args:
        glow_tts_dir: has weights, config and, if the config asks for them, statistics.
        hifigan_dir: the same.
        device: where the models run.
        mode: whether the voice was trained on text as spelled, or as pronounced.

    Raises:
        CheckpointError: a file is missing, damaged or unsafe, or the two models do not fit each other.
    """
    return Voice(read_voice_settings(Path(glow_tts_dir), Path(hifigan_dir)), mode, device)


def _load_acoustic_model(settings: AcousticModelSettings) -> torch.nn.Module:
    weights = read_weights(settings.weights)
    name = settings.weights.name
    embedding = weights.get("encoder.emb.weight")
    if embedding is None or embedding.ndim != 2:
        raise CheckpointError(name, "these are not the weights of an acoustic model (glow_tts)")
    if len(embedding) != settings.symbols.row_count:
        listed = f"{settings.config_name} lists {settings.symbols.row_count}"
        raise CheckpointError(name, f"its vocabulary has {len(embedding)} symbols, but {listed}")
    refuse_larger_model(_flow_size(settings.layers), weights, settings.weights)
    model: Any = load_module(lambda: coqui.build_glow_tts(len(embedding), settings.layers), weights, settings.weights)
    try:
        for flow in model.decoder.flows:
            if hasattr(flow, "weight_inv"):  # an invertible convolution: invert its matrix once, not at every call
                flow.store_inverse()
    except RuntimeError as error:
        raise CheckpointError(name, "a flow's matrix cannot be inverted") from error
    loaded: torch.nn.Module = model
    return loaded


def _load_vocoder(settings: VocoderSettings) -> torch.nn.Module:
    weights = _generator_weights(read_weights(settings.weights))
    if "conv_pre.weight" not in weights:
        raise CheckpointError(settings.weights.name, "these are not the weights of a vocoder (hifigan_generator)")
    refuse_larger_model(_residual_size(settings.layers), weights, settings.weights)
    generator = coqui.hifigan_generator_class()
    return load_module(lambda: generator(**settings.layers), weights, settings.weights)


def _flow_size(layers: Mapping[str, Any]) -> int:
    """Return the number of weights in the gated convolutions of Glow-TTS's flows."""
    names = ("num_flow_blocks_dec", "num_block_layers", "hidden_channels_dec", "hidden_channels_dec", "kernel_size_dec")
    return 2 * math.prod(int(layers[name]) for name in names)


def _residual_size(layers: Mapping[str, Any]) -> int:
    """Return the number of weights in the first convolution of each of HiFi-GAN's residual blocks."""
    stages = range(1, len(layers["upsample_factors"]) + 1)
    channels = [layers["upsample_initial_channel"] // 2**stage for stage in stages]
    return sum(count**2 * sum(layers["resblock_kernel_sizes"]) for count in channels)


def _generator_weights(weights: Weights) -> Weights:
    """Return the weights of the generator alone; coqui-tts saves the discriminator in the same file."""
    prefix = "model_g."
    own = {name.removeprefix(prefix): tensor for name, tensor in weights.items() if name.startswith(prefix)}
    return own or weights
