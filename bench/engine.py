"""How fast each engine speaks: coqui's own `Synthesizer`, Piper medium, the reference in torch, the exported networks.

    python -m bench.engine [--rounds 7]

With a voice of random weights in the SCE-TTS recipe's size, and with a demo voice, whose vocoder is refined. On one
thread, engines take turns, and the least seconds count: of the processor, which other work on the machine disturbs
least, and of the clock. Two threads are measured by the clock, which means nothing on a busy machine: coqui with two,
and two processes with one each. With ONEDNN_MAX_CPU_ISA=AVX2 and ATEN_CPU_CAPABILITY=avx2, torch and OpenVINO's
convolutions do without newer instructions; ONNX Runtime, which runs Piper, has no such switch.
"""

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import torch
from numpy.typing import NDArray
from openvino import opset13

from bench.full_size_voice import write_full_size_voice
from bench.piper_medium import million_parameters, piper_medium
from bench.quality_gate import VOICE_MODEL
from bench.report import load, machine
from voices.intake import sandbox
from voices.library.manifest import read_manifest
from voices.synth import synthesize
from voices.synth.coqui import import_torchaudio
from voices.synth.engine import Unexportable
from voices.synth.engine.exported import ExportedEngine
from voices.synth.engine.reference import ReferenceEngine
from voices.synth.models import ConvertedModel, convert_model, find_model
from voices.synth.voice import Voice

TEXT = "오늘도 와 줘서 정말 고마워요."
GFLOP_PER_SECOND = 2.04 + 3.39  # of audio: Glow-TTS and HiFi-GAN in the recipe's size
COQUIS_PAUSE = 10_000  # samples of silence that coqui adds to a sentence
COQUI, PIPER = "coqui's Synthesizer", "Piper medium"  # what others are compared with
MATRIX = 1024
PRODUCTS = 10

Run = Callable[[], float]  # speaks, and returns the seconds of the audio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    parser.add_argument("--speak", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else arguments.rounds
    if arguments.speak:
        folder, engine, seconds = arguments.speak
        _speak_in_this_process(Path(folder), engine, float(seconds))
        return
    torch.set_num_threads(1)
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        folders = write_full_size_voice(root)
        sources = (
            convert_model(find_model(folders[0], "glow_tts"), root),
            convert_model(find_model(folders[1], "hifigan"), root),
        )
        stock = _stock(*folders)
        piper = piper_medium(root, stock())
        _print_floor(rounds)
        print(
            f"real-time factors on one thread, in the recipe's size; Piper: {million_parameters(root):.1f} M parameters"
        )
        engines = _engines(sources, "spelled")
        _print_factors({COQUI: stock, PIPER: piper, **engines}, rounds)
        print("real-time factors on one thread, demo voice with 12 rounds of refinement")
        _print_factors(_engines(_demo_sources(root), "pronounced"), rounds)
        print("seconds of audio in a second of the clock, on two threads, in the recipe's size")
        precision = list(engines)[-1].rpartition(" ")[2]
        seconds, rounds = (1.0, 1) if arguments.quick else (4.0, 3)
        _print_throughput(root, sources, precision, seconds, rounds)


def _engines(sources: tuple[ConvertedModel, ConvertedModel], mode: Any) -> dict[str, Run]:
    fast = ExportedEngine(1)
    engines: dict[str, Any] = {"reference, torch": ReferenceEngine(), "exported, f32": ExportedEngine(1, "f32")}
    if fast.precision != "f32":
        engines[f"exported, {fast.precision}"] = fast

    def run(voice: Voice) -> Run:
        return lambda: synthesize(voice, TEXT).duration_seconds

    runs: dict[str, Run] = {}
    for name, engine in engines.items():
        try:
            runs[name] = run(Voice(*sources, mode, engine))
        except Unexportable as error:  # where ONEDNN_MAX_CPU_ISA hides a processor's instructions
            print(f"  {name}: not here ({str(error)[:60]})")
    return runs


def _stock(glow_tts: Path, hifigan: Path) -> Run:
    import_torchaudio()
    from TTS.utils.synthesizer import Synthesizer  # can be imported only after torchaudio

    synthesizer = Synthesizer(
        tts_checkpoint=str(glow_tts / "checkpoint_1.pth"),
        tts_config_path=str(glow_tts / "config.json"),
        vocoder_checkpoint=str(hifigan / "checkpoint_1.pth"),
        vocoder_config=str(hifigan / "config.json"),
    )
    jamo = unicodedata.normalize("NFD", TEXT)
    return lambda: (len(synthesizer.tts(jamo)) - COQUIS_PAUSE) / 22_050


def _demo_sources(root: Path) -> tuple[ConvertedModel, ConvertedModel]:
    member = read_manifest(VOICE_MODEL)[0]
    return (
        convert_model(find_model(VOICE_MODEL / member.glow_tts_dir, "glow_tts"), root),
        convert_model(find_model(VOICE_MODEL / member.hifigan_dir, "hifigan"), root),
    )


