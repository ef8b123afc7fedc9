"""Weights under weight normalization: a magnitude and a direction, whose shapes must belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from voices.intake.refusal import Refused

# Names of the magnitude and the direction, in older and newer files of torch.
_NAMES = (
    ("weight_g", "weight_v"),
    ("parametrizations.weight.original0", "parametrizations.weight.original1"),
)


class Pair(NamedTuple):
    """The names of a layer's magnitude and direction, and of the weight that they make."""

    magnitude: str
    direction: str
    weight: str


def weight_norm_pairs(weights: Mapping[str, tuple[tuple[int, ...], bool]]) -> Iterator[Pair]:
    """Yield the pairs among `weights`, by their shape and whether they are floating-point numbers.

    Raises Refused if the two don't belong together: torch does not check it, and would write past its memory.
    """
    for name, (shape, floating) in weights.items():
        for magnitude, direction in _NAMES:
            layer = name.removesuffix(magnitude)
            other = layer + direction
            if layer != name and other in weights:
                rows, is_floating = weights[other]
                fits = len(rows) >= 1 and shape == (rows[0], *[1] * (len(rows) - 1)) and 0 not in rows
                if not (fits and floating and is_floating):
                    raise Refused("weights", "weight_norm", name=name, other=other)
                yield Pair(name, other, f"{layer}weight")
