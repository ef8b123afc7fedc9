"""The settings of a converted voice, as the settings file beside its weights holds them.

The child writes them and the worker decodes them; both check every type and bound.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from voices.intake.card import VoiceCard

VERSION = 2  # of the conversion; another one converts anew

ModelKind = Literal["glow_tts", "hifigan"]

# The least and the greatest value of each number in a config.
BOUNDS: dict[str, tuple[float, float]] = {
    "sample_rate": (4000, 192_000),
    "hop_length": (1, 8192),
    "num_mels": (1, 512),
    "min_level_db": (-1000, -1),
    "ref_level_db": (-1000, 1000),
    "max_norm": (0.01, 1000),
    "inference_noise_scale": (0, 2),
    "length_scale": (0.1, 10),
    "gain_db": (-40, 40),
    "hidden_channels_enc": (1, 2048),
    "hidden_channels_dec": (1, 2048),
    "hidden_channels_dp": (1, 2048),
    "num_flow_blocks_dec": (1, 64),
    "kernel_size_dec": (1, 31),
    "dilation_rate": (1, 8),
    "num_block_layers": (1, 32),
    "num_splits": (1, 16),
    "num_squeeze": (1, 8),
    "kernel_size": (1, 31),
    "num_layers": (1, 64),
    "num_heads": (1, 64),
    "hidden_channels_ffn": (1, 8192),
    "rel_attn_window_size": (1, 4096),
    "input_length": (1, 4096),
    "upsample_factors": (1, 64),
    "upsample_kernel_sizes": (1, 128),
    "upsample_initial_channel": (1, 4096),
    "resblock_kernel_sizes": (1, 63),
    "resblock_dilation_sizes": (1, 64),
    "inference_padding": (0, 64),
    "refinement_rounds": (0, 32),
    "fft_size": (16, 16_384),
    "win_length": (16, 16_384),
    "mel_fmin": (0, 96_000),
    "mel_fmax": (1, 96_000),
    "spec_gain": (0.01, 1000),
}
MAX_NUMBERS = 16  # in a list of a config
MAX_SYMBOLS = 16_384  # all Hangul syllables and jamo are fewer
FRAMES_PER_SECOND = (10, 1000)


def _within(name: str) -> msgspec.Meta:
    low, high = BOUNDS[name]
    return msgspec.Meta(ge=low, le=high)


_Numbers = msgspec.Meta(min_length=1, max_length=MAX_NUMBERS)
_Band = Annotated[list[float], msgspec.Meta(min_length=1, max_length=512)]


class Statistics(msgspec.Struct, frozen=True, tag="statistics"):
    """Mean and standard deviation of each mel band over the training set, in decibels."""

    mean: _Band
    std: _Band


class LevelRange(msgspec.Struct, frozen=True, tag="range"):
    """A fixed range of decibels that is mapped to the model's scale; see `voices.synth.mel.MelRange`."""

    min_level_db: Annotated[float, _within("min_level_db")]
    ref_level_db: Annotated[float, _within("ref_level_db")]
    max_norm: Annotated[float, _within("max_norm")]
    symmetric: bool
    clip: bool


class AsIs(msgspec.Struct, frozen=True, tag="as_is"):
    """No normalization."""


class AudioSettings(msgspec.Struct, frozen=True):
    """The values of a config's audio section on which both models must agree, and the normalization of its mels."""

    sample_rate: Annotated[int, _within("sample_rate")]  # Hz
    hop_length: Annotated[int, _within("hop_length")]  # samples between two mel frames
    n_mels: Annotated[int, _within("num_mels")]  # bands of a mel frame
    normalization: Statistics | LevelRange | AsIs


class SymbolSettings(msgspec.Struct, frozen=True):
    """The symbols of an acoustic model, in the order of its embedding rows; see `voices.synth.symbols.SymbolTable`."""

    symbols: Annotated[list[str], msgspec.Meta(min_length=1, max_length=MAX_SYMBOLS)]
    special: list[str]
    cleaner: str | None
    row_count: int
    blank_id: int | None = None
    bos_id: int | None = None
    eos_id: int | None = None


