"""Write the networks of a voice as OpenVINO models, from their settings and weights.

All have one batch row, and a last axis of any length: symbols, frames or samples. What can be computed once is folded
into the weights: in the flow, the normalization and the convolution over channels; weight normalization is before.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import openvino
from openvino import opset13 as ops

from voices.synth.engine import Unexportable
from voices.synth.engine.layers import constant, convolved, integers
from voices.synth.engine.windows import DILATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from voices.intake.settings import (
        AcousticLayers,
        AcousticModelSettings,
        EncoderLayers,
        VocoderLayers,
        VocoderSettings,
    )
    from voices.synth.engine.layers import Layers

# openvino has no types that a checker could use.
Node = Any
Model = Any

LEAKY_SLOPE, LAST_LEAKY_SLOPE = 0.1, 0.01  # of HiFi-GAN's activations
FAR_SCORE = -1e4  # of symbols that attention must not reach
PRENET_LAYERS, PRENET_SIZE, DURATION_SIZE = 3, 5, 3  # of Glow-TTS's encoder; sizes are of kernels
ENDS_SIZE = 7  # of HiFi-GAN's first and last convolution


def encoder(settings: AcousticModelSettings, w: Layers) -> Model:
    """Return Glow-TTS's encoder: ids [1, n] -> mean [1, n_mels, n], log_scale (the same), log_durations [1, 1, n]."""
    layers, parameters = settings.layers, settings.layers.encoder_params
    hidden, norm_type = layers.hidden_channels_enc, parameters.layer_norm_type or "1"
    w = w.below("encoder.")
    ids = ops.parameter([1, -1], np.int64, name="ids")
    table = w.weight("emb.weight", settings.symbols.row_count, hidden) * np.float32(math.sqrt(hidden))
    x = ops.transpose(ops.gather(constant(table), ids, integers(0)), integers([0, 2, 1]))
    if layers.use_encoder_prenet:
        before = x
        for index in range(PRENET_LAYERS):
            inner = w.convolution(f"prenet.conv_layers.{index}", x, hidden, PRENET_SIZE)
            x = ops.relu(w.norm(f"prenet.norm_layers.{index}", inner))
        x = before + w.convolution("prenet.proj", x, hidden)
    for index in range(parameters.num_layers):
        attended = _attention(w.below(f"encoder.attn_layers.{index}."), parameters, x, hidden)
        x = w.norm(f"encoder.norm_layers_1.{index}", x + attended, norm_type)
        feed = w.below(f"encoder.ffn_layers.{index}.")
        inner = ops.relu(feed.convolution("conv_1", x, parameters.hidden_channels_ffn, parameters.kernel_size))
        fed = feed.convolution("conv_2", inner, hidden, parameters.kernel_size)
        x = w.norm(f"encoder.norm_layers_2.{index}", x + fed, norm_type)
    mean = w.convolution("proj_m", x, layers.out_channels)
    log_scale = mean * constant(0) if layers.mean_only else w.convolution("proj_s", x, layers.out_channels)
    durations = w.below("duration_predictor.")
    for index in (1, 2):
        inner = durations.convolution(f"conv_{index}", x, layers.hidden_channels_dp, DURATION_SIZE)
        x = durations.norm(f"norm_{index}", ops.relu(inner))
    return openvino.Model([mean, log_scale, durations.convolution("proj", x, 1)], [ids], "encoder")