def _print_floor(rounds: int) -> None:
    """Print how fast this machine multiplies matrices on one thread, and what that means for the models."""
    a, b = np.random.default_rng(0).standard_normal((2, MATRIX, MATRIX), np.float32)
    inputs = [opset13.parameter([MATRIX, MATRIX], np.float32) for _ in range(2)]
    product = openvino.Model([opset13.matmul(*inputs, False, False)], inputs, "product")
    config = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    request = openvino.Core().compile_model(product, "CPU", config).create_infer_request()
    in_torch = torch.from_numpy(a), torch.from_numpy(b)
    ways: dict[str, Callable[[], Any]] = {
        "torch": lambda: torch.mm(*in_torch),
        "openvino": lambda: request.infer([a, b], share_inputs=True),
    }
    fastest = {way: min(_processor_seconds(call) for _ in range(PRODUCTS * rounds)) for way, call in ways.items()}
    speed = {way: 2 * MATRIX**3 / seconds / 1e9 for way, seconds in fastest.items()}
    print("matrix products in float32: " + ", ".join(f"{way} {value:.0f} GFLOP/s" for way, value in speed.items()))
    floor = GFLOP_PER_SECOND / max(speed.values())
    print(f"so the models in the recipe's size take at least {floor:.4f} of the audio's time in float32")


def _print_factors(runs: dict[str, Run], rounds: int) -> None:
    audio = {name: run() for name, run in runs.items()}  # what is done once is done
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}  # of the processor, of the clock
    for _ in range(rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            of_processor = _processor_seconds(run)
            seconds[name].append((of_processor, time.perf_counter() - started))
    factors = {name: np.min(seconds[name], axis=0) / audio[name] for name in runs}
    compared = [name for name in (COQUI, PIPER) if name in runs] or list(runs)[:1]
    print(
        f"  {'by processor, by clock':<24}{'factor':<16}" + "".join(f"times as fast as {name:<22}" for name in compared)
    )
    for name, factor in factors.items():
        ratios = "".join(f"{_pair(factors[other] / factor, '.2f'):<38}" for other in compared)
        print(f"  {name:<24}{_pair(factor, '.4f'):<16}{ratios}".rstrip(), flush=True)
    print(f"  {load()}")


def _pair(values: NDArray[np.float64], form: str) -> str:
    return ", ".join(f"{value:{form}}" for value in values)


def _processor_seconds(call: Callable[[], Any]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def _print_throughput(
    root: Path, sources: tuple[ConvertedModel, ConvertedModel], precision: str, seconds: float, rounds: int
) -> None:
    for source, name in zip(sources, ("glow_tts", "hifigan"), strict=True):
        if not (root / name).exists():
            (root / name).symlink_to(source.folder)
    ways = {"coqui, two threads": ["coqui"], "two workers": [precision, precision]}
    best = dict.fromkeys(ways, 0.0)
    for _ in range(rounds):
        for name, engines in ways.items():
            best[name] = max(best[name], _spoken_by_processes(root, engines, seconds))
    for name, value in best.items():
        print(f"  {name:<22} {value:.1f}   {value / best['coqui, two threads']:.2f} times", flush=True)
    print(f"  {load()}")


def _spoken_by_processes(root: Path, engines: list[str], seconds: float) -> float:
    """Return the seconds of audio that processes, one for each engine, make together in a second."""
    command = [sys.executable, "-m", "bench.engine", "--speak", str(root)]
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}  # threads that spin would slow all of them down
    processes = [
        subprocess.Popen(
            [*command, engine, str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        for engine in engines
    ]
    for process in processes:
        while process.stdout and process.stdout.readline() != "ready\n":  # coqui has something to say, too
            assert process.poll() is None
    return sum(float(process.communicate("go\n")[0]) for process in processes)


def _speak_in_this_process(root: Path, engine: str, seconds: float) -> None:
    """Be one of these processes: say "ready", wait for a line, and print the seconds of audio made in a second."""
    if engine == "coqui":
        torch.set_num_threads(2)
        run = _stock(root / "g", root / "h")
    else:
        run = _worker(root, engine)
    run()
    print("ready", flush=True)
    sys.stdin.readline()
    started, audio = time.perf_counter(), 0.0
    with contextlib.redirect_stdout(io.StringIO()):
        while (elapsed := time.perf_counter() - started) < seconds:
            audio += run()
    print(audio / elapsed)


def _worker(root: Path, precision: Any) -> Run:
    glow_tts, hifigan = (
        ConvertedModel(sandbox.read_settings(root / paths.kind), root / paths.kind, paths)
        for paths in (find_model(root / "g", "glow_tts"), find_model(root / "h", "hifigan"))
    )
    voice = Voice(glow_tts, hifigan, "spelled", ExportedEngine(1, precision))
    return lambda: synthesize(voice, TEXT).duration_seconds


if __name__ == "__main__":
    main()
