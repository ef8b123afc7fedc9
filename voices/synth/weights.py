"""Load converted weights into a model, and check that the two belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import safetensors
import safetensors.torch
import torch
from torch.nn.utils.parametrize import is_parametrized, remove_parametrizations

from voices.intake.refusal import Refused
from voices.intake.weight_norm import weight_norm_pairs
from voices.synth.errors import CheckpointError, checkpoint_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Weights = dict[str, torch.Tensor]


class ModelWeights:
    """The converted weights of one model, with the names that messages use."""

    def __init__(self, path: Path, model: str, file_name: str) -> None:
        """Read the safetensors file at `path`, with weight normalization folded in.

        Args:
            path: of the converted file.
            model: GLOW_TTS or HIFIGAN.
            file_name: of the file that it was converted from.

        Raises CheckpointError if the file is damaged, or magnitudes and directions don't belong together.
        """
        self._model = model
        self._file_name = file_name
        try:
            # The content, not the file: a file that is mapped into memory kills the process when it is cut off.
            self.tensors = self._fold_weight_norm(safetensors.torch.load(path.read_bytes()))
        except (safetensors.SafetensorError, OSError) as error:
            raise self.error("unreadable") from error
        except Refused as refused:
            raise checkpoint_error(refused, model, file_name) from refused

    def error(self, reason: str, **parameters: str | int) -> CheckpointError:
        """Return an error about this file."""
        return CheckpointError(self._model, self._file_name, reason, **parameters)

    def refuse_larger_model(self, claimed: int) -> None:
        """Raise CheckpointError if a config claims more weights than the file has, before such a model is built.

        `claimed` is the number of weights in the largest layers that the config describes.
        """
        if claimed > sum(tensor.numel() for tensor in self.tensors.values()):
            raise self.error("larger_model")

    def into(self, build: Callable[[], Any]) -> torch.nn.Module:
        """Build a module for inference and load the weights into it.

        Raises:
            CheckpointError: the module can't be built, or names, shapes or types of its weights differ from these.
        """
        try:
            with torch.random.fork_rng(devices=[]):  # building draws random weights, which are replaced
                module: torch.nn.Module = build()
        except Exception as error:  # impossible sizes; torch raises many types of exception
            raise self.error("impossible_model", error=str(error)[:80]) from error
        for layer in module.modules():
            if is_parametrized(layer, "weight"):  # the weights are folded already
                remove_parametrizations(layer, "weight")
        own = module.state_dict()
        for name in sorted(own.keys() - self.tensors.keys()):
            raise self.error("weight_missing", name=name)
        for name in sorted(self.tensors.keys() - own.keys()):
            raise self.error("weight_unknown", name=name[:80])
        for name, expected in own.items():
            found = self.tensors[name]
            if found.shape != expected.shape:
                shapes = {"shape": str(tuple(found.shape)), "expected": str(tuple(expected.shape))}
                raise self.error("weight_shape", name=name, **shapes)
            if found.dtype != expected.dtype:
                raise self.error("weight_type", name=name, type=str(found.dtype), expected=str(expected.dtype))
        module.load_state_dict(self.tensors, strict=True, assign=True)
        return module.eval().requires_grad_(False)

    def _fold_weight_norm(self, weights: Weights) -> Weights:
        """Fold each pair of magnitude and direction into a weight. Raises Refused."""
        folded = dict(weights)
        shapes = {name: (tuple(tensor.shape), tensor.is_floating_point()) for name, tensor in weights.items()}
        for pair in weight_norm_pairs(shapes):
            # torch's own function gives bit for bit the weight that training used.
            folded[pair.weight] = torch._weight_norm(folded.pop(pair.direction), folded.pop(pair.magnitude), 0)
        return folded


def bytes_of(module: torch.nn.Module) -> int:
    """Return the memory that a module's weights and buffers take."""
    return sum(tensor.numel() * tensor.element_size() for tensor in (*module.parameters(), *module.buffers()))