def decoder(settings: AcousticModelSettings, w: Layers) -> Model:
    """Return Glow-TTS's inverse flow: latent [1, n_mels, n] -> mel of the same shape; n in whole groups of frames."""
    layers = settings.layers
    channels = layers.out_channels * layers.num_squeeze
    latent = ops.parameter([1, layers.out_channels, -1], np.float32, name="latent")
    x = _squeezed(latent, layers.out_channels, layers.num_squeeze)
    for block in reversed(range(layers.num_flow_blocks_dec)):
        norm, mix, coupling = (w.below(f"decoder.flows.{3 * block + part}.") for part in range(3))
        kept, changed = _halves(x)
        said = _gated_convolutions(coupling, layers, coupling.convolution("start", kept, layers.hidden_channels_dec))
        shift, log_scale = _halves(coupling.convolution("end", said, channels))
        scale = ops.exp(log_scale)
        if layers.sigmoid_scale:
            scale = ops.sigmoid(ops.add(log_scale, constant(2))) + constant(1e-6)
        changed = ops.divide(ops.subtract(changed, shift), scale)
        # In training, the normalization came first, then the convolution over groups of channels.
        matrix = _group_convolution(_inverse(mix.weight("weight", layers.num_splits, layers.num_splits)), channels)
        factor = np.exp(-norm.weight("logs", 1, channels, 1).reshape(-1))
        bias = -norm.weight("bias", 1, channels, 1).reshape(-1) * factor
        x = convolved(ops.concat([kept, changed], 1), (factor[:, None] * matrix)[:, :, None], bias)
    mel = _unsqueezed(x, layers.out_channels, layers.num_squeeze)
    return openvino.Model([mel], [latent], "decoder")


def vocoder_front(settings: VocoderSettings, w: Layers) -> Model:
    """Return HiFi-GAN up to its first stage: features [1, n_mels, n] -> hidden [1, channels, n * factor].

    This is a fifth of the work, and most of the context that a sample depends on.
    """
    layers = settings.layers
    features = ops.parameter([1, layers.in_channels, -1], np.float32, name="features")
    x = w.convolution("conv_pre", features, layers.upsample_initial_channel, ENDS_SIZE)
    return openvino.Model([_stage(w, layers, 0, x)], [features], "vocoder_front")


