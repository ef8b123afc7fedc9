"""Compute with numpy what a network of `graphs` says: slowly, but without OpenVINO's kernels for each machine.

An exported network is checked by it on the machine that is to run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]


def evaluate(model: Any, given: Array) -> list[Array]:
    """Return the outputs of an OpenVINO model of one input, in single precision.

    Raises KeyError if the model has an operation that `graphs` does not use.
    """
    values: dict[tuple[str, int], Array] = {}
    for node in model.get_ordered_ops():
        name, kind = node.get_friendly_name(), node.get_type_name()
        inputs = [values[port.get_node().get_friendly_name(), port.get_index()] for port in node.input_values()]
        match kind:
            case "Parameter":
                made = [given]
            case "Constant":
                made = [node.data]
            case "Result":
                made = inputs
            case "Split":
                made = np.split(inputs[0], node.get_output_size(), int(inputs[1]))
            case _:
                made = [_OPERATIONS[kind](node.get_attributes(), *inputs)]
        values.update({(name, index): value for index, value in enumerate(made)})
    return [values[result.get_friendly_name(), 0] for result in model.get_results()]


def _convolution(attributes: dict[str, Any], x: Array, weight: Array) -> Array:
    (dilation,), (before,), (after,) = (attributes[name] for name in ("dilations", "pads_begin", "pads_end"))
    size = weight.shape[2]
    padded = np.pad(x, ((0, 0), (0, 0), (before, after)))
    taps = sliding_window_view(padded, dilation * (size - 1) + 1, axis=2)[0, :, :, ::dilation]  # [n_in, n, size]
    made: Array = np.tensordot(weight, taps, ((1, 2), (0, 2)))[None]
    return made


def _normalized(attributes: dict[str, Any], x: Array, axes: Array) -> Array:
    over = tuple(int(axis) for axis in axes)
    deviation = np.sqrt(x.var(over, keepdims=True) + np.float32(attributes["eps"]))
    normalized: Array = (x - x.mean(over, keepdims=True)) / deviation
    return normalized


def _matmul(attributes: dict[str, Any], a: Array, b: Array) -> Array:
    assert not attributes["transpose_a"]
    return a @ (np.swapaxes(b, -1, -2) if attributes["transpose_b"] else b)


def _softmax(attributes: dict[str, Any], x: Array) -> Array:
    powers = np.exp(x - x.max(-1, keepdims=True))
    shares: Array = powers / powers.sum(-1, keepdims=True)
    return shares


_OPERATIONS: dict[str, Callable[..., Array]] = {
    "Abs": lambda _, x: np.abs(x),
    "Add": lambda _, x, y: x + y,
    "Broadcast": lambda _, x, shape: np.broadcast_to(x, shape),
    "Clamp": lambda attributes, x: np.clip(x, attributes["min"], attributes["max"]).astype(x.dtype),
    "Concat": lambda attributes, *parts: np.concatenate([np.atleast_1d(part) for part in parts], attributes["axis"]),
    "Convert": lambda _, x: x.astype(np.float32),
    "Convolution": _convolution,
    "Divide": lambda _, x, y: x / y,
    "Equal": lambda _, x, y: x == y,
    "Exp": lambda _, x: np.exp(x),
    "Gather": lambda _, x, index, axis: np.take(x, index, int(axis)),
    "GatherElements": lambda attributes, x, index: np.take_along_axis(x, index, attributes["axis"]),
    "LessEqual": lambda _, x, y: x <= y,
    "MVN": _normalized,
    "MatMul": _matmul,
    "Maximum": lambda _, x, y: np.maximum(x, y),
    "Minimum": lambda _, x, y: np.minimum(x, y),
    "Multiply": lambda _, x, y: x * y,
    "PRelu": lambda _, x, slope: np.where(x > 0, x, x * slope),
    "Range": lambda _, start, stop, step: np.arange(start, stop, step),
    "Relu": lambda _, x: np.maximum(x, 0),
    "Reshape": lambda _, x, shape: x.reshape(shape),
    "ShapeOf": lambda _, x: np.array(x.shape),
    "Sigmoid": lambda _, x: 1 / (1 + np.exp(-x)),
    "Softmax": _softmax,
    "Subtract": lambda _, x, y: x - y,
    "Tanh": lambda _, x: np.tanh(x),
    "Transpose": lambda _, x, order: np.transpose(x, order),
    "Unsqueeze": lambda _, x, axis: np.expand_dims(x, int(axis)),
}
