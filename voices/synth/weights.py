"""Reading a checkpoint's weights: nothing in the file is run, and everything is checked before a model holds it."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.utils.parametrize import is_parametrized, remove_parametrizations

from voices.synth.errors import CheckpointError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_WEIGHTS_BYTES = 4 * 1024**3  # a large Glow-TTS with its optimizer has 0.4 GB

# Weight normalization stores a weight as magnitude and direction; torch has changed the names, old files keep theirs.
_WEIGHT_NORM_NAMES = (
    ("weight_g", "weight_v"),
    ("parametrizations.weight.original0", "parametrizations.weight.original1"),
)

Weights = dict[str, torch.Tensor]


def read_weights(path: Path) -> Weights:
    """Read the model weights of a checkpoint as float32 on the CPU, weight normalization folded in.

    Raises:
        CheckpointError: missing, too large, truncated, a pickle that would run code, no weights inside, or weights
            that are not finite.
    """
    content = _load(path)
    model = content.get("model", content) if isinstance(content, Mapping) else None
    if not isinstance(model, Mapping) or not model:
        raise CheckpointError(path.name, "the file holds no model weights")
    weights: Weights = {}
    for name, value in model.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor) or value.is_sparse:
            raise CheckpointError(path.name, f"{str(name)[:60]} is not a tensor")
        if value.is_floating_point():
            value = value.to(torch.float32).contiguous()
            if not torch.isfinite(value).all():
                raise CheckpointError(path.name, f"{name[:60]} holds NaN or infinity")
        weights[name] = value
    return _fold_weight_norm(weights)


def load_module(build: Callable[[], Any], weights: Weights, path: Path) -> torch.nn.Module:
    """Build a module and give it `weights`, every one of them and no other.

    Raises:
        CheckpointError: names or shapes differ.
    """
    try:
        with torch.random.fork_rng(devices=[]):  # building draws random weights, of no use here
            module: torch.nn.Module = build()
    except Exception as error:  # sizes that no layer can have; torch raises many kinds
        raise CheckpointError(path.name, f"its config describes no possible model ({error})") from error
    for layer in module.modules():
        if is_parametrized(layer, "weight"):  # the file's weights come folded
            remove_parametrizations(layer, "weight")
    shapes = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    for name in sorted(shapes.keys() - weights.keys()):
        raise CheckpointError(path.name, f"{name} is missing")
    for name in sorted(weights.keys() - shapes.keys()):
        raise CheckpointError(path.name, f"{name[:60]} does not belong to this model")
    for name, shape in shapes.items():
        if tuple(weights[name].shape) != shape:
            found = tuple(weights[name].shape)
            raise CheckpointError(path.name, f"{name} has shape {found}, but the config asks for {shape}")
    module.load_state_dict(weights, strict=True, assign=True)
    return module.eval().requires_grad_(False)


def refuse_larger_model(claimed: int, weights: Weights, path: Path) -> None:
    """Refuse a config that claims more weights than the file holds, before a model of that size is built.

    Args:
        claimed: number of weights in the largest layers that the config describes; no more than in all of them.
        weights: of the file.
        path: of the file.
    """
    if claimed > sum(tensor.numel() for tensor in weights.values()):
        raise CheckpointError(path.name, "its config describes a larger model than the file holds")


def _load(path: Path) -> object:
    try:
        size = path.stat().st_size
        if zipfile.is_zipfile(path):  # a zip may be far larger inside than outside
            with zipfile.ZipFile(path) as archive:
                size = max(size, sum(member.file_size for member in archive.infolist()))
        if size > MAX_WEIGHTS_BYTES:
            raise CheckpointError(path.name, f"the file is larger than {MAX_WEIGHTS_BYTES} bytes")
        return torch.load(path, map_location="cpu", weights_only=True)
    except CheckpointError:
        raise
    except pickle.UnpicklingError as error:
        if "GLOBAL" in str(error):  # torch names what the pickle would have called
            raise CheckpointError(path.name, "refused, its pickle would run code") from error
        raise CheckpointError(path.name, "the file is damaged or truncated") from error
    except FileNotFoundError as error:
        raise CheckpointError(path.name, "the file is missing") from error
    except Exception as error:  # a damaged file can raise anything
        raise CheckpointError(path.name, "the file is damaged or truncated") from error


def _fold_weight_norm(weights: Weights) -> Weights:
    folded = dict(weights)
    for name in weights:
        for magnitude, direction in _WEIGHT_NORM_NAMES:
            layer = name.removesuffix(magnitude)
            if layer != name and layer + direction in weights:
                # torch's own function, so that the result is the bit-exact weight that training used.
                folded[f"{layer}weight"] = torch._weight_norm(folded.pop(layer + direction), folded.pop(name), 0)
    return folded
