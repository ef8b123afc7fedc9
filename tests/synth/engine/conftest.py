"""Models of random weights with layers of every kind, as the child process leaves converted ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import pytest
import safetensors.torch
import torch

from voices.intake import sandbox
from voices.intake.model_paths import ModelPaths
from voices.intake.settings import (
    AcousticModelSettings,
    AsIs,
    AudioSettings,
    Converted,
    SymbolSettings,
    VocoderSettings,
)
from voices.synth import coqui
from voices.synth.models import ConvertedModel

if TYPE_CHECKING:
    from voices.intake.settings import ModelKind

N_SYMBOLS, N_MELS = 12, 20

ACOUSTIC_LAYERS: dict[str, Any] = {
    "hidden_channels_enc": 16,
    "hidden_channels_dec": 16,
    "hidden_channels_dp": 24,
    "num_flow_blocks_dec": 2,
    "kernel_size_dec": 5,
    "dilation_rate": 1,
    "num_block_layers": 3,
    "num_splits": 4,
    "num_squeeze": 2,
    "out_channels": N_MELS,
    "use_encoder_prenet": True,
    "mean_only": True,
    "sigmoid_scale": False,
    "encoder_params": {"kernel_size": 3, "num_layers": 2, "num_heads": 2, "hidden_channels_ffn": 32},
}
VOCODER_LAYERS: dict[str, Any] = {
    "in_channels": N_MELS,
    "out_channels": 1,
    "resblock_type": "1",
    "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
    "resblock_kernel_sizes": [3, 7, 11],
    "upsample_kernel_sizes": [16, 16, 4, 4],
    "upsample_initial_channel": 32,
    "upsample_factors": [8, 8, 2, 2],
    "inference_padding": 5,
}


class MakeModel(Protocol):
    """Makes a converted model; keyword arguments replace its layers."""

    def __call__(self, **layers: Any) -> ConvertedModel: ...


@pytest.fixture
def make_glow_tts(tmp_path: Path) -> MakeModel:
    def make(**changed: Any) -> ConvertedModel:
        layers = {**ACOUSTIC_LAYERS, **changed}
        with torch.random.fork_rng():
            torch.manual_seed(1)
            model = coqui.build_glow_tts(N_SYMBOLS, layers)
            with torch.no_grad():
                for flow in model.decoder.flows:  # as they are built, these change nothing
                    if hasattr(flow, "end"):
                        flow.end.weight.normal_(0, 0.05)
                        flow.end.bias.normal_(0, 0.05)
                    if hasattr(flow, "logs"):
                        flow.logs.normal_(0, 0.1)
                        flow.bias.normal_(0, 0.1)
        symbols = SymbolSettings([str(number) for number in range(N_SYMBOLS)], [], None, N_SYMBOLS)
        settings = {"type": "glow_tts", "audio": _audio(256), "symbols": symbols, "layers": layers, "noise_scale": 0.0}
        return _converted(tmp_path, "glow_tts", settings, AcousticModelSettings, model)

    return make


@pytest.fixture
def make_hifigan(tmp_path: Path) -> MakeModel:
    def make(**changed: Any) -> ConvertedModel:
        layers = {**VOCODER_LAYERS, **changed}
        with torch.random.fork_rng():
            torch.manual_seed(1)
            generator = coqui.hifigan_generator_class()(**layers)
            with torch.no_grad():
                for name, parameter in generator.named_parameters():
                    if name.endswith("original0"):  # as they are built, it makes hardly a sound
                        parameter.mul_(1.7)
        hop_length = 1
        for factor in layers["upsample_factors"]:
            hop_length *= factor
        settings = {"type": "hifigan", "audio": _audio(hop_length), "layers": layers}
        return _converted(tmp_path, "hifigan", settings, VocoderSettings, generator)

    return make


def _audio(hop_length: int) -> AudioSettings:
    return AudioSettings(22_050, hop_length, N_MELS, AsIs())


def _converted(
    parent: Path, kind: ModelKind, settings: dict[str, Any], of: type[Any], model: torch.nn.Module
) -> ConvertedModel:
    folder = parent / f"{kind}-{len(list(parent.iterdir()))}"
    folder.mkdir()
    found = Converted(msgspec.convert(msgspec.to_builtins(settings), of))
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    safetensors.torch.save_file(weights, folder / sandbox.WEIGHTS)
    (folder / sandbox.SETTINGS).write_bytes(msgspec.json.encode(found))
    return ConvertedModel(found, folder, ModelPaths(kind, folder / "model.pth", folder / "config.json"))
