"""A voice of random weights, small enough to load and speak in a fraction of a second.

`write_tiny_voice` writes folders and file names as the Flask server has them, with contents that coqui-tts loads too.
The audio is not intelligible: a buzz of about 0.1 s for each jamo, loud for vowels and faint for the others.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from voices.synth import coqui

SAMPLE_RATE = 22050
HOP_LENGTH = 256
N_MELS = 20
SECONDS_PER_SYMBOL = 0.1

VOWELS = "".join(map(chr, range(0x1161, 0x1176)))
JAMO = "".join(map(chr, range(0x1100, 0x1113))) + VOWELS + "".join(map(chr, range(0x11A8, 0x11C3)))
PUNCTUATION = " .,!?"

AUDIO: dict[str, Any] = {
    "sample_rate": SAMPLE_RATE,
    "hop_length": HOP_LENGTH,
    "win_length": 1024,
    "fft_size": 1024,
    "num_mels": N_MELS,
    "signal_norm": False,
    "stats_path": None,
}

ACOUSTIC_CONFIG: dict[str, Any] = {
    "model": "glow_tts",
    "audio": AUDIO,
    "use_phonemes": False,
    "text_cleaner": None,
    "add_blank": False,
    "enable_eos_bos_chars": False,
    "characters": {
        "characters_class": "TTS.tts.utils.text.characters.Graphemes",
        "pad": "<PAD>",
        "eos": None,
        "bos": None,
        "blank": None,
        "characters": JAMO,
        "punctuations": PUNCTUATION,
        "phonemes": None,
        "is_unique": False,
        "is_sorted": False,
    },
    "out_channels": N_MELS,
    "hidden_channels_enc": 16,
    "hidden_channels_dec": 16,
    "hidden_channels_dp": 16,
    "num_flow_blocks_dec": 2,
    "num_block_layers": 2,
    "encoder_params": {
        "kernel_size": 3,
        "dropout_p": 0.1,
        "num_layers": 1,
        "num_heads": 2,
        "hidden_channels_ffn": 32,
    },
}

VOCODER_CONFIG: dict[str, Any] = {
    "model": "hifigan",
    "generator_model": "hifigan_generator",
    "audio": AUDIO,
    "generator_model_params": {
        "in_channels": N_MELS,
        "resblock_type": "1",
        "resblock_dilation_sizes": [[1, 3, 5]],
        "resblock_kernel_sizes": [3],
        "upsample_kernel_sizes": [16, 16, 4, 4],
        "upsample_initial_channel": 16,
        "upsample_factors": [8, 8, 2, 2],
    },
}


def write_tiny_voice(root: Path, member_id: int = 1) -> None:
    """Write `root/glow-tts/{id}/{id}g_*` and `root/hifigan-v2/{id}/{id}h_*` (mode: pronounced)."""
    import torch  # here, because most users of this module need only its constants

    with torch.random.fork_rng():
        torch.manual_seed(member_id)
        acoustic_model = _acoustic_model()
        vocoder = _vocoder()
    glow_tts_dir, hifigan_dir = root / "glow-tts" / str(member_id), root / "hifigan-v2" / str(member_id)
    # With "model_disc" in the file, coqui-tts takes "model" for the generator alone, without its discriminators.
    for folder, prefix, config, checkpoint in (
        (glow_tts_dir, f"{member_id}g_", ACOUSTIC_CONFIG, {"model": acoustic_model.state_dict()}),
        (hifigan_dir, f"{member_id}h_", VOCODER_CONFIG, {"model": vocoder.state_dict(), "model_disc": {}}),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{prefix}config.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
        torch.save({**checkpoint, "step": 1}, folder / f"{prefix}checkpoint_1.pth.tar")


def _acoustic_model() -> Any:
    import torch

    layer_names = [name for name in ACOUSTIC_CONFIG if name.startswith(("hidden_", "num_", "encoder_"))]
    layers = {name: ACOUSTIC_CONFIG[name] for name in layer_names}
    symbol_count = 1 + len(JAMO) + len(PUNCTUATION)
    model = coqui.build_glow_tts(symbol_count, {**layers, "out_channels": N_MELS})
    # The model predicts log(1 + frames); nearly the same value for every symbol gives speech of a usual length.
    duration = model.encoder.duration_predictor.proj
    # Embeddings of vowels are near `side` and those of other symbols near -`side`; the mel is the projection on `side`.
    embedding, mean = model.encoder.emb.weight, model.encoder.proj_m
    side = torch.where(torch.arange(embedding.shape[1]) % 2 == 0, 1.0, -1.0)
    with torch.no_grad():
        for layer in [*model.encoder.encoder.attn_layers, *model.encoder.encoder.ffn_layers]:
            for parameter in layer.parameters():  # a symbol does not depend on its neighbours
                parameter.zero_()
        for flow in model.decoder.flows:
            if hasattr(flow, "weight_inv"):  # the flow does not change the mel
                flow.weight.copy_(torch.eye(len(flow.weight)))
        duration.weight.mul_(0.2)
        duration.bias.fill_(math.log1p(SECONDS_PER_SYMBOL * SAMPLE_RATE / HOP_LENGTH))
        for row, symbol in enumerate(["<PAD>", *JAMO, *PUNCTUATION]):
            embedding[row] = 0.1 * embedding[row] + (side if symbol in VOWELS else -side)
        model.encoder.encoder.norm_layers_2[-1].gamma.fill_(1.0)
        mean.weight.copy_((side / len(side)).expand(N_MELS, -1).unsqueeze(-1))
        mean.bias.fill_(1.0)
    return model


def _vocoder() -> Any:
    """Return a vocoder that makes a pulse for each frame, as large as the mel, through one channel of every layer."""
    import torch

    vocoder = coqui.hifigan_generator_class()(out_channels=1, **VOCODER_CONFIG["generator_model_params"])
    width = 0.25 + 0.5 * float(torch.rand(()))  # of the pulse, in frames; different for each voice
    with torch.no_grad():
        for parameter in vocoder.parameters():
            parameter.mul_(1e-3)
        _set_weight(vocoder.conv_pre, 1 / N_MELS)
        for index, upsampling in enumerate(vocoder.ups):
            factor = VOCODER_CONFIG["generator_model_params"]["upsample_factors"][index]
            _set_weight(upsampling, 1.0, slice(0, factor if index else int(factor * width)))
        _set_weight(vocoder.conv_post, 0.2)
    return vocoder


def _set_weight(layer: Any, value: float, taps: slice | None = None) -> None:
    """Set the weights of the layer's first channel to `value` at `taps` of its kernel (default: the middle)."""
    weight = layer.weight.clone()
    middle = weight.shape[-1] // 2
    if taps is None:
        weight[0, :, middle] = value
    else:
        weight[0, 0, taps] = value
    layer.weight = weight
