"""Find the files of a voice, read their configs, and check that the two models fit each other.

Two layouts are read: that of the Flask server (`1g_checkpoint_30000.pth.tar`, `1g_config.json`, `1g_scale_stats.npy`,
and `1h_…` for the vocoder), written by SCE-TTS, a fork of coqui 0.0.14; and that of coqui-tts today (`config.json`,
`best_model.pth`). No model is run here; the files are not trusted.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voices.synth.errors import GLOW_TTS, HIFIGAN, CheckpointError, naming_model, with_model
from voices.synth.mel import MelAsIs, MelNormalization, MelRange, read_statistics
from voices.synth.symbols import SymbolTable, coqui_symbol_table, legacy_symbol_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_CONFIG_BYTES = 1024 * 1024

# Names in configs of coqui-tts today -> names in configs of coqui 0.0.14.
_LEGACY_LAYER_NAMES = {
    "hidden_channels_enc": "hidden_channels_encoder",
    "hidden_channels_dec": "hidden_channels_decoder",
    "hidden_channels_dp": "hidden_channels_duration_predictor",
}


@dataclass(frozen=True)
class AudioSettings:
    """The values of a config's audio section on which both models must agree, and the normalization of its mels."""

    sample_rate: int  # Hz
    hop_length: int  # samples between two mel frames
    n_mels: int  # bands of a mel frame
    normalization: MelNormalization


@dataclass(frozen=True)
class AcousticModelSettings:
    """A Glow-TTS checkpoint and what is needed to build its model."""

    weights: Path
    config_name: str
    audio: AudioSettings
    symbols: SymbolTable
    layers: Mapping[str, Any]  # keyword arguments of coqui's GlowTTSConfig
    noise_scale: float  # default for inference


@dataclass(frozen=True)
class VocoderSettings:
    """A HiFi-GAN checkpoint and what is needed to build its generator."""

    weights: Path
    config_name: str
    audio: AudioSettings
    layers: Mapping[str, Any]  # keyword arguments of coqui's HifiganGenerator


@dataclass(frozen=True)
class VoiceSettings:
    """Both models of a voice, checked to fit each other."""

    acoustic_model: AcousticModelSettings
    vocoder: VocoderSettings


def read_voice_settings(glow_tts_dir: Path, hifigan_dir: Path) -> VoiceSettings:
    """Find and read the configs of a voice's two models, and check that they fit each other.

    Raises:
        CheckpointError: a file is missing or unreadable, a folder holds another kind of model, or sample rate, hop
            length or mel bands differ.
    """
    with naming_model(GLOW_TTS):
        acoustic_model = _read_acoustic_model(glow_tts_dir)
    with naming_model(HIFIGAN):
        vocoder = _read_vocoder(hifigan_dir)
    for name, unit in (("sample_rate", "Hz"), ("hop_length", "samples"), ("n_mels", "mel bands")):
        ours, theirs = getattr(vocoder.audio, name), getattr(acoustic_model.audio, name)
        if ours != theirs:
            other = with_model(GLOW_TTS, acoustic_model.config_name)
            reason = f"{name} is {ours} {unit}, but {other} says {theirs}"
            raise CheckpointError(with_model(HIFIGAN, vocoder.config_name), reason)
    return VoiceSettings(acoustic_model, vocoder)


