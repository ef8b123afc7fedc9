"""What a training run leaves on disk, so that it goes on where it was stopped."""

import pathlib
from collections.abc import Mapping
from typing import Any, Protocol

import torch

from training.runs.weight_average import WeightAverage


class Stateful(Protocol):
    """A module or an optimizer."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any: ...


class RunState:
    """A model, its optimizer and its averaged weights after ``step`` steps, kept in one file.

    The file is replaced in one go: a run killed while it saves loses nothing. Batches and dropout depend on seed and
    step alone, so a run that was killed ends with the very weights of one that was not.
    """

    def __init__(
        self,
        path: pathlib.Path,
        model: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        seed: int = 0,
        steps_before: int = 0,
        others: Mapping[str, Stateful] | None = None,
    ) -> None:
        """Take up the run at ``path``, with its seed; where there is none, begin with the model as it is.

        ``steps_before`` is what the model was trained for before this run; ``others`` are saved beside the model.
        """
        self.path = path
        self.model = model
        self.optimizer = optimizer
        self.others = others or {}
        self.average = WeightAverage(model)
        self.step = 0
        self.seed = seed
        self.steps_before = steps_before
        if path.exists():
            saved = torch.load(path, map_location=next(model.parameters()).device, weights_only=True)
            model.load_state_dict(saved["model"])
            optimizer.load_state_dict(saved["optimizer"])
            self.average.weights = saved["average"]
            for name, other in self.others.items():
                other.load_state_dict(saved[name])
            self.step = saved["step"]
            self.seed = saved.get("seed", 0)
            self.steps_before = saved.get("steps_before", 0)

    def begin_step(self) -> None:
        """Count a step, and let what is random in it depend on nothing else."""
        self.step += 1
        torch.manual_seed(self.seed * 1_000_003 + self.step)

    def save(self) -> None:
        unfinished = self.path.with_suffix(".part")
        torch.save(
            {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "average": self.average.weights,
                "step": self.step,
                "seed": self.seed,
                "steps_before": self.steps_before,
                **{name: other.state_dict() for name, other in self.others.items()},
            },
            unfinished,
        )
        unfinished.replace(self.path)
