"""Several sentences as one batch are what they are one by one, within 80 dB: the code for a GPU, run on the CPU."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from tests.synth.engine.conftest import N_MELS, N_SYMBOLS, MakeModel
from tests.synth.engine.test_equality import ACOUSTIC_VARIANTS, REFERENCE, VOCODER_VARIANTS, agreement
from voices.synth.engine.batching import MOST_AT_ONCE, WINDOW, BatchingEngine, Gathered

ENGINE = BatchingEngine("cpu")
LEAST_AGREEMENT = 80.0  # dB


@pytest.mark.parametrize("variant", ACOUSTIC_VARIANTS)
def test_sentences_of_several_lengths_are_as_one_by_one(variant: str, make_glow_tts: MakeModel) -> None:
    source = make_glow_tts(**ACOUSTIC_VARIANTS[variant])
    single, batching = REFERENCE.acoustic_network(source), ENGINE.acoustic_network(source)
    random = np.random.default_rng(0)
    sentences = [random.integers(0, N_SYMBOLS, size).tolist() for size in (9, 1, 40, 23)]
    for ids, found in zip(sentences, batching.encode_batch(sentences), strict=True):
        expected = single.encode(ids)
        for name in ("mean", "log_scale", "log_durations"):
            assert agreement(getattr(expected, name), getattr(found, name)) > LEAST_AGREEMENT
    latents = [random.standard_normal((N_MELS, size), np.float32) for size in (31, 4, 100, 57)]
    for latent, mel in zip(latents, batching.decode_batch(latents), strict=True):
        assert agreement(single.decode(latent), mel) > LEAST_AGREEMENT


@pytest.mark.parametrize("variant", VOCODER_VARIANTS)
def test_utterances_of_several_lengths_are_as_one_by_one(variant: str, make_hifigan: MakeModel) -> None:
    source = make_hifigan(**VOCODER_VARIANTS[variant])
    single, batching = REFERENCE.vocoder_network(source), ENGINE.vocoder_network(source)
    sizes = (300, 1, WINDOW, 12, WINDOW + 1, 40, 12)
    utterances = [np.random.default_rng(size).normal(0, 2, (N_MELS, size)).astype(np.float32) for size in sizes]
    for features, samples in zip(utterances, batching.generate_batch(utterances), strict=True):
        expected = single.generate(features)
        assert np.abs(expected).max() > 0.01
        assert agreement(expected, samples) > LEAST_AGREEMENT


def test_voices_with_the_same_vocoder_share_its_batches(make_hifigan: MakeModel) -> None:
    source = make_hifigan()
    network = ENGINE.vocoder_network(source)
    assert ENGINE.vocoder_network(source) is network


class Slow:
    """Doubles numbers, and holds the first batch back until it is told to go on; 13 is an error."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, batch: list[int]) -> list[int]:
        self.batches.append(batch)
        self.begun.set()
        assert self.go_on.wait(10)
        if 13 in batch:
            raise ValueError("unlucky")
        return [2 * number for number in batch]


def gathered(numbers: list[int]) -> tuple[list[list[int]], list[Any]]:
    """Ask for 0, and for the numbers while that is computed. Return the batches, and what came of each number."""
    run = Slow()
    gather = Gathered(run)

    def ask(number: int) -> Any:
        try:
            return gather(number)
        except ValueError as error:
            return error

    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        first = pool.submit(ask, 0)
        assert run.begun.wait(10)
        later = [pool.submit(ask, number) for number in numbers]
        while len(gather._waiting) < len(numbers):
            threading.Event().wait(0.001)
        run.go_on.set()
        assert first.result(10) == 0
        return run.batches, [made.result(10) for made in later]


def test_what_comes_while_a_batch_runs_is_the_next_one() -> None:
    batches, made = gathered([1, 2, 3])
    assert [sorted(batch) for batch in batches] == [[0], [1, 2, 3]]
    assert made == [2, 4, 6]


def test_a_batch_is_bounded_and_nothing_is_left() -> None:
    numbers = list(range(1, MOST_AT_ONCE + 3))
    numbers.remove(13)
    batches, made = gathered(numbers)
    assert [len(batch) for batch in batches] == [1, MOST_AT_ONCE, len(numbers) - MOST_AT_ONCE]
    assert made == [2 * number for number in numbers]


def test_an_error_is_raised_to_each_of_its_batch_and_the_next_one_runs() -> None:
    run = Slow()
    run.go_on.set()
    gather = Gathered(run)
    with pytest.raises(ValueError, match="unlucky"):
        gather(13)
    assert gather(2) == 4
    _, made = gathered([1, 13])
    assert all(isinstance(result, ValueError) for result in made)
