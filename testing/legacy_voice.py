"""A small voice of random weights in the legacy format: config keys, symbol order, weight norm and statistics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from testing.tiny_voice import JAMO
from voices.synth import coqui

SYMBOLS = "_~^" + JAMO + "!'(),-.:;? "
N_MELS = 20

AUDIO: dict[str, Any] = {
    "sample_rate": 22050,
    "hop_length": 256,
    "num_mels": N_MELS,
    "signal_norm": True,
    "symmetric_norm": True,
    "max_norm": 4.0,
    "clip_norm": True,
    "min_level_db": -100,
    "ref_level_db": 20,
    "stats_path": "/content/models/scale_stats.npy",
}

ACOUSTIC_CONFIG: dict[str, Any] = {
    "model": "glow_tts",
    "audio": AUDIO,
    "use_phonemes": False,
    "text_cleaner": "korean_cleaners",
    "enable_eos_bos_chars": False,
    "characters": {
        "pad": "_",
        "eos": "~",
        "bos": "^",
        "characters": SYMBOLS[3:],
        "punctuations": "!'(),-.:;? ",
        "phonemes": "",
    },
    "add_blank": False,
    "encoder_type": "rel_pos_transformer",
    "encoder_params": {
        "kernel_size": 3,
        "dropout_p": 0.1,
        "num_layers": 1,
        "num_heads": 2,
        "hidden_channels_ffn": 16,
        "input_length": None,
    },
    "use_encoder_prenet": True,
    "hidden_channels_encoder": 8,
    "hidden_channels_decoder": 8,
    "hidden_channels_duration_predictor": 8,
    "inference_noise_scale": 0.0,
}

VOCODER_CONFIG: dict[str, Any] = {
    "model": "hifigan",
    "audio": AUDIO,
    "generator_model": "hifigan_generator",
    "generator_model_params": {
        "in_channels": N_MELS,
        "out_channels": 1,
        "resblock_type": "1",
        "resblock_dilation_sizes": [[1, 3, 5]],
        "resblock_kernel_sizes": [3],
        "upsample_kernel_sizes": [16, 16, 4, 4],
        "upsample_initial_channel": 16,
        "upsample_factors": [8, 8, 2, 2],
    },
}


def write_legacy_voice(glow_tts_dir: Path, hifigan_dir: Path) -> tuple[Any, Any]:
    """Write the pair and return coqui's own models with the same weights, to compare with."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        acoustic_model = coqui.build_glow_tts(
            len(SYMBOLS),
            {
                "hidden_channels_enc": 8,
                "hidden_channels_dec": 8,
                "hidden_channels_dp": 8,
                "out_channels": N_MELS,
                "encoder_params": ACOUSTIC_CONFIG["encoder_params"],
            },
        ).eval()
        vocoder = coqui.hifigan_generator_class()(**VOCODER_CONFIG["generator_model_params"]).eval()
    for folder, prefix, config, model, steps in (
        (glow_tts_dir, "1g_", ACOUSTIC_CONFIG, acoustic_model, 30_000),
        (hifigan_dir, "1h_", VOCODER_CONFIG, vocoder, 305_000),
    ):
        folder.mkdir(parents=True)
        (folder / f"{prefix}config.json").write_text(json.dumps(config), encoding="utf-8")
        weights = {_old_name(name): tensor for name, tensor in model.state_dict().items()}
        torch.save({"model": weights, "optimizer": {}, "step": steps}, folder / f"{prefix}checkpoint_{steps}.pth.tar")
        write_statistics(folder / f"{prefix}scale_stats.npy", seed=steps)
    return acoustic_model, vocoder


def write_statistics(path: Path, seed: int, n_mels: int = N_MELS) -> None:
    """Write mel statistics as coqui's `compute_statistics` does."""
    random = np.random.default_rng(seed)
    statistics = {
        "mel_mean": random.uniform(-60, -40, n_mels),
        "mel_std": random.uniform(10, 20, n_mels),
        "linear_mean": np.zeros(513),
        "linear_std": np.ones(513),
        "audio_config": {**AUDIO, "stats_path": None},
    }
    np.save(path, statistics, allow_pickle=True)  # type: ignore[arg-type]  # numpy wraps the dict in an array


def statistics(path: Path) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Read mean and standard deviation back by numpy's own way."""
    content = np.load(path, allow_pickle=True).item()
    return content["mel_mean"], content["mel_std"]


def _old_name(name: str) -> str:
    return name.replace("parametrizations.weight.original0", "weight_g").replace(
        "parametrizations.weight.original1", "weight_v"
    )
