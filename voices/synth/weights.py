"""Read the weights of a checkpoint without running any code in the file, and check them before a model gets them."""

from __future__ import annotations

import pickle
import re
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.utils.parametrize import is_parametrized, remove_parametrizations

from voices.synth.errors import CheckpointError
from voices.synth.mel import number_of
from voices.synth.zip_directory import refuse_ambiguous_zip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_WEIGHTS_BYTES = 4 * 1024**3  # a large Glow-TTS with its optimizer has 0.4 GB

# Names of the magnitude and the direction of a weight under weight normalization, in older and newer files of torch.
_WEIGHT_NORM_NAMES = (
    ("weight_g", "weight_v"),
    ("parametrizations.weight.original0", "parametrizations.weight.original1"),
)

Weights = dict[str, torch.Tensor]


def read_weights(path: Path) -> Weights:
    """Read the model weights of a checkpoint, as float32 on the CPU, with weight normalization folded in.

    Raises:
        CheckpointError: the file is missing, too large, truncated, a pickle that would run code, without weights, or
            has weights that are not finite.
    """
    content = _load(path)
    model = content.get("model", content) if isinstance(content, Mapping) else None
    if not isinstance(model, Mapping) or not model:
        raise CheckpointError(path.name, "the file holds no model weights")
    weights: Weights = {}
    claimed = 0  # bytes
    for name, value in model.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor) or not _is_plain(value):
            raise CheckpointError(path.name, f"{str(name)[:60]} is not a plain tensor")
        claimed += value.numel() * value.element_size()
        if claimed > MAX_WEIGHTS_BYTES or value.numel() * value.element_size() > value.untyped_storage().nbytes():
            raise CheckpointError(path.name, f"{name[:60]} claims more numbers than the file holds")
        if value.is_floating_point():
            value = value.to(torch.float32).contiguous()
            if not torch.isfinite(value).all():
                raise CheckpointError(path.name, f"{name[:60]} holds NaN or infinity")
        weights[name] = value
    return _fold_weight_norm(weights, path)


def _is_plain(tensor: torch.Tensor) -> bool:
    """Return whether a tensor holds real numbers, one beside the other, in this machine's memory."""
    return (
        tensor.layout == torch.strided
        and tensor.device.type == "cpu"
        and not tensor.is_quantized
        and not tensor.is_complex()
    )


def load_module(build: Callable[[], Any], weights: Weights, path: Path) -> torch.nn.Module:
    """Build a module for inference and load `weights` into it.

    Raises:
        CheckpointError: the module can't be built, or names or shapes of its weights differ from `weights`.
    """
    try:
        with torch.random.fork_rng(devices=[]):  # building draws random weights, which are replaced
            module: torch.nn.Module = build()
    except Exception as error:  # impossible sizes; torch raises many types of exception
        raise CheckpointError(path.name, f"its config describes no possible model ({error})") from error
    for layer in module.modules():
        if is_parametrized(layer, "weight"):  # `weights` are folded already
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
    """Raise CheckpointError if a config claims more weights than the file has, before a model of that size is built.

    Args:
        claimed: number of weights in the largest layers that the config describes.
        weights: of the file.
        path: of the file.
    """
    if claimed > sum(tensor.numel() for tensor in weights.values()):
        raise CheckpointError(path.name, "its config describes a larger model than the file holds")


def _load(path: Path) -> object:
    try:
        size = path.stat().st_size
        if zipfile.is_zipfile(path):
            refuse_ambiguous_zip(path)
            with zipfile.ZipFile(path) as archive:  # its members may be far larger than itself
                size = max(size, sum(member.file_size for member in archive.infolist()))
        if size > MAX_WEIGHTS_BYTES:
            raise CheckpointError(path.name, f"the file is larger than {MAX_WEIGHTS_BYTES} bytes")
        with torch.serialization.safe_globals(_harmless()):
            return torch.load(path, map_location="cpu", weights_only=True)
    except CheckpointError:
        raise
    except pickle.UnpicklingError as error:
        if asked := re.search(r"GLOBAL ([\w.]{1,80})", str(error)):  # torch names what the pickle would call
            raise CheckpointError(path.name, f"refused, its pickle would run code ({asked[1]})") from error
        raise CheckpointError(path.name, "the file is damaged or truncated") from error
    except FileNotFoundError as error:
        raise CheckpointError(path.name, "the file is missing") from error
    except Exception as error:  # a damaged file can raise anything
        raise CheckpointError(path.name, "the file is damaged or truncated") from error


def _harmless() -> list[Any]:
    """Return what trainers leave beside the weights and what runs nothing: numbers of numpy, and defaultdict."""
    numbers = [(number_of, f"numpy.{core}.multiarray.scalar") for core in ("core", "_core")]
    dtypes = {type(np.dtype(code)) for code in "?bBhHiIlLqQefd"}
    # torch fills no defaultdict, so a dict takes its place.
    return [*numbers, np.dtype, *dtypes, (_plain_dict, "collections.defaultdict"), dict, list, int, float]


def _plain_dict(factory: object = None) -> dict[Any, Any]:
    return {}


def _fold_weight_norm(weights: Weights, path: Path) -> Weights:
    """Fold each pair of magnitude and direction into a weight.

    Raises CheckpointError if the two don't belong together: torch does not check it, and would write past its memory.
    """
    folded = dict(weights)
    for name in weights:
        for magnitude, direction in _WEIGHT_NORM_NAMES:
            layer = name.removesuffix(magnitude)
            if layer != name and layer + direction in weights:
                g, v = folded[name], folded[layer + direction]
                fits = v.ndim >= 1 and g.shape == (len(v), *[1] * (v.ndim - 1)) and v.numel() > 0
                if not fits or not g.is_floating_point() or not v.is_floating_point():
                    raise CheckpointError(path.name, f"{name[:60]} and {(layer + direction)[:60]} don't fit each other")
                # torch's own function gives bit for bit the weight that training used.
                folded[f"{layer}weight"] = torch._weight_norm(folded.pop(layer + direction), folded.pop(name), 0)
    return folded
