"""How fast each engine speaks: coqui's own `Synthesizer`, the reference in torch, and the exported networks.

    python -m bench.engine [--rounds 7]

With a voice of random weights in the SCE-TTS recipe's size, and with a demo voice, whose vocoder is refined. On one
thread, engines take turns, and the least seconds of the processor count: other work on the machine disturbs them
least. Two threads are measured by the clock, which means nothing on a busy machine: coqui with two, and two processes
with one each. With ONEDNN_MAX_CPU_ISA=AVX2 and ATEN_CPU_CAPABILITY=avx2, torch and OpenVINO's convolutions do without
newer instructions.
"""

import argparse
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
from openvino import opset13

from bench.full_size_voice import write_full_size_voice
from bench.quality_gate import VOICE_MODEL
from bench.report import machine
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
    torch.set_num_threads(1)
    if arguments.speak:
        folder, precision, seconds = arguments.speak
        _speak_in_this_process(Path(folder), precision, float(seconds))
        return
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        folders = write_full_size_voice(root)
        sources = (
            convert_model(find_model(folders[0], "glow_tts"), root),
            convert_model(find_model(folders[1], "hifigan"), root),
        )
        stock = _stock(*folders)
        _print_floor(rounds)
        print("real-time factors on one thread, in the recipe's size")
        engines = _engines(sources, "spelled")
        _print_factors({"coqui's Synthesizer": stock, **engines}, rounds)
        print("real-time factors on one thread, demo voice with 12 rounds of refinement")
        _print_factors(_engines(_demo_sources(root), "pronounced"), rounds)
        print("seconds of audio in a second of the clock, on two threads, in the recipe's size")
        precision = list(engines)[-1].rpartition(" ")[2]
        seconds, rounds = (1.0, 1) if arguments.quick else (5.0, 3)
        _print_throughput(stock, root, sources, precision, seconds, rounds)


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
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            seconds[name].append(_processor_seconds(run))
    factors = {name: min(seconds[name]) / audio[name] for name in runs}
    slowest = next(iter(factors))
    for name, factor in factors.items():
        print(f"  {name:<22} {factor:.4f}   {factors[slowest] / factor:.2f} times as fast as {slowest}", flush=True)


def _processor_seconds(call: Callable[[], Any]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def _print_throughput(
    stock: Run,
    root: Path,
    sources: tuple[ConvertedModel, ConvertedModel],
    precision: str,
    seconds: float,
    rounds: int,
) -> None:
    best = {"coqui, two threads": 0.0, "two workers": 0.0}
    for source, name in zip(sources, ("glow_tts", "hifigan"), strict=True):
        if not (root / name).exists():
            (root / name).symlink_to(source.folder)
    for _ in range(rounds):
        torch.set_num_threads(2)
        best["coqui, two threads"] = max(best["coqui, two threads"], _spoken_per_second(stock, seconds))
        torch.set_num_threads(1)
        command = [sys.executable, "-m", "bench.engine", "--speak", str(root), precision, str(seconds)]
        workers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
        ]
        for worker in workers:
            assert worker.stdout and worker.stdout.readline() == "ready\n"
        made = [worker.communicate("go\n")[0] for worker in workers]
        best["two workers"] = max(best["two workers"], sum(map(float, made)))
    for name, value in best.items():
        print(f"  {name:<22} {value:.1f}   {value / best['coqui, two threads']:.2f} times", flush=True)


def _speak_in_this_process(root: Path, precision: Any, seconds: float) -> None:
    """Be one of two workers: say "ready", wait for a line, and print the seconds of audio made in a second."""
    from voices.intake import sandbox

    glow_tts, hifigan = (
        ConvertedModel(sandbox.read_settings(root / paths.kind), root / paths.kind, paths)
        for paths in (find_model(root / "g", "glow_tts"), find_model(root / "h", "hifigan"))
    )
    voice = Voice(glow_tts, hifigan, "spelled", ExportedEngine(1, precision))
    synthesize(voice, TEXT)
    print("ready", flush=True)
    sys.stdin.readline()
    print(_spoken_per_second(lambda: synthesize(voice, TEXT).duration_seconds, seconds))


def _spoken_per_second(run: Run, seconds: float) -> float:
    started, audio = time.perf_counter(), 0.0
    while (elapsed := time.perf_counter() - started) < seconds:
        audio += run()
    return audio / elapsed


if __name__ == "__main__":
    main()
