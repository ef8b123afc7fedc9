"""A training run that was killed is resumed, and ends with the same weights."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from testing.processes import REPOSITORY
from testing.small_voice import write_small_acoustic_model, write_small_corpus
from training.corpus.folder import recorded_sentences

STEPS = 60


def start(folder: Path, run: Path) -> "subprocess.Popen[str]":
    module = "training.train_acoustic"
    return subprocess.Popen(
        [sys.executable, "-m", module, folder / "corpus", run, "--steps", str(STEPS), "--from", folder / "start"],
        cwd=REPOSITORY,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    write_small_acoustic_model(folder / "start")
    write_small_corpus(folder / "corpus")
    return folder


@pytest.mark.timeout(400)
def test_a_killed_run_ends_with_the_weights_of_one_that_was_never_stopped(folder: Path) -> None:
    whole, killed = folder / "whole", folder / "killed"
    output, _ = start(folder, whole).communicate(timeout=120)
    assert f"{STEPS}/{STEPS}" in output and "min left" in output

    run = start(folder, killed)
    deadline = time.monotonic() + 120
    while not (killed / "acoustic.pth").exists():
        assert time.monotonic() < deadline and run.poll() is None
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    saved = torch.load(killed / "acoustic.pth", weights_only=True)["step"]
    assert saved < STEPS, "the run was over before it was killed"
    output, _ = start(folder, killed).communicate(timeout=120)
    assert int(output.splitlines()[1].partition("/")[0]) > saved  # the line after "6 utterances" has the step

    ends = [torch.load(run / "acoustic.pth", weights_only=True) for run in (whole, killed)]
    assert [end["step"] for end in ends] == [STEPS, STEPS]
    for name, weights in ends[0]["average"].items():
        assert torch.equal(weights, ends[1]["average"][name]), name
    start_weights = torch.load(folder / "start" / "1g_checkpoint_1.pth.tar", weights_only=True)["model"]
    assert not torch.equal(ends[0]["average"]["encoder.emb.weight"], start_weights["encoder.emb.weight"])
    assert list((whole / "tensorboard").rglob("events.*"))


def test_rejected_and_missing_wavs_are_not_trained_on(folder: Path, tmp_path: Path) -> None:
    write_small_corpus(tmp_path / "corpus")
    (tmp_path / "corpus" / "rejected.txt").write_text("1.wav\t0.83\n2.wav\t0.5\n", encoding="utf-8")
    (tmp_path / "corpus" / "3.wav").unlink()
    assert [wav.name for wav, _ in recorded_sentences(tmp_path / "corpus")] == ["0.wav", "4.wav", "5.wav"]
