"""A network of random weights as large as Piper's medium voices, run as Piper runs them: by ONNX Runtime, in one graph.

Piper's voices are VITS. Those of medium quality speak at 22,050 Hz and have 15.7 M parameters for inference:
https://huggingface.co/cstr/piper-en_US-lessac-medium-GGUF. What a network costs does not depend on its weights, but for
the durations, which are set to those of speech.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch.nn.utils import parametrize

from voices.synth import coqui

SAMPLE_RATE, HOP_LENGTH = 22_050, 256
N_SYMBOLS = 256
HIDDEN, FILTER, HEADS, LAYERS, KERNEL_SIZE = 192, 768, 2, 6, 3
DECODER: dict[str, Any] = {
    "resblock_type": "2",
    "resblock_kernel_sizes": [3, 5, 7],
    "resblock_dilation_sizes": [[1, 2], [2, 6], [3, 12]],
    "upsample_factors": [8, 8, 4],
    "upsample_kernel_sizes": [16, 16, 8],
    "upsample_initial_channel": 256,
}
FRAMES_PER_ID = 4
SCALES = (0.667, 1.0, 0.8)  # of noise, length, and noise in durations: Piper's own


def piper_medium(folder: Path, seconds: float) -> Callable[[], float]:
    """Export the network to `folder`; return what speaks about `seconds` with it, and returns the audio's seconds."""
    path = folder / "piper_medium.onnx"
    if not path.exists():
        _export(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    # Piper puts a blank between any two phonemes.
    count = round(seconds * SAMPLE_RATE / HOP_LENGTH / FRAMES_PER_ID)
    ids = np.where(np.arange(count) % 2, np.random.default_rng(0).integers(1, N_SYMBOLS, count), 0)
    given = {
        "ids": ids[None].astype(np.int64),
        "lengths": np.array([count], np.int64),
        "scales": np.array(SCALES, np.float32),
    }
    return lambda: session.run(None, given)[0].shape[-1] / SAMPLE_RATE


def million_parameters(folder: Path) -> float:
    """Return how many million parameters the exported network has."""
    weights = onnx.load(folder / "piper_medium.onnx").graph.initializer
    count: int = sum(math.prod(weight.dims) for weight in weights)
    return count / 1e6


def _export(path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = _network()
    for module in network.modules():
        if parametrize.is_parametrized(module, "weight"):  # by weight normalization, which inference does without
            parametrize.remove_parametrizations(module, "weight")
    example = torch.ones(1, 50, dtype=torch.long), torch.tensor([50]), torch.tensor(SCALES)
    torch.onnx.export(
        network.eval(),
        example,
        path,
        input_names=["ids", "lengths", "scales"],
        output_names=["samples"],
        dynamic_axes={"ids": {1: "symbols"}, "samples": {2: "time"}},
        opset_version=17,
        dynamo=False,
    )


def _network() -> torch.nn.Module:
    generator = coqui.hifigan_generator_class()
    # These can be imported only after torchaudio, which the line before did.
    from TTS.tts.layers.vits.networks import ResidualCouplingBlocks, TextEncoder
    from TTS.tts.layers.vits.stochastic_duration_predictor import StochasticDurationPredictor
    from TTS.tts.utils.helpers import generate_path, sequence_mask

    class Piper(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = TextEncoder(N_SYMBOLS, HIDDEN, HIDDEN, FILTER, HEADS, LAYERS, KERNEL_SIZE, 0.1)
            self.durations = StochasticDurationPredictor(HIDDEN, HIDDEN, 3, 0.5, 4)
            self.flow = ResidualCouplingBlocks(HIDDEN, HIDDEN, 5, 1, 4)
            self.decoder = generator(HIDDEN, 1, **DECODER, inference_padding=0, conv_post_bias=False)
            last = self.durations.flows[0]
            with torch.no_grad():  # the noise is all but taken out of durations
                last.log_scale.fill_(math.log(1000))
                last.translation.fill_(-1000 * math.log(FRAMES_PER_ID - 0.5))

        def forward(self, ids: torch.Tensor, lengths: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
            hidden, mean, log_scale, mask = self.encoder(ids, lengths)
            log_durations = self.durations(hidden, mask, reverse=True, noise_scale=scales[2])
            durations = torch.ceil(torch.exp(log_durations) * mask * scales[1])
            n_frames = durations.sum((1, 2)).clamp_min(1).long()
            frames_mask = sequence_mask(n_frames, None)[:, None].to(mask.dtype)
            path = generate_path(durations[:, 0], (mask[..., None] * frames_mask[:, :, None])[:, 0])
            mean, log_scale = mean @ path, log_scale @ path
            latent = mean + torch.randn_like(mean) * torch.exp(log_scale) * scales[0]
            latent = self.flow(latent, frames_mask, reverse=True)
            samples: torch.Tensor = self.decoder(latent * frames_mask)
            return samples

    return Piper()
