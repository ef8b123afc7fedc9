"""Run the cases in as many processes as there are cores, and count what became of them."""

from __future__ import annotations

import collections
import functools
import multiprocessing
import os
import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgspec
import numpy as np

from testing.fuzz.mutations import MUTATIONS
from testing.fuzz.reader import Reader, ReaderDied
from testing.fuzz.voices import Contents, contents
from voices.intake import sandbox
from voices.intake.model_paths import ModelPaths
from voices.intake.refusal import REASONS, Part, Refusal, Refused
from voices.intake.settings import Converted, ModelKind
from voices.synth import SynthError, synthesize, voice_of
from voices.synth.errors import CheckpointError
from voices.synth.models import ConvertedModel

SENTENCE = "안녕하세요, 만나서 반갑습니다."
THROUGH_CHILD = 50  # every so many cases also go through the service's child
IN_A_ROW = 25  # cases that a process runs before it reports
MAX_SECONDS = 60.0  # of audio
SPEAKS = "speaks"


@dataclass
class Outcome:
    """What became of one case."""

    part: Part
    mutation: str
    code: str  # SPEAKS, or of the refusal
    fault: str = ""  # empty: as it should be
    seconds: float = 0.0
    megabytes: float = 0.0
    through_child: bool = False


@dataclass
class Report:
    """The outcomes, counted."""

    counts: dict[str, collections.Counter[str]] = field(
        default_factory=lambda: collections.defaultdict(collections.Counter)
    )
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    megabytes: float = 0.0
    through_child: int = 0

    def add(self, number: int, outcome: Outcome) -> None:
        """Count one outcome."""
        self.counts[outcome.part][outcome.code] += 1
        if outcome.fault:
            self.faults.append(f"case {number}, {outcome.part}, {outcome.mutation}: {outcome.fault}")
        self.seconds, self.megabytes = max(self.seconds, outcome.seconds), max(self.megabytes, outcome.megabytes)
        self.through_child += outcome.through_child


def run(cases: int, seed: int, processes: int | None = None) -> Iterator[Report]:
    """Run `cases` cases; yield the growing report from time to time, and at the end."""
    report = Report()
    starts = range(0, cases, IN_A_ROW)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes or os.cpu_count(), context, _limit_threads) as pool:
        rows = pool.map(
            _run_row, [seed] * len(starts), [range(start, min(start + IN_A_ROW, cases)) for start in starts]
        )
        for row in rows:  # a process that dies raises here
            for number, outcome in row:
                report.add(number, outcome)
            yield report


def _limit_threads() -> None:
    import torch  # each process has one core

    torch.set_num_threads(1)


def _run_row(seed: int, numbers: range) -> list[tuple[int, Outcome]]:
    return [(number, run_case(seed, number)) for number in numbers]


@functools.cache
def _base() -> tuple[Path, dict[ModelKind, Contents], dict[ModelKind, ConvertedModel]]:
    """Return a folder, the files of the voice that is damaged, and its models as they are."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    files = contents(folder / "voice")
    return folder, files, {kind: _through_child(folder, kind, parts) for kind, parts in files.items()}


@functools.cache
def _reader() -> Reader:
    return Reader()


def run_case(seed: int, number: int) -> Outcome:
    """Change one file of the voice, and see what becomes of it."""
    chance = random.Random(f"{seed} {number}")
    folder, files, models = _base()
    kind = cast(ModelKind, chance.choice(["glow_tts", "hifigan"]))
    part = chance.choice([part for part in files[kind] for _ in range(3 if part == "weights" else 2)])
    mutation = chance.choice(MUTATIONS[part])
    changed = files[kind] | {part: mutation(chance, files[kind][part])}
    outcome = Outcome(part, mutation.__name__, "")
    try:
        reading = _reader().read(kind, changed)
        outcome.seconds, outcome.megabytes = reading.seconds, reading.megabytes
        if number % THROUGH_CHILD == 0:
            outcome.through_child = True
            _compare(reading.found, folder, kind, changed)
        if isinstance(reading.found, Refusal):
            outcome.code = reading.found.code
            REASONS[outcome.code][0] % reading.found.parameters
        else:
            converted = _written(folder / kind, reading.found, reading.weights, models[kind].paths)
            outcome.code = _speak({**models, kind: converted})
    except ReaderDied as error:
        outcome.code = outcome.fault = f"the reader died: {error}"
    except Exception as error:
        outcome.code = outcome.fault = f"{type(error).__name__}: {str(error)[:200]}"
    return outcome


def _speak(models: dict[ModelKind, ConvertedModel]) -> str:
    """Return SPEAKS, or the code of the refusal."""
    try:
        voice = voice_of(models["glow_tts"], models["hifigan"], mode="pronounced")
        speech = synthesize(voice, SENTENCE, plausible_only=True)
    except CheckpointError as error:
        return error.problem.code
    except SynthError as error:
        return error.code
    if not np.isfinite(speech.samples).all() or not 0 < speech.duration_seconds < MAX_SECONDS:
        raise AssertionError("accepted, but what it says is no audio")
    return SPEAKS


def _written(folder: Path, found: Converted, weights: bytes, paths: ModelPaths) -> ConvertedModel:
    folder.mkdir(exist_ok=True)
    (folder / sandbox.WEIGHTS).write_bytes(weights)
    (folder / sandbox.SETTINGS).write_bytes(msgspec.json.encode(found))
    return ConvertedModel(sandbox.read_settings(folder), folder, paths)


def _compare(found: Converted | Refusal, folder: Path, kind: ModelKind, parts: Contents) -> None:
    """Raise AssertionError unless the service's child finds the same."""
    try:
        through_child: Converted | Refusal = _through_child(folder, kind, parts).converted
    except Refused as refused:
        through_child = refused.refusal
    if found != through_child:
        raise AssertionError(f"the child finds {str(through_child)[:100]}, not {str(found)[:100]}")


def _through_child(folder: Path, kind: ModelKind, parts: Contents) -> ConvertedModel:
    source, target = (Path(tempfile.mkdtemp(dir=folder)) for _ in range(2))
    for part, content in parts.items():
        (source / part).write_bytes(content)
    paths = ModelPaths(
        kind, source / "weights", source / "config", source / "statistics", source / "card" if "card" in parts else None
    )
    return ConvertedModel(sandbox.convert(paths, target), target, paths)
