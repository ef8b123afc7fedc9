"""Find the files of a model in a folder, by their names; nothing is read.

Two layouts are known: that of the Flask server (`1g_checkpoint_30000.pth.tar`, `1g_config.json`, `1g_scale_stats.npy`,
and `1h_…` for the vocoder), written by SCE-TTS, a fork of coqui 0.0.14; and that of coqui-tts (`config.json`,
`best_model.pth`). Endings may be in capitals.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voices.intake.refusal import Part, Refused
from voices.intake.settings import ModelKind

CARD = "voice.toml"
LETTERS: Mapping[ModelKind, str] = {"glow_tts": "g", "hifigan": "h"}  # of the legacy names


@dataclass(frozen=True)
class ModelPaths:
    """The paths of a model's files. `names` has the names that messages use in place of the files' own."""

    kind: ModelKind
    weights: Path
    config: Path
    statistics: Path | None = None
    card: Path | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # by the name of the file

    def __iter__(self) -> Iterator[tuple[Part, Path]]:
        """Go through the files that there are, the weights first."""
        paths: dict[Part, Path | None] = {
            "weights": self.weights, "config": self.config, "statistics": self.statistics, "card": self.card
        }  # fmt: skip
        return ((part, path) for part, path in paths.items() if path is not None)

    def name(self, part: Part) -> str:
        """Return the name of a file for messages; statistics that are missing have one too."""
        expected: dict[Part, str] = {
            "weights": self.weights.name, "config": self.config.name, "card": CARD, "folder": self.weights.parent.name,
            "statistics": self.statistics.name if self.statistics else _statistics_name(self.config.name),
        }  # fmt: skip
        return self.names.get(expected[part], expected[part])


def find_model_paths(folder: Path, kind: ModelKind, names: Mapping[str, str] | None = None) -> ModelPaths:
    """Return the config in `folder`, the newest weights of it, and what lies beside them.

    `names` has the names that messages use in place of the files' own.

    Raises Refused if the folder is missing, or has not exactly one config, or no weights.
    """
    found = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    found = [name for name in found if not name.startswith(".")]  # of the Mac: ._config.json, .DS_Store
    if not found:
        raise Refused("folder", "folder_empty")
    letter = LETTERS[kind]
    configs = [name for name in found if re.fullmatch(rf"\d*{letter}_config\.json|config\.json", name, re.IGNORECASE)]
    if not configs:
        raise Refused("folder", "no_config", letter=letter)
    if len(configs) > 1:
        raise Refused("folder", "several_configs", names=", ".join(configs))
    config = configs[0]
    weights = _newest_weights(found, config[: -len("config.json")])
    if weights is None:
        raise Refused("folder", "no_checkpoint")
    by_small_name = {name.lower(): folder / name for name in found}
    return ModelPaths(
        kind,
        folder / weights,
        folder / config,
        by_small_name.get(_statistics_name(config).lower()),
        by_small_name.get(CARD) if kind == "glow_tts" else None,
        names or {},
    )


def _statistics_name(config: str) -> str:
    return config[: -len("config.json")] + "scale_stats.npy"


def _newest_weights(names: list[str], prefix: str) -> str | None:
    """Return the best model if there is one, else the checkpoint of the highest step, else another .pth file."""
    candidates: list[tuple[int, float, str]] = []
    for name in names:
        pattern = rf"{re.escape(prefix)}(?:(checkpoint|best_model)_?(\d{{0,15}}))?.*\.pth(?:\.tar)?"
        match = re.fullmatch(pattern, name, re.IGNORECASE)
        if match:
            kind = {"": 0, "checkpoint": 1, "best_model": 2}[(match[1] or "").lower()]
            # "best_model.pth" without a step is a copy of the best of the numbered ones, so it comes first.
            candidates.append((kind, int(match[2]) if match[2] else math.inf, name))
    return max(candidates)[2] if candidates else None