class EncoderLayers(msgspec.Struct, frozen=True, omit_defaults=True):
    """The keyword arguments of coqui's encoder."""

    kernel_size: Annotated[int, _within("kernel_size")]
    num_layers: Annotated[int, _within("num_layers")]
    num_heads: Annotated[int, _within("num_heads")]
    hidden_channels_ffn: Annotated[int, _within("hidden_channels_ffn")]
    rel_attn_window_size: Annotated[int, _within("rel_attn_window_size")] | None = None
    input_length: Annotated[int, _within("input_length")] | None = None
    layer_norm_type: Literal["1", "2"] | None = None


class AcousticLayers(msgspec.Struct, frozen=True):
    """The keyword arguments of coqui's GlowTTSConfig."""

    hidden_channels_enc: Annotated[int, _within("hidden_channels_enc")]
    hidden_channels_dec: Annotated[int, _within("hidden_channels_dec")]
    hidden_channels_dp: Annotated[int, _within("hidden_channels_dp")]
    num_flow_blocks_dec: Annotated[int, _within("num_flow_blocks_dec")]
    kernel_size_dec: Annotated[int, _within("kernel_size_dec")]
    dilation_rate: Annotated[int, _within("dilation_rate")]
    num_block_layers: Annotated[int, _within("num_block_layers")]
    num_splits: Annotated[int, _within("num_splits")]
    num_squeeze: Annotated[int, _within("num_squeeze")]
    out_channels: Annotated[int, _within("num_mels")]
    use_encoder_prenet: bool
    mean_only: bool
    sigmoid_scale: bool
    encoder_params: EncoderLayers


class VocoderLayers(msgspec.Struct, frozen=True):
    """The keyword arguments of coqui's HifiganGenerator."""

    in_channels: Annotated[int, _within("num_mels")]
    out_channels: Literal[1]
    resblock_type: Literal["1", "2"]
    resblock_dilation_sizes: Annotated[
        list[Annotated[list[Annotated[int, _within("resblock_dilation_sizes")]], _Numbers]], _Numbers
    ]
    resblock_kernel_sizes: Annotated[list[Annotated[int, _within("resblock_kernel_sizes")]], _Numbers]
    upsample_kernel_sizes: Annotated[list[Annotated[int, _within("upsample_kernel_sizes")]], _Numbers]
    upsample_initial_channel: Annotated[int, _within("upsample_initial_channel")]
    upsample_factors: Annotated[list[Annotated[int, _within("upsample_factors")]], _Numbers]
    inference_padding: Annotated[int, _within("inference_padding")]


class RefinementSettings(msgspec.Struct, frozen=True):
    """How the sound is brought nearer to the mel; see `voices.synth.refinement`. The mel's own settings besides."""

    rounds: Annotated[int, _within("refinement_rounds")]
    fft_size: Annotated[int, _within("fft_size")]  # samples
    win_length: Annotated[int, _within("win_length")]  # samples, at least two frames and at most fft_size
    mel_fmin: Annotated[float, _within("mel_fmin")]  # Hz
    mel_fmax: Annotated[float, _within("mel_fmax")]  # Hz
    log_base: Annotated[float, msgspec.Meta(gt=1, le=10)]  # of the mel's values: amplitude = base ** (value / gain)
    log_gain: Annotated[float, _within("spec_gain")]


class AcousticModelSettings(msgspec.Struct, frozen=True, tag="glow_tts"):
    """What is needed to build a Glow-TTS and to write its symbols."""

    audio: AudioSettings
    symbols: SymbolSettings
    layers: AcousticLayers
    noise_scale: Annotated[float, _within("inference_noise_scale")]  # default for inference
    length_scale: Annotated[float, _within("length_scale")] = 1.0  # 2 is half as fast
    gain_db: Annotated[float, _within("gain_db")] = 0.0  # of the voice's samples


class VocoderSettings(msgspec.Struct, frozen=True, tag="hifigan"):
    """What is needed to build a HiFi-GAN generator."""

    audio: AudioSettings
    layers: VocoderLayers
    refinement: RefinementSettings | None = None


class Converted(msgspec.Struct, frozen=True, tag="converted"):
    """What the child found in the files of one model."""

    model: AcousticModelSettings | VocoderSettings
    card: VoiceCard | None = None


def keyword_arguments(layers: AcousticLayers | VocoderLayers) -> dict[str, Any]:
    """Return the layers as keyword arguments for coqui-tts."""
    arguments: dict[str, Any] = msgspec.to_builtins(layers)
    return arguments