def vocoder_back(settings: VocoderSettings, w: Layers) -> Model:
    """Return HiFi-GAN after its first stage: hidden [1, channels, n * factor] -> samples [1, 1, n * hop_length]."""
    layers = settings.layers
    hidden = ops.parameter([1, layers.upsample_initial_channel // 2, -1], np.float32, name="hidden")
    x = hidden
    for stage in range(1, len(layers.upsample_factors)):
        x = _stage(w, layers, stage, x)
    samples = ops.tanh(w.convolution("conv_post", _leaky(x, LAST_LEAKY_SLOPE), layers.out_channels, ENDS_SIZE))
    return openvino.Model([samples], [hidden], "vocoder_back")


def _attention(w: Layers, parameters: EncoderLayers, x: Node, hidden: int) -> Node:
    heads, reach = parameters.num_heads, parameters.rel_attn_window_size
    width = hidden // heads
    scale = constant(width**-0.5)

    def by_head(name: str) -> Node:  # [1, heads, n, width]
        split = ops.reshape(w.convolution(name, x, hidden), integers([1, heads, width, -1]), False)
        return ops.transpose(split, integers([0, 1, 3, 2]))

    query, key, value = (by_head(f"conv_{letter}") for letter in "qkv")
    scores = ops.matmul(query, key, False, True) * scale  # [1, heads, n, n]
    count = ops.gather(ops.shape_of(x), integers(2), integers(0))
    positions = ops.range(integers(0), count, integers(1), "i64")
    row, column = ops.unsqueeze(positions, integers(0)), ops.unsqueeze(positions, integers(1))
    distances = row - column  # [n, n]
    if reach is not None:
        # What the distance to each symbol adds, up to `reach` symbols before or after.
        by_distance = (
            ops.matmul(query, constant(w.weight("emb_rel_k", 1, 2 * reach + 1, width)[None]), False, True) * scale
        )
        near = _within(distances, reach)
        index = _for_each_head(ops.clamp(distances, -reach, reach) + integers(reach), heads)
        scores = scores + ops.gather_elements(by_distance, index, 3) * near
    if parameters.input_length is not None:
        near = _within(distances, parameters.input_length)
        scores = scores * near + (constant(1) - near) * constant(FAR_SCORE)
    shares = ops.softmax(scores, -1)
    attended = ops.matmul(shares, value, False, False)
    if reach is not None:
        places = column + integers(np.arange(-reach, reach + 1)[None])  # [n, 2 * reach + 1]
        there = ops.minimum(ops.maximum(places, integers(0)), count - integers(1))
        values = constant(w.weight("emb_rel_v", 1, 2 * reach + 1, width)[None])
        exists = ops.convert(ops.equal(places, there), "f32")
        near_shares = ops.gather_elements(shares, _for_each_head(there, heads), 3) * exists
        attended = attended + ops.matmul(near_shares, values, False, False)
    joined = ops.reshape(ops.transpose(attended, integers([0, 1, 3, 2])), integers([1, hidden, -1]), False)
    return w.convolution("conv_o", joined, hidden)


def _within(distances: Node, reach: int) -> Node:
    return ops.convert(ops.less_equal(ops.abs(distances), integers(reach)), "f32")


def _for_each_head(index: Node, heads: int) -> Node:
    shape = ops.concat([integers([1, heads]), ops.shape_of(index)], 0)
    return ops.broadcast(index, shape)


def _gated_convolutions(w: Layers, layers: AcousticLayers, x: Node) -> Node:
    """Return the sum of what the layers of a WaveNet say."""
    hidden = layers.hidden_channels_dec
    total = None
    for index in range(layers.num_block_layers):
        dilation, last = layers.dilation_rate**index, index == layers.num_block_layers - 1
        inner = w.convolution(f"wn.in_layers.{index}", x, 2 * hidden, layers.kernel_size_dec, dilation)
        tangent, gate = _halves(inner)
        gated = ops.tanh(tangent) * ops.sigmoid(gate)
        said = w.convolution(f"wn.res_skip_layers.{index}", gated, hidden if last else 2 * hidden)
        if not last:
            residual, said = _halves(said)
            x = ops.add(x, residual)
        total = said if total is None else ops.add(total, said)
    return total


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    try:
        return np.linalg.inv(matrix)
    except np.linalg.LinAlgError as error:
        raise Unexportable("a flow's matrix can't be inverted") from error


def _group_convolution(weight: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """Return the matrix [channels, channels] of Glow-TTS's convolution over groups of channels."""
    splits = len(weight)
    members = np.arange(channels).reshape(2, channels // splits, splits // 2).transpose(1, 0, 2).reshape(-1, splits)
    matrix = np.zeros((channels, channels), np.float32)
    for group in members:
        matrix[np.ix_(group, group)] = weight
    return matrix


def _squeezed(x: Node, channels: int, group: int) -> Node:
    split = ops.reshape(x, integers([1, channels, -1, group]), False)
    return ops.reshape(ops.transpose(split, integers([0, 3, 1, 2])), integers([1, channels * group, -1]), False)


def _unsqueezed(x: Node, channels: int, group: int) -> Node:
    split = ops.reshape(x, integers([1, group, channels, -1]), False)
    return ops.reshape(ops.transpose(split, integers([0, 2, 3, 1])), integers([1, channels, -1]), False)


def _stage(w: Layers, layers: VocoderLayers, stage: int, x: Node) -> Node:
    channels = layers.upsample_initial_channel // 2 ** (stage + 1)
    size, factor = layers.upsample_kernel_sizes[stage], layers.upsample_factors[stage]
    x = w.upsampling(f"ups.{stage}", _leaky(x), channels, size, factor)
    n_blocks = len(layers.resblock_kernel_sizes)
    total = None
    for number in range(n_blocks):
        block = w.below(f"resblocks.{stage * n_blocks + number}.")
        made = _residual_block(block, layers, number, x, channels)
        total = made if total is None else total + made
    return total * constant(1 / n_blocks)


def _residual_block(w: Layers, layers: VocoderLayers, number: int, x: Node, channels: int) -> Node:
    size, dilations = layers.resblock_kernel_sizes[number], layers.resblock_dilation_sizes[number]
    for index, dilation in enumerate(dilations[: DILATIONS[layers.resblock_type]]):
        if layers.resblock_type == "1":
            inner = w.convolution(f"convs1.{index}", _leaky(x), channels, size, dilation)
            x = w.convolution(f"convs2.{index}", _leaky(inner), channels, size) + x
        else:
            x = w.convolution(f"convs.{index}", _leaky(x), channels, size, dilation) + x
    return x


def _halves(x: Node) -> Sequence[Node]:
    halves: Sequence[Node] = ops.split(x, integers(1), 2).outputs()
    return halves


def _leaky(x: Node, slope: float = LEAKY_SLOPE) -> Node:
    return ops.prelu(x, constant([slope]))
