"""Voices for the tests of voices/synth; written once, loaded once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from testing.tiny_voice import write_tiny_voice
from voices.synth import load_voice

if TYPE_CHECKING:
    from voices.synth.voice import Voice

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("voice_model")
    write_tiny_voice(root)
    return root


@pytest.fixture(scope="session")
def tiny_voice(tiny_root: Path) -> Voice:
    return load_voice(tiny_root / "glow-tts" / "1", tiny_root / "hifigan-v2" / "1", mode="pronounced")


@pytest.fixture
def tiny_folders(tiny_root: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the tiny voice's two folders, to be damaged."""
    shutil.copytree(tiny_root, tmp_path, dirs_exist_ok=True)
    return tmp_path / "glow-tts" / "1", tmp_path / "hifigan-v2" / "1"