def _read_acoustic_model(folder: Path) -> AcousticModelSettings:
    path, weights = _find_files(folder, "g")
    config = _read_json(path)
    if config.get("model") != "glow_tts":
        raise CheckpointError(path.name, f"expected an acoustic model (glow_tts), found {config.get('model')!r}")
    legacy = "hidden_channels_encoder" in config
    audio = _audio_settings(config, path)
    if config.get("use_speaker_embedding") or config.get("use_d_vector_file"):
        raise CheckpointError(path.name, "voices of several speakers in one checkpoint are not supported")
    layers = {
        new: _integer(config, _LEGACY_LAYER_NAMES[new] if legacy else new, path, default, 1, 2048)
        for new, default in (("hidden_channels_enc", 192), ("hidden_channels_dec", 192), ("hidden_channels_dp", 256))
    }
    for name, default, high in (
        ("num_flow_blocks_dec", 12, 64),
        ("kernel_size_dec", 5, 31),
        ("dilation_rate", 1, 8),
        ("num_block_layers", 4, 32),
        ("num_splits", 4, 16),
        ("num_squeeze", 2, 8),
    ):
        # coqui 0.0.14 had these as constants and ignored the config.
        layers[name] = default if legacy else _integer(config, name, path, default, 1, high)
    encoder_type, encoder_params = config.get("encoder_type", "rel_pos_transformer"), config.get("encoder_params", {})
    if encoder_type != "rel_pos_transformer" or not isinstance(encoder_params, dict):
        raise CheckpointError(path.name, f"unknown encoder_type {encoder_type!r}")
    return AcousticModelSettings(
        weights=weights,
        config_name=path.name,
        audio=audio,
        symbols=(legacy_symbol_table if legacy else coqui_symbol_table)(config, path.name),
        layers={
            **layers,
            "out_channels": audio.n_mels,
            "use_encoder_prenet": bool(config.get("use_encoder_prenet", True)),
            "mean_only": legacy or bool(config.get("mean_only", True)),
            "sigmoid_scale": not legacy and bool(config.get("sigmoid_scale", False)),
            "encoder_params": _encoder_params(encoder_params, path),
        },
        noise_scale=_number(config, "inference_noise_scale", path, 0.0, 0.0, 2.0),
    )


def _encoder_params(given: Mapping[str, Any], path: Path) -> dict[str, Any]:
    params: dict[str, Any] = {
        name: _integer(given, name, path, default, 1, high)
        for name, default, high in (
            ("kernel_size", 3, 31),
            ("num_layers", 6, 64),
            ("num_heads", 2, 64),
            ("hidden_channels_ffn", 768, 8192),
        )
    }
    for name in ("rel_attn_window_size", "input_length"):
        if given.get(name) is not None:
            params[name] = _integer(given, name, path, 4, 1, 4096)
    if given.get("layer_norm_type") is not None:
        params["layer_norm_type"] = str(given["layer_norm_type"])
    return params


def _read_vocoder(folder: Path) -> VocoderSettings:
    path, weights = _find_files(folder, "h")
    config = _read_json(path)
    kind = config.get("generator_model", config.get("model"))
    if kind != "hifigan_generator":
        raise CheckpointError(path.name, f"expected a vocoder (hifigan_generator), found {kind!r}")
    given = config.get("generator_model_params")
    if not isinstance(given, dict):
        raise CheckpointError(path.name, "the config has no generator_model_params")
    audio = _audio_settings(config, path)
    factors = _integers(given, "upsample_factors", path, 1, 64)
    layers = {
        "in_channels": audio.n_mels,
        "out_channels": 1,
        "resblock_type": str(given.get("resblock_type", "1")),
        "resblock_dilation_sizes": _dilations(given, path),
        "resblock_kernel_sizes": _integers(given, "resblock_kernel_sizes", path, 1, 63),
        "upsample_kernel_sizes": _integers(given, "upsample_kernel_sizes", path, 1, 128),
        "upsample_initial_channel": _integer(given, "upsample_initial_channel", path, None, 1, 4096),
        "upsample_factors": factors,
        "inference_padding": _integer(given, "inference_padding", path, 5, 0, 64),
    }
    samples_per_frame = math.prod(factors)
    if samples_per_frame != audio.hop_length:
        reason = f"upsample_factors make {samples_per_frame} samples of a frame, but hop_length is {audio.hop_length}"
        raise CheckpointError(path.name, reason)
    if given.get("in_channels", audio.n_mels) != audio.n_mels:
        raise CheckpointError(path.name, f"in_channels is {given['in_channels']}, but num_mels is {audio.n_mels}")
    return VocoderSettings(weights, path.name, audio, layers)


def _dilations(given: Mapping[str, Any], path: Path) -> list[list[int]]:
    rows = given.get("resblock_dilation_sizes")
    if not isinstance(rows, list) or not 1 <= len(rows) <= 8:
        raise CheckpointError(path.name, "resblock_dilation_sizes is not a list of lists")
    return [_integers({"resblock_dilation_sizes": row}, "resblock_dilation_sizes", path, 1, 64) for row in rows]


