"""Average the weights of a vocoder at several stages of its training.

    python -m training.blend_vocoder BLEND_FOLDER RUN_FOLDER RUN_FOLDER ...

Spectral losses alone keep the spectrum closest to the original, discriminators keep the pitch; the mean of the weights
before and after the discriminators was better than either in both. The runs must descend from each other: the mean of
unrelated weights makes noise. Copy a run's folder to keep a stage of it. BLEND_FOLDER is what `training.voice.export`
takes; it counts the steps of the longest run.
"""

import argparse
import pathlib
import shutil
from typing import Any

import torch

WEIGHTS, CONFIG = "vocoder.pth", "vocoder_config.json"


def blend(runs: list[pathlib.Path], folder: pathlib.Path) -> None:
    """Write the mean of the runs' averaged weights into `folder`, with the steps and the config of the longest."""
    saved = [torch.load(run / WEIGHTS, map_location="cpu", weights_only=True) for run in runs]
    longest = max(range(len(runs)), key=lambda n: _steps(saved[n]))
    averages = [run["average"] for run in saved]
    blended = {name: torch.stack([weights[name] for weights in averages]).mean(0) for name in averages[0]}
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"average": blended, "step": _steps(saved[longest]), "steps_before": 0}, folder / WEIGHTS)
    shutil.copy(runs[longest] / CONFIG, folder / CONFIG)


def _steps(saved: dict[str, Any]) -> int:
    steps: int = saved["steps_before"] + saved["step"]
    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description="Average the weights of a vocoder at several stages of its training.")
    parser.add_argument("blend", type=pathlib.Path)
    parser.add_argument("runs", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()
    blend(arguments.runs, arguments.blend)


if __name__ == "__main__":
    main()
