"""Take a network's weights by the names and shapes that its config says, and write its layers in OpenVINO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from openvino import opset13 as ops

from voices.synth.engine import Unexportable
from voices.synth.engine.windows import taps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Weights = Mapping[str, NDArray[np.float32]]

# openvino has no types that a checker could use.
Node = Any

NORM_EPSILON = {"1": 1e-4, "2": 1e-5}  # of Glow-TTS's layer norms, by their type


class Layers:
    """Layers by the names that their weights have in coqui-tts; what is taken is remembered."""

    def __init__(self, weights: Weights, prefix: str = "", taken: set[str] | None = None) -> None:
        self._weights = weights
        self._prefix = prefix
        self._taken: set[str] = set() if taken is None else taken

    def below(self, name: str) -> Layers:
        """Return the layers whose names begin with `name`."""
        return Layers(self._weights, self._prefix + name, self._taken)

    def weight(self, name: str, *shape: int) -> NDArray[np.float32]:
        """Take a tensor. Raises Unexportable if it is missing, or has another shape or type."""
        name = self._prefix + name
        found = self._weights.get(name)
        if found is None or found.shape != shape or found.dtype != np.float32:
            raise Unexportable(f"{name} should be float32 {shape}")
        self._taken.add(name)
        return found

    def refuse_others(self) -> None:
        """Raise Unexportable if there are weights that were not taken."""
        if others := self._weights.keys() - self._taken:
            raise Unexportable(f"{min(others)} is of no layer")

    def convolution(self, name: str, x: Node, n_out: int, size: int = 1, dilation: int = 1) -> Node:
        """Convolve x with `n_out` filters; the length stays the same. Raises Unexportable if it can't."""
        if dilation * (size - 1) % 2:
            raise Unexportable(f"{self._prefix}{name} has no middle")
        weight, bias = self.weight(f"{name}.weight", n_out, _channels(x), size), self.weight(f"{name}.bias", n_out)
        return convolved(x, weight, bias, dilation)

    def norm(self, name: str, x: Node, norm_type: str = "1") -> Node:
        """Normalize the channels of each step."""
        shape = (1, _channels(x), 1) if norm_type == "1" else (_channels(x),)
        gamma, beta = (constant(self.weight(f"{name}.{part}", *shape).reshape(1, -1, 1)) for part in ("gamma", "beta"))
        return ops.mvn(x, integers([1]), True, NORM_EPSILON[norm_type], "inside_sqrt") * gamma + beta

    def upsampling(self, name: str, x: Node, n_out: int, size: int, factor: int) -> Node:
        """Return a transposed convolution, written as a plain one that makes `factor` steps at a time: far faster."""
        if (size - factor) % 2:
            raise Unexportable(f"{name} makes other than {factor} steps of one")
        weight, bias = self.weight(f"{name}.weight", _channels(x), n_out, size), self.weight(f"{name}.bias", n_out)
        first, last = taps(size, factor)
        padding = (size - factor) // 2
        kernel = np.zeros((factor, n_out, _channels(x), last - first + 1), np.float32)
        for phase in range(factor):
            for tap in range(first, last + 1):
                if 0 <= (place := phase + padding - factor * tap) < size:
                    kernel[phase, :, :, tap - first] = weight[:, :, place].T
        filters = constant(kernel.reshape(factor * n_out, _channels(x), -1))
        steps = ops.convolution(x, filters, [1], [-first], [last], [1])
        steps = steps + constant(np.tile(bias, factor).reshape(1, -1, 1))
        in_order = ops.reshape(ops.transpose(steps, integers([0, 2, 1])), integers([1, -1, n_out]), False)
        return ops.transpose(in_order, integers([0, 2, 1]))


def convolved(x: Node, weight: NDArray[np.float32], bias: NDArray[np.float32], dilation: int = 1) -> Node:
    """Convolve x with weight [n_out, n_in, size]; the length stays the same."""
    reach = dilation * (weight.shape[2] - 1)
    plain = ops.convolution(x, constant(weight), [1], [reach // 2], [reach - reach // 2], [dilation])
    return plain + constant(bias.reshape(1, -1, 1))


def constant(value: Any) -> Node:
    """Return a float32 constant."""
    return ops.constant(np.ascontiguousarray(value, np.float32))


def integers(value: Any) -> Node:
    """Return an int64 constant."""
    return ops.constant(np.array(value, np.int64))


def _channels(x: Node) -> int:
    shape = x.get_partial_shape() if hasattr(x, "get_partial_shape") else x.get_output_partial_shape(0)
    return int(shape[1].get_length())
