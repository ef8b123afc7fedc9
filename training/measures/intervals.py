"""Means with their confidence intervals, and tables of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

CONFIDENCE = 0.95
RESAMPLES = 2000


@dataclass(frozen=True)
class Interval:
    """A mean over sentences, and where it may really lie."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3g} [{self.low:.3g}, {self.high:.3g}]"


def interval(values: Sequence[float]) -> Interval:
    """Return the mean of one or more values and its bootstrap interval at 95 % (percentiles, 2,000 resamples).

    Values that are not numbers (a sentence without any voiced frame has no pitch) are left out.
    """
    finite = np.asarray([value for value in values if np.isfinite(value)])
    if len(finite) == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    mean = float(finite.mean())
    if len(finite) == 1 or np.ptp(finite) == 0:
        return Interval(mean, mean, mean)
    found = bootstrap(
        (finite,), np.mean, confidence_level=CONFIDENCE, n_resamples=RESAMPLES, method="percentile", rng=0
    ).confidence_interval
    return Interval(mean, float(found.low), float(found.high))


def table(rows: Mapping[str, Mapping[str, Sequence[float]]], with_all: bool = True) -> str:
    """Return a Markdown table: a line for each row, a column for each measure, and one for all rows `with_all`."""
    names = list(dict.fromkeys(name for measures in rows.values() for name in measures))
    everything = {name: [value for row in rows.values() for value in row.get(name, ())] for name in names}
    lines = [f"| | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    for title, measures in {**rows, **({"all": everything} if with_all else {})}.items():
        cells = [str(interval(measures[name])) if name in measures else "" for name in names]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)
