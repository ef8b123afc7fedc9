"""Load a voice and run its models: symbol ids -> mel -> waveform, with coqui-tts's Glow-TTS and HiFi-GAN."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from voices.intake import sandbox
from voices.intake.settings import (
    AcousticLayers,
    AcousticModelSettings,
    VocoderSettings,
    keyword_arguments,
)
from voices.synth import coqui
from voices.synth.audio import limit_peaks
from voices.synth.errors import (
    GLOW_TTS,
    HIFIGAN,
    CheckpointError,
    NothingToSayError,
    RunawaySpeechError,
)
from voices.synth.mel import normalization_of
from voices.synth.models import ConvertedModel, convert_model, find_model
from voices.synth.symbols import symbol_table
from voices.synth.vocoder import Vocoder
from voices.synth.weights import ModelWeights, bytes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from voices.intake.model_paths import ModelPaths
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

    def __init__(self, glow_tts: ConvertedModel, hifigan: ConvertedModel, mode: Mode, device: Device) -> None:
        """Load the weights of two converted models; raises CheckpointError if they don't fit each other."""
        acoustic_model, vocoder = glow_tts.converted.model, hifigan.converted.model
        assert isinstance(acoustic_model, AcousticModelSettings)
        assert isinstance(vocoder, VocoderSettings)
        _refuse_misfits(acoustic_model, glow_tts.paths, vocoder, hifigan.paths)
        self.mode: Mode = mode
        self.device: Device = device
        self.sample_rate = acoustic_model.audio.sample_rate
        self.hop_length = acoustic_model.audio.hop_length
        self.noise_scale = acoustic_model.noise_scale
        self.length_scale = acoustic_model.length_scale
        self._symbol_table = symbol_table(acoustic_model.symbols)
        self._acoustic_normalization = normalization_of(acoustic_model.audio)
        self._gain = np.float32(10 ** (acoustic_model.gain_db / 20))
        self._n_mels = acoustic_model.audio.n_mels
        self._acoustic_model: Any = _load_acoustic_model(acoustic_model, glow_tts).to(device)
        self._vocoder = Vocoder(hifigan, device)

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
        return self._vocoder.padding_samples

    @property
    def memory_bytes(self) -> int:
        """Memory that the weights of both models take."""
        return self._vocoder.memory_bytes + bytes_of(self._acoustic_model)

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

    def waveform(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vocoder's output for `mel` [n_frames, n_mels]: float32 [n_samples], -1..1.

        The mel is converted from the acoustic model's scale to decibels, and from decibels to the vocoder's scale.
        """
        if mel.ndim != 2 or mel.shape[0] == 0 or mel.shape[1] != self._n_mels:
            raise ValueError(f"expected mel frames of shape [n_frames, {self._n_mels}], found {mel.shape}")
        samples = self._vocoder.waveform(self._acoustic_normalization.to_decibels(mel))
        return limit_peaks(samples * self._gain, self.sample_rate)


def load_voice(
    glow_tts_dir: str | Path, hifigan_dir: str | Path, device: Device = "cpu", mode: Mode = "spelled"
) -> Voice:
    """Load a voice from the folders of its acoustic model and its vocoder.

    A child process without privileges converts the files first; the converted ones are not kept.

    Args:
        glow_tts_dir: has weights, config and, if the config asks for them, statistics.
        hifigan_dir: the same.
        device: where the models run.
        mode: whether the voice was trained on text as spelled, or as pronounced.

    Raises:
        CheckpointError: a file is missing, damaged or unsafe, or the two models do not fit each other.
    """
    with tempfile.TemporaryDirectory() as folder:
        glow_tts = convert_model(find_model(Path(glow_tts_dir), "glow_tts"), Path(folder))
        hifigan = convert_model(find_model(Path(hifigan_dir), "hifigan"), Path(folder))
        return Voice(glow_tts, hifigan, mode, device)


def _refuse_misfits(
    acoustic_model: AcousticModelSettings, glow_tts: ModelPaths, vocoder: VocoderSettings, hifigan: ModelPaths
) -> None:
    for name, unit in (("sample_rate", " Hz"), ("hop_length", " samples"), ("n_mels", " mel bands")):
        ours, theirs = getattr(vocoder.audio, name), getattr(acoustic_model.audio, name)
        if ours != theirs:
            parameters = {"name": name, "ours": ours, "unit": unit, "other": f"{GLOW_TTS} {glow_tts.name('config')}"}
            raise CheckpointError(HIFIGAN, hifigan.name("config"), "models_differ", **parameters, theirs=theirs)


def _load_acoustic_model(settings: AcousticModelSettings, source: ConvertedModel) -> torch.nn.Module:
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


def _flow_size(layers: AcousticLayers) -> int:
    """Return the number of weights in the gated convolutions of Glow-TTS's flows."""
    return (
        2
        * layers.num_flow_blocks_dec
        * layers.num_block_layers
        * layers.hidden_channels_dec**2
        * layers.kernel_size_dec
    )
