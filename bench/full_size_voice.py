"""A voice of random weights as large as the SCE-TTS recipe's: 28.6 M parameters in Glow-TTS, 0.93 M in HiFi-GAN."""

import json
import math
from pathlib import Path
from typing import Any

import torch

from testing.tiny_voice import ACOUSTIC_CONFIG, AUDIO, HOP_LENGTH, JAMO, PUNCTUATION, SAMPLE_RATE, VOCODER_CONFIG
from voices.synth import coqui

N_MELS = 80
SECONDS_PER_SYMBOL = 0.075

ACOUSTIC_LAYERS: dict[str, Any] = {
    "out_channels": N_MELS,
    "hidden_channels_enc": 192,
    "hidden_channels_dec": 192,
    "hidden_channels_dp": 256,
    "num_flow_blocks_dec": 12,
    "num_block_layers": 4,
    "encoder_params": {
        "kernel_size": 3,
        "dropout_p": 0.1,
        "num_layers": 6,
        "num_heads": 2,
        "hidden_channels_ffn": 768,
    },
}
VOCODER_LAYERS: dict[str, Any] = {
    **VOCODER_CONFIG["generator_model_params"],
    "in_channels": N_MELS,
    "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
    "resblock_kernel_sizes": [3, 7, 11],
    "upsample_initial_channel": 128,
}


def write_full_size_voice(root: Path) -> tuple[Path, Path]:
    """Write the two models as coqui-tts loads them too, and return their folders."""
    audio = {**AUDIO, "num_mels": N_MELS}
    with torch.random.fork_rng():
        torch.manual_seed(1)
        acoustic_model = coqui.build_glow_tts(1 + len(JAMO) + len(PUNCTUATION), ACOUSTIC_LAYERS)
        vocoder = coqui.hifigan_generator_class()(out_channels=1, **VOCODER_LAYERS)
        duration = acoustic_model.encoder.duration_predictor.proj
        with torch.no_grad():
            duration.weight.mul_(0.2)
            duration.bias.fill_(math.log1p(SECONDS_PER_SYMBOL * SAMPLE_RATE / HOP_LENGTH))
    folders = root / "g", root / "h"
    configs = (
        {**ACOUSTIC_CONFIG, **ACOUSTIC_LAYERS, "audio": audio},
        {**VOCODER_CONFIG, "generator_model_params": VOCODER_LAYERS, "audio": audio},
    )
    checkpoints = ({"model": acoustic_model.state_dict()}, {"model": vocoder.state_dict(), "model_disc": {}})
    for folder, config, checkpoint in zip(folders, configs, checkpoints, strict=True):
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
        torch.save({**checkpoint, "step": 1}, folder / "checkpoint_1.pth")
    return folders
