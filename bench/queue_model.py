"""A model of the queue: who comes when, how long it takes to speak what they ask for, and how many workers there are.

Requests are begun in the order in which they come, by the first worker that is free; that is the queue of
voices/queue.py as long as each request is another fan's. `bench/simulate.py` compares it with the real service,
`bench/sizing.py` uses it.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

# Characters of what fans ask for: half of the texts are shorter than the median. An assumption.
MEDIAN_CHARACTERS, SPREAD, SHORTEST, LONGEST = 30.0, 0.6, 4, 300


@dataclass(frozen=True)
class Asked:
    """One request: when it comes (seconds), and how long its text is."""

    at: float
    characters: int


@dataclass(frozen=True)
class Spoken:
    """What became of it, in seconds: how long it waited, and how long it was spoken."""

    waited: float
    took: float

    @property
    def total(self) -> float:
        return self.waited + self.took


@dataclass(frozen=True)
class Cost:
    """Seconds of a worker for one request: a constant, and more for each character; times a random factor."""

    seconds: float
    seconds_per_character: float
    factors: Sequence[float] = (1.0,)

    @classmethod
    def fitted(cls, characters: Sequence[int], seconds: Sequence[float]) -> "Cost":
        """Fit a line through measured times by least squares; what is left over becomes the factors."""
        slope, constant = np.polyfit(characters, seconds, 1)
        line = np.maximum(constant + slope * np.asarray(characters), 0.1 * np.mean(seconds))
        return cls(float(constant), float(slope), tuple(float(one) for one in np.asarray(seconds) / line))

    def of(self, characters: int) -> float:
        return self.seconds + self.seconds_per_character * characters

    def drawn(self, random: np.random.Generator) -> Callable[[int], float]:
        """Return a function from characters to seconds, each time with another of the factors."""
        return lambda characters: max(0.0, self.of(characters)) * float(random.choice(self.factors))


def arrivals(a_second: float, count: int, random: np.random.Generator) -> list[Asked]:
    """Return requests of fans who know nothing of each other: a Poisson process, and lengths as assumed above."""
    times = np.cumsum(random.exponential(1 / a_second, count))
    lengths = np.clip(random.lognormal(np.log(MEDIAN_CHARACTERS), SPREAD, count), SHORTEST, LONGEST)
    return [Asked(float(at), round(float(length))) for at, length in zip(times, lengths, strict=True)]


def run(asked: Sequence[Asked], workers: int, seconds_for: Callable[[int], float], idle_wait: float) -> list[Spoken]:
    """Let `workers` speak what is asked for, in order. `idle_wait`: seconds until an idle worker begins."""
    free_at = [0.0] * workers
    spoken = []
    for one in asked:
        begun = max(one.at + idle_wait, free_at[0])
        took = seconds_for(one.characters)
        heapq.heapreplace(free_at, begun + took)
        spoken.append(Spoken(begun - one.at, took))
    return spoken
