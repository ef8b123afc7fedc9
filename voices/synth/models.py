"""Find and convert the models of a voice, without torch; errors say which model and which file."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voices.intake import sandbox
from voices.intake.model_paths import ModelPaths, find_model_paths
from voices.intake.refusal import Refused
from voices.synth.errors import MODELS, checkpoint_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voices.intake.settings import Converted, ModelKind


@dataclass(frozen=True)
class ConvertedModel:
    """A model that a child process has converted: its settings, the folder with its weights, and where it came from."""

    converted: Converted
    folder: Path
    paths: ModelPaths  # for messages


def find_model(folder: Path, kind: ModelKind, names: Mapping[str, str] | None = None) -> ModelPaths:
    """Find the files of a model. Raises CheckpointError if the folder does not hold one.

    `names` has the names that messages use in place of the files' own.
    """
    try:
        return find_model_paths(folder, kind, names)
    except Refused as refused:
        raise checkpoint_error(refused, MODELS[kind], folder.name) from refused


def convert_model(paths: ModelPaths, parent: Path) -> ConvertedModel:
    """Convert a model's files into a new folder below `parent`.

    Raises CheckpointError if a file is refused, OSError if the converted ones can't be written.
    """
    folder = Path(tempfile.mkdtemp(dir=parent, prefix="incomplete-"))
    try:
        return ConvertedModel(sandbox.convert(paths, folder), folder, paths)
    except Refused as refused:
        shutil.rmtree(folder)
        raise checkpoint_error(refused, MODELS[paths.kind], paths.name(refused.refusal.part)) from refused