def _audio_settings(config: Mapping[str, Any], path: Path) -> AudioSettings:
    audio = config.get("audio")
    if not isinstance(audio, dict):
        raise CheckpointError(path.name, "the config has no audio section")
    n_mels = _integer(audio, "num_mels", path, None, 1, 512)
    return AudioSettings(
        sample_rate=_integer(audio, "sample_rate", path, None, 4000, 192_000),
        hop_length=_integer(audio, "hop_length", path, None, 1, 8192),
        n_mels=n_mels,
        normalization=_normalization(audio, path, n_mels),
    )


def _normalization(audio: Mapping[str, Any], path: Path, n_mels: int) -> MelNormalization:
    if not audio.get("signal_norm", True):
        return MelAsIs()
    if audio.get("stats_path"):
        # The path is of the machine that trained the voice; the file itself lies beside the config.
        return read_statistics(path.with_name(path.name.replace("config.json", "scale_stats.npy")), n_mels)
    return MelRange(
        min_level_db=_number(audio, "min_level_db", path, -100.0, -1000.0, -1.0),
        ref_level_db=_number(audio, "ref_level_db", path, 20.0, -1000.0, 1000.0),
        max_norm=_number(audio, "max_norm", path, 4.0, 0.01, 1000.0),
        symmetric=bool(audio.get("symmetric_norm", True)),
        clip=bool(audio.get("clip_norm", True)),
    )


def _find_files(folder: Path, letter: str) -> tuple[Path, Path]:
    """Return the config and the newest weights in `folder`; `letter` is that of the legacy names, g or h."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    if not names:
        raise CheckpointError(folder.name, "the folder is missing or empty")
    configs = [name for name in names if re.fullmatch(rf"\d*{letter}_config\.json|config\.json", name)]
    if not configs:
        raise CheckpointError(folder.name, f"the folder has neither N{letter}_config.json nor config.json")
    if len(configs) > 1:
        raise CheckpointError(folder.name, f"the folder has several configs: {', '.join(configs)}")
    weights = _newest_weights(names, configs[0].removesuffix("config.json"))
    if weights is None:
        raise CheckpointError(folder.name, "the folder has no checkpoint (.pth or .pth.tar)")
    return folder / configs[0], folder / weights


def _newest_weights(names: list[str], prefix: str) -> str | None:
    """Return the best model if there is one, else the checkpoint of the highest step, else another .pth file."""
    candidates: list[tuple[int, float, str]] = []
    for name in names:
        match = re.fullmatch(rf"{re.escape(prefix)}(?:(checkpoint|best_model)_?(\d*))?.*\.pth(?:\.tar)?", name)
        if match:
            kind = {None: 0, "checkpoint": 1, "best_model": 2}[match[1]]
            # "best_model.pth" without a step is a copy of the best of the numbered ones, so it comes first.
            candidates.append((kind, int(match[2]) if match[2] else math.inf, name))
    return max(candidates)[2] if candidates else None


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise CheckpointError(path.name, f"config is larger than {MAX_CONFIG_BYTES} bytes")
        text = path.read_text(encoding="utf-8-sig")
        try:
            config = json.loads(text)
        except json.JSONDecodeError:
            # Configs of the SCE-TTS recipe may have // comments, which coqui 0.0.14 removed too.
            uncommented = re.sub(r'("(?:\\.|[^"\\])*+"?)|//[^\n]*', lambda match: match[1] or "", text)
            config = json.loads(uncommented)
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(path.name, "config is not readable JSON") from error
    if not isinstance(config, dict):
        raise CheckpointError(path.name, "config is not a JSON object")
    return config


def _number(section: Mapping[str, Any], name: str, path: Path, default: float | None, low: float, high: float) -> float:
    value = section.get(name)
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise CheckpointError(path.name, f"{name} is {value!r}, expected a number from {low:g} to {high:g}")
    return float(value)


def _integer(section: Mapping[str, Any], name: str, path: Path, default: int | None, low: int, high: int) -> int:
    value = _number(section, name, path, default, low, high)
    if value != int(value):
        raise CheckpointError(path.name, f"{name} is {value!r}, expected a whole number")
    return int(value)


def _integers(section: Mapping[str, Any], name: str, path: Path, low: int, high: int) -> list[int]:
    values = section.get(name)
    if not isinstance(values, list) or not 1 <= len(values) <= 16:
        raise CheckpointError(path.name, f"{name} is not a list of numbers")
    return [_integer({name: value}, name, path, None, low, high) for value in values]
