"""Report a run: a line every few steps, and in TensorBoard the losses, a mel and a speech sample."""

import collections
import pathlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch.utils.tensorboard import SummaryWriter

LINE_EVERY = 20  # steps

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pace:
    """Progress of a run."""

    step: int
    steps: int
    losses: dict[str, float]  # means since the last report
    seconds_per_step: float

    @property
    def minutes_left(self) -> float:
        return (self.steps - self.step) * self.seconds_per_step / 60


OnPace = Callable[[Pace], None]


def print_pace(pace: Pace) -> None:
    losses = " ".join(f"{name} {value:.4f}" for name, value in pace.losses.items())
    print(
        f"{pace.step}/{pace.steps} {losses} {pace.seconds_per_step:.2f} s a step, {pace.minutes_left:.0f} min left",
        flush=True,
    )


class Progress:
    """The log of one run."""

    def __init__(self, folder: pathlib.Path, step: int, steps: int, on_pace: OnPace = print_pace) -> None:
        """Start or resume the log at `step` of `steps`; what a killed run logged after `step` is discarded.

        `folder` is the argument of `tensorboard --logdir`.
        """
        self.writer = SummaryWriter(str(folder), purge_step=step + 1)
        self.steps = steps
        self.on_pace = on_pace
        self.started = time.monotonic()
        self.losses: dict[str, list[float]] = collections.defaultdict(list)

    def add(self, step: int, **losses: float) -> None:
        """Add the losses of one step; report their means every `LINE_EVERY` steps and at the end."""
        for name, value in losses.items():
            self.losses[name].append(value)
        if step % LINE_EVERY and step != self.steps:
            return
        means = {name: float(np.mean(values)) for name, values in self.losses.items()}
        count = len(next(iter(self.losses.values())))
        self.on_pace(Pace(step, self.steps, means, (time.monotonic() - self.started) / count))
        for name, mean in means.items():
            self.writer.add_scalar(f"loss/{name}", mean, step)
        self.losses.clear()
        self.started = time.monotonic()

    def sample(self, step: int, mel: Floats, samples: Floats, sample_rate: int) -> None:
        """Log a mel [n_frames, n_mels], natural log, and its samples [n_samples], -1..1."""
        began = time.monotonic()
        picture = (mel.T[::-1] - mel.min()) / max(float(np.ptp(mel)), 1e-6)
        self.writer.add_image("mel", picture, step, dataformats="HW")
        self.writer.add_audio("speech", samples[None], step, sample_rate)
        self.writer.flush()
        self.started += time.monotonic() - began

    def close(self) -> None:
        self.writer.close()
