"""Read a config of coqui-tts, or of the SCE-TTS recipe (coqui 0.0.14), into validated settings."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Literal, cast

from voices.intake.refusal import Refused
from voices.intake.settings import (
    BOUNDS,
    FRAMES_PER_SECOND,
    MAX_NUMBERS,
    AcousticLayers,
    AcousticModelSettings,
    AsIs,
    AudioSettings,
    EncoderLayers,
    LevelRange,
    RefinementSettings,
    Statistics,
    VocoderLayers,
    VocoderSettings,
)
from voices.intake.statistics import parse_statistics
from voices.intake.symbols import coqui_symbols, legacy_symbols

MAX_BYTES = 1024 * 1024

Section = Mapping[str, Any]

# Names in configs of coqui-tts today -> names in configs of coqui 0.0.14.
_LEGACY_LAYER_NAMES = {
    "hidden_channels_enc": "hidden_channels_encoder",
    "hidden_channels_dec": "hidden_channels_decoder",
    "hidden_channels_dp": "hidden_channels_duration_predictor",
}
# Keys that configs of other programs have, where coqui's have others.
_OTHER_PROGRAMS = (
    ({"resblock", "upsample_rates"}, "jik876/hifi-gan"),
    ({"train", "data", "model"}, "VITS or jaywalnut310/glow-tts"),
    ({"inference_args", "sample_bytes"}, "another program"),
)


def parse_acoustic_config(content: bytes, statistics: bytes | None) -> AcousticModelSettings:
    """Return the settings of a Glow-TTS. `statistics` is the content of its scale_stats.npy.

    Raises Refused if the config is no readable config of a Glow-TTS that this service can run.
    """
    config = parse_json(content)
    if _plain(config.get("model")) != "glowtts":
        raise Refused("config", "not_acoustic", found=repr(config.get("model")))
    legacy = "hidden_channels_encoder" in config
    audio = _audio_settings(config, statistics)
    if config.get("use_speaker_embedding") or config.get("use_d_vector_file"):
        raise Refused("config", "several_speakers")
    layers = {
        new: _integer(config, _LEGACY_LAYER_NAMES[new] if legacy else new, default, BOUNDS[new])
        for new, default in (("hidden_channels_enc", 192), ("hidden_channels_dec", 192), ("hidden_channels_dp", 256))
    }
    for name, default in (
        ("num_flow_blocks_dec", 12),
        ("kernel_size_dec", 5),
        ("dilation_rate", 1),
        ("num_block_layers", 4),
        ("num_splits", 4),
        ("num_squeeze", 2),
    ):
        # coqui 0.0.14 had these as constants and ignored the config.
        layers[name] = default if legacy else _integer(config, name, default)
    encoder_type, encoder_params = config.get("encoder_type", "rel_pos_transformer"), config.get("encoder_params")
    encoder_params = {} if encoder_params is None else encoder_params
    if encoder_type != "rel_pos_transformer" or not isinstance(encoder_params, dict):
        raise Refused("config", "encoder", found=repr(encoder_type))
    return AcousticModelSettings(
        audio=audio,
        symbols=(legacy_symbols if legacy else coqui_symbols)(config),
        layers=AcousticLayers(
            **layers,
            out_channels=audio.n_mels,
            use_encoder_prenet=bool(config.get("use_encoder_prenet", True)),
            mean_only=legacy or bool(config.get("mean_only", True)),
            sigmoid_scale=not legacy and bool(config.get("sigmoid_scale", False)),
            encoder_params=_encoder_layers(encoder_params),
        ),
        noise_scale=_number(config, "inference_noise_scale", 0.0),
        # coqui 0.0.14 had this as a constant, too.
        length_scale=1.0 if legacy else _number(config, "length_scale", 1.0),
        gain_db=_number(config, "gain_db", 0.0),  # only our own recipe writes it
    )


def parse_vocoder_config(content: bytes, statistics: bytes | None) -> VocoderSettings:
    """Return the settings of a HiFi-GAN. `statistics` is the content of its scale_stats.npy.

    Raises Refused if the config is no readable config of a HiFi-GAN that this service can run.
    """
    config = parse_json(content)
    kind = config.get("generator_model", config.get("model"))
    if _plain(kind) != "hifigangenerator":
        _refuse_other_programs(config)
        raise Refused("config", "not_vocoder", found=repr(kind))
    given = config.get("generator_model_params")
    if not isinstance(given, dict):
        raise Refused("config", "no_layers")
    audio = _audio_settings(config, statistics)
    factors = _integers(given, "upsample_factors")
    layers = VocoderLayers(
        in_channels=audio.n_mels,
        out_channels=1,
        resblock_type=_one_or_two(given.get("resblock_type", "1")),
        resblock_dilation_sizes=_dilations(given),
        resblock_kernel_sizes=_integers(given, "resblock_kernel_sizes"),
        upsample_kernel_sizes=_integers(given, "upsample_kernel_sizes"),
        upsample_initial_channel=_integer(given, "upsample_initial_channel", None),
        upsample_factors=factors,
        inference_padding=_integer(given, "inference_padding", 5),
    )
    if math.prod(factors) != audio.hop_length:
        raise Refused("config", "upsampling", made=math.prod(factors), hop_length=audio.hop_length)
    if given.get("in_channels", audio.n_mels) != audio.n_mels:
        raise Refused("config", "in_channels", found=given["in_channels"], n_mels=audio.n_mels)
    return VocoderSettings(audio, layers, _refinement(config, audio))


def parse_json(content: bytes) -> Section:
    """Return the object of a JSON file, which may have // comments as in the SCE-TTS recipe. Raises Refused."""
    if len(content) > MAX_BYTES:
        raise Refused("config", "too_large", max=MAX_BYTES)
    text = _text(content)
    try:
        try:
            config = json.loads(text)
        except json.JSONDecodeError:
            # coqui 0.0.14 removed the comments too.
            uncommented = re.sub(r'("(?:\\.|[^"\\])*+"?)|//[^\n]*', lambda match: match[1] or "", text)
            config = json.loads(uncommented)
    except json.JSONDecodeError as error:
        raise Refused("config", "config_not_json", line=error.lineno) from error
    except RecursionError as error:
        raise Refused("config", "config_nested") from error
    except ValueError as error:  # a number of thousands of digits
        raise Refused("config", "config_not_json", line=1) from error
    if not isinstance(config, dict):
        raise Refused("config", "config_no_object")
    return config


