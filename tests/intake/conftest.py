"""The files of a small voice, to be damaged, and the child that must refuse them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from testing.legacy_voice import write_legacy_voice
from voices.intake import sandbox
from voices.intake.model_paths import find_model_paths
from voices.intake.refusal import Refusal, Refused
from voices.intake.settings import Converted, ModelKind

Intake = Callable[[Path, ModelKind], Converted | Refusal]


@pytest.fixture(scope="session")
def legacy_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("legacy_voice")
    write_legacy_voice(root / "glow_tts", root / "hifigan")
    return root


@pytest.fixture
def files(legacy_root: Path, tmp_path: Path) -> Path:
    """A copy of the voice: glow_tts/ and hifigan/."""
    return Path(shutil.copytree(legacy_root, tmp_path / "files"))


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    """Let the child read a model of the voice; return its settings, or why it was refused."""

    def intake(folder: Path, kind: ModelKind) -> Converted | Refusal:
        converted = tmp_path / "converted"
        converted.mkdir(exist_ok=True)
        try:
            return sandbox.convert(find_model_paths(folder, kind), converted)
        except Refused as refused:
            return refused.refusal

    return intake
