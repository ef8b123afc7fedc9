"""Take the weights of one model out of a checkpoint, and check them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from voices.intake import tensors
from voices.intake.refusal import Refused
from voices.intake.settings import ModelKind
from voices.intake.weight_norm import weight_norm_pairs

MAX_NUMBERS = 80_000_000  # a large Glow-TTS has 29 million, the largest HiFi-GAN 14 million

Weights = dict[str, NDArray[Any]]

# A weight that each kind of model has, in all forms of weight normalization.
_MARKS: dict[ModelKind, tuple[str, ...]] = {
    "glow_tts": ("encoder.emb.weight",),
    "hifigan": ("conv_pre.weight", "conv_pre.weight_g", "conv_pre.parametrizations.weight.original0"),
}


def read_weights(file: BinaryIO, size: int, kind: ModelKind) -> Weights:
    """Return the weights of the model in a checkpoint of `size` bytes: float32 or int64, by their names.

    What lies beside the model's weights is not read. Weights under weight normalization keep their two parts.

    Raises:
        Refused: the file would run code, is ambiguous, holds another model, or its weights are not plain finite
            numbers that are really there.
        Exception: any, for a damaged file.
    """
    reader = tensors.open_checkpoint(file, size)
    described = _of_kind(_model_of(reader.content), kind)
    weights: Weights = {}
    held = 0
    for name, tensor in described.items():
        held += math.prod(tensor.shape)
        if held > MAX_NUMBERS:
            raise Refused("weights", "too_many_weights", max=MAX_NUMBERS)
        values = tensors.numbers_of(tensor, reader, name)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise Refused("weights", "not_finite", name=name)
        weights[name] = values
    for _ in weight_norm_pairs({name: (value.shape, value.dtype.kind == "f") for name, value in weights.items()}):
        pass  # each pair is checked
    return weights


def _model_of(content: object) -> Mapping[str, tensors.Tensor]:
    model = content.get("model", content) if isinstance(content, dict) else None
    if not isinstance(model, dict) or not model:
        raise Refused("weights", "no_weights")
    for name, value in model.items():
        if not isinstance(name, str) or not isinstance(value, tensors.Tensor):
            raise Refused("weights", "not_plain_tensor", name=name)
    return model


def _of_kind(model: Mapping[str, tensors.Tensor], kind: ModelKind) -> Mapping[str, tensors.Tensor]:
    """Return the weights of the model itself: trainers on several GPUs add a prefix, and GANs save two models."""
    for prefix in ("module.", "model_g.") if kind == "hifigan" else ("module.",):
        own = dict(_without(prefix, model))
        model = own or model
    if not any(mark in model for mark in _MARKS[kind]):
        raise Refused("weights", "not_glow_tts" if kind == "glow_tts" else "not_hifigan")
    return model


def _without(prefix: str, model: Mapping[str, tensors.Tensor]) -> Iterator[tuple[str, tensors.Tensor]]:
    return ((name.removeprefix(prefix), value) for name, value in model.items() if name.startswith(prefix))
