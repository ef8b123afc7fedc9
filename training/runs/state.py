"""Save the state of a training run, so that it can be resumed."""

import pathlib
from collections.abc import Mapping
from typing import Any, Protocol

import torch

from training.runs.weight_average import WeightAverage


class Stateful(Protocol):
    """A module or an optimizer, whose state is saved too."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any: ...


class RunState:
    """A model, its optimizer and its averaged weights after `step` steps, saved in one file.

    The file is replaced atomically: a run that is killed while it saves keeps the file from before. Batches and dropout
    depend on seed and step alone, so a resumed run ends with exactly the weights of a run that was never stopped.
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
        """Resume the run in the file `path`, with its seed; if there is no file, start with the model as it is.

        Args:
            path: the file to save to.
            model: its weights are replaced if the run is resumed.
            optimizer: of the model.
            seed: of a new run.
            steps_before: number of steps that the model was trained for before this run.
            others: saved beside the model, by name.
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
            for name in self.others.keys() & saved.keys():  # older runs have no others
                self.others[name].load_state_dict(saved[name])
            self.step = saved["step"]
            self.seed = saved.get("seed", 0)
            self.steps_before = saved.get("steps_before", 0)

    def begin_step(self) -> None:
        """Count a step, and seed torch so that the step's random numbers depend on seed and step alone."""
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
