"""How long a worker takes to be ready with the five demo voices, and how much memory: exported networks, and torch.

    python -m bench.start [--rounds 3]

Each row is a new process that does what a worker does before its first request: it imports the engine and the reader,
loads each voice, and speaks a word with it. "first ever" exports the voices too, and checks them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from bench.report import spread

WORD = "안녕하세요."
ENGINES = ("OpenVINO", "torch")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    parser.add_argument("--as-worker", choices=ENGINES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.as_worker:
        print(json.dumps(worker(arguments.as_worker)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _report("first ever", [_started("OpenVINO", folder)])
        rounds: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
        for _ in range(1 if arguments.quick else arguments.rounds):
            for engine in ENGINES:
                rounds[engine].append(_started(engine, folder))
        for engine in ENGINES:
            _report(engine, rounds[engine])


def worker(engine: str) -> dict[str, Any]:
    """Make this process ready as a worker is made ready; return its seconds and megabytes."""
    import django

    django.setup()
    from django.conf import settings

    from voices.library.converted import converted_model, hashes_of
    from voices.library.manifest import read_manifest
    from voices.synth import coqui, synthesize
    from voices.synth.models import find_model
    from voices.worker import engines, warm_up

    if engine == "torch":
        engines.exported_engines = lambda: ()  # type: ignore[assignment]
        setattr(warm_up, "import_engine", coqui.import_models)  # noqa: B010 - mypy knows no such name there
    warm_up.import_for_workers()
    process = psutil.Process()
    imported = time.time() - process.create_time(), time.process_time()
    megabytes = [process.memory_info().rss / 1e6]
    loaded: list[tuple[float, float]] = []
    root = Path(settings.VOICE_MODEL_DIR)
    for member in read_manifest(root):
        started = time.perf_counter(), time.process_time()
        glow_tts, hifigan = (
            converted_model(name, paths, hashes_of(paths))
            for name, paths in (
                (member.glow_tts_dir, find_model(root / member.glow_tts_dir, "glow_tts")),
                (member.hifigan_dir, find_model(root / member.hifigan_dir, "hifigan")),
            )
        )
        voice = engines.voice_of_fastest_engine(glow_tts, hifigan, member.mode)
        loaded.append((time.perf_counter() - started[0], time.process_time() - started[1]))
        synthesize(voice, WORD)
        megabytes.append(process.memory_info().rss / 1e6)
    return {
        "ready": (time.time() - process.create_time(), time.process_time()),
        "imported": imported,
        "first": loaded[0],
        "further": loaded[1:],
        "megabytes": megabytes,
    }


def _started(engine: str, folder: str) -> dict[str, Any]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "forv.settings",
        "DJANGO_DEBUG": "1",
        "FORV_BROUGHT_VOICES_DIR": folder,
        "FORV_TORCH_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "bench.start", "--as-worker", engine]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _report(name: str, rounds: list[dict[str, Any]]) -> None:
    further = [times for measured in rounds for times in measured["further"]]
    growth = [after - before for measured in rounds for before, after in pairwise(measured["megabytes"][1:])]
    print(f"{name}:")
    _times("ready with five voices", [measured["ready"] for measured in rounds])
    _times("of that, imports", [measured["imported"] for measured in rounds])
    _times("loading the first voice", [measured["first"] for measured in rounds])
    _times("loading a further voice", further)
    print(f"  memory with one voice, MB    {spread([measured['megabytes'][1] for measured in rounds])}")
    print(f"  a further voice adds, MB     {spread(growth)}", flush=True)


def _times(name: str, measured: list[tuple[float, float]]) -> None:
    elapsed, used = zip(*measured, strict=True)
    print(f"  {name:<24} s   {spread(elapsed)}; of the processor: {spread(used)}")


if __name__ == "__main__":
    main()