def _text(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp949")
    for encoding in encodings:  # the last is that of Korean Windows
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("config", "config_not_text")


def _plain(name: object) -> str:
    """Return the name of a model as all versions of coqui understand it: glow_tts, GlowTTS, glow-tts."""
    return re.sub(r"[-_ ]", "", name.lower()) if isinstance(name, str) else ""


def _refuse_other_programs(config: Section) -> None:
    for keys, program in _OTHER_PROGRAMS:
        if keys <= config.keys():
            raise Refused("config", "other_program", program=program)


def _encoder_layers(given: Section) -> EncoderLayers:
    optional = {
        name: _integer(given, name, 4)
        for name in ("rel_attn_window_size", "input_length")
        if given.get(name) is not None
    }
    norm = given.get("layer_norm_type")
    return EncoderLayers(
        kernel_size=_integer(given, "kernel_size", 3),
        num_layers=_integer(given, "num_layers", 6),
        num_heads=_integer(given, "num_heads", 2),
        hidden_channels_ffn=_integer(given, "hidden_channels_ffn", 768),
        layer_norm_type=None if norm is None else _one_or_two(norm, "layer_norm_type"),
        **optional,
    )


def _one_or_two(value: object, name: str = "resblock_type") -> Literal["1", "2"]:
    if str(value) not in ("1", "2"):
        raise Refused("config", "not_a_number", name=name, value=repr(value), low="1", high="2")
    return cast(Literal["1", "2"], str(value))


def _dilations(given: Section) -> list[list[int]]:
    rows = given.get("resblock_dilation_sizes")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_NUMBERS:
        raise Refused("config", "no_numbers", name="resblock_dilation_sizes")
    return [_integers({"resblock_dilation_sizes": row}, "resblock_dilation_sizes") for row in rows]


def _audio_settings(config: Section, statistics: bytes | None) -> AudioSettings:
    audio = config.get("audio")
    if not isinstance(audio, dict):
        _refuse_other_programs(config)
        raise Refused("config", "no_audio")
    n_mels = _integer(audio, "num_mels", None)
    sample_rate = _integer(audio, "sample_rate", None)
    hop_length = _hop_length(audio, sample_rate)
    low, high = FRAMES_PER_SECOND
    if not low <= sample_rate / hop_length <= high:
        raise Refused("config", "frame_rate", rate=f"{sample_rate / hop_length:.4g}", low=low, high=high)
    return AudioSettings(sample_rate, hop_length, n_mels, _normalization(audio, statistics, n_mels))


def _refinement(config: Section, audio: AudioSettings) -> RefinementSettings | None:
    """Return the settings of the refinement, None if the config does not ask for one: only our own recipe does."""
    rounds = _integer(config, "refinement_rounds", 0)
    if rounds == 0:
        return None
    given = config["audio"]
    fft_size = _integer(given, "fft_size", 1024)
    mel_fmin = _number(given, "mel_fmin", 0.0)
    return RefinementSettings(
        rounds=rounds,
        fft_size=fft_size,
        # Windows that don't overlap by half can't be added up to a waveform again.
        win_length=_integer(given, "win_length", fft_size, (2 * audio.hop_length, fft_size)),
        mel_fmin=mel_fmin,
        mel_fmax=_number(given, "mel_fmax", audio.sample_rate / 2, (mel_fmin + 1, audio.sample_rate / 2)),
        log_base=math.e if given.get("log_func") == "np.log" else 10.0,
        log_gain=_number(given, "spec_gain", 20.0),
    )


def _hop_length(audio: Section, sample_rate: int) -> int:
    milliseconds = audio.get("frame_shift_ms")
    if audio.get("hop_length") is None and isinstance(milliseconds, int | float) and 0 < milliseconds < 1000:
        # Configs before coqui 0.0.10 have milliseconds; coqui rounds them down in this way.
        return _integer({"hop_length": int(milliseconds / 1000.0 * sample_rate)}, "hop_length", None)
    return _integer(audio, "hop_length", None)


def _normalization(audio: Section, statistics: bytes | None, n_mels: int) -> Statistics | LevelRange | AsIs:
    if not audio.get("signal_norm", True):
        return AsIs()
    if audio.get("stats_path"):
        # The path is of the machine that trained the voice; the file itself lies beside the config.
        if statistics is None:
            raise Refused("statistics", "statistics_missing")
        return parse_statistics(statistics, n_mels)
    return LevelRange(
        min_level_db=_number(audio, "min_level_db", -100.0),
        ref_level_db=_number(audio, "ref_level_db", 20.0),
        max_norm=_number(audio, "max_norm", 4.0),
        symmetric=bool(audio.get("symmetric_norm", True)),
        clip=bool(audio.get("clip_norm", True)),
    )


def _number(section: Section, name: str, default: float | None, bounds: tuple[float, float] | None = None) -> float:
    value = section.get(name)
    value = default if value is None else value
    low, high = bounds or BOUNDS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Refused("config", "not_a_number", name=name, value=repr(value), low=f"{low:g}", high=f"{high:g}")
    return float(value)


def _integer(section: Section, name: str, default: int | None, bounds: tuple[float, float] | None = None) -> int:
    value = _number(section, name, default, bounds)
    if value != int(value):
        raise Refused("config", "not_whole", name=name, value=repr(value))
    return int(value)


def _integers(section: Section, name: str) -> list[int]:
    values = section.get(name)
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_NUMBERS:
        raise Refused("config", "no_numbers", name=name)
    return [_integer({name: value}, name, None) for value in values]
