"""A voice: its symbols, its networks, and what lies between them. Symbol ids -> mel -> waveform."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voices.intake.settings import AcousticModelSettings, VocoderSettings
from voices.synth.audio import limit_peaks
from voices.synth.errors import GLOW_TTS, HIFIGAN, CheckpointError, NothingToSayError, RunawaySpeechError
from voices.synth.mel import normalization_of
from voices.synth.models import ConvertedModel, convert_model, find_model
from voices.synth.symbols import symbol_table
from voices.synth.vocoder import Vocoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from voices.intake.model_paths import ModelPaths
    from voices.synth.engine import AcousticNetwork, Engine, VocoderNetwork
    from voices.synth.engine.reference import Device
    from voices.synth.text import Mode

MAX_UTTERANCE_SECONDS = 120.0  # a sentence of sixty syllables takes about fifteen


@dataclass(frozen=True)
class Utterance:
    """The acoustic model's output for one sentence."""

    mel: NDArray[np.float32]  # [n_frames, n_mels], as the model gives it
    frames_per_symbol: NDArray[np.int64]  # [n_symbols]; the sum is n_frames, or one more (Glow-TTS drops an odd frame)


class Voice:
    """Both models of a voice in memory. Use `load_voice` to get one; threads may share it."""

    def __init__(self, glow_tts: ConvertedModel, hifigan: ConvertedModel, mode: Mode, engine: Engine) -> None:
        """Load two converted models with `engine`; raises CheckpointError if they don't fit each other."""
        acoustic_model, vocoder = glow_tts.converted.model, hifigan.converted.model
        assert isinstance(acoustic_model, AcousticModelSettings)
        assert isinstance(vocoder, VocoderSettings)
        _refuse_misfits(acoustic_model, glow_tts.paths, vocoder, hifigan.paths)
        self.mode: Mode = mode
        self.sample_rate = acoustic_model.audio.sample_rate
        self.hop_length = acoustic_model.audio.hop_length
        self.noise_scale = acoustic_model.noise_scale
        self.length_scale = acoustic_model.length_scale
        self._symbol_table = symbol_table(acoustic_model.symbols)
        self._acoustic_normalization = normalization_of(acoustic_model.audio)
        self._gain = np.float32(10 ** (acoustic_model.gain_db / 20))
        self._n_mels = acoustic_model.audio.n_mels
        self._frames_per_group = acoustic_model.layers.num_squeeze
        self._acoustic_network: AcousticNetwork = engine.acoustic_network(glow_tts)
        self._vocoder = Vocoder(hifigan, engine)

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
    def networks(self) -> tuple[AcousticNetwork, VocoderNetwork]:
        """Both networks; voices with the same vocoder may share one."""
        return self._acoustic_network, self._vocoder.network

    @property
    def memory_bytes(self) -> int:
        """Memory that the weights of both networks take."""
        return sum(network.memory_bytes for network in self.networks)

    def symbol_ids(self, hangul: str) -> list[int]:
        """Return the ids of the symbols of `hangul`, without those that the checkpoint does not have."""
        return self._symbol_table.text_to_symbol_ids(hangul)[0]

    def unknown_symbols(self, hangul: str) -> list[str]:
        """Return the symbols of `hangul` that `symbol_ids` leaves out, in order."""
        return self._symbol_table.text_to_symbol_ids(hangul)[1]

    def mel(self, ids: Sequence[int], noise_scale: float = 0.0, length_scale: float = 1.0) -> NDArray[np.float32]:
        """Return the acoustic model's output for `ids`, float32 [n_frames, n_mels]; see `utterance`."""
        return self.utterance(ids, noise_scale, length_scale).mel

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
        encoding = self._acoustic_network.encode(ids)
        frames = self._frames_per_symbol(encoding.log_durations, length_scale)
        # Each symbol's mean is repeated for its frames; the inverse flow turns that into mel (Kim et al. 2020, 3.3).
        latent = np.repeat(encoding.mean, frames, axis=1)
        if noise_scale > 0:
            noise = np.random.default_rng(seed).standard_normal(latent.shape, dtype=np.float32)
            with np.errstate(over="ignore"):  # audio that is not finite is refused as implausible
                latent += np.repeat(np.exp(encoding.log_scale), frames, axis=1) * noise * np.float32(noise_scale)
        return Utterance(self._acoustic_network.decode(latent).T, frames)

    def _frames_per_symbol(self, log_durations: NDArray[np.float32], length_scale: float) -> NDArray[np.int64]:
        with np.errstate(over="ignore", invalid="ignore"):
            frames = np.maximum(np.ceil((np.exp(log_durations) - 1) * np.float32(length_scale)), 1)
            total = float(frames.sum())
        if not total * self.hop_length <= MAX_UTTERANCE_SECONDS * self.sample_rate:
            raise RunawaySpeechError(MAX_UTTERANCE_SECONDS)
        # The flow takes frames in groups; a sentence shorter than one group would give no frames.
        frames[-1] += max(0.0, self._frames_per_group - total)
        return frames.astype(np.int64)

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
    """Load a voice with the reference engine from the folders of its acoustic model and its vocoder.

    A child process without privileges converts the files first; the converted ones are not kept.

    Args:
        glow_tts_dir: has weights, config and, if the config asks for them, statistics.
        hifigan_dir: the same.
        device: where the networks run.
        mode: whether the voice was trained on text as spelled, or as pronounced.

    Raises:
        CheckpointError: a file is missing, damaged or unsafe, or the two models do not fit each other.
    """
    from voices.synth.engine.reference import ReferenceEngine  # loads torch

    with tempfile.TemporaryDirectory() as folder:
        glow_tts = convert_model(find_model(Path(glow_tts_dir), "glow_tts"), Path(folder))
        hifigan = convert_model(find_model(Path(hifigan_dir), "hifigan"), Path(folder))
        return Voice(glow_tts, hifigan, mode, ReferenceEngine(device))


def _refuse_misfits(
    acoustic_model: AcousticModelSettings, glow_tts: ModelPaths, vocoder: VocoderSettings, hifigan: ModelPaths
) -> None:
    for name, unit in (("sample_rate", " Hz"), ("hop_length", " samples"), ("n_mels", " mel bands")):
        ours, theirs = getattr(vocoder.audio, name), getattr(acoustic_model.audio, name)
        if ours != theirs:
            parameters = {"name": name, "ours": ours, "unit": unit, "other": f"{GLOW_TTS} {glow_tts.name('config')}"}
            raise CheckpointError(HIFIGAN, hifigan.name("config"), "models_differ", **parameters, theirs=theirs)
