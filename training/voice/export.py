"""Export the averaged weights of a run as a voice: checkpoints in coqui-tts's format beside their configs.

    python -m training.voice.export RUN_FOLDER VOICE_MODEL_FOLDER [--voice 1]

The models that the run folder has (acoustic, vocoder, or both) are exported. The step in the name of a checkpoint
includes the steps of the voice that the run started from.
"""

import argparse
import pathlib

import torch
from coqpit import Coqpit

from training.models.coqui import load_config

FOLDERS = {"acoustic": ("glow-tts", "g"), "vocoder": ("hifigan-v2", "h")}


def export(run: pathlib.Path, config: Coqpit, folder: pathlib.Path, prefix: str) -> pathlib.Path:
    """Write `{prefix}_checkpoint_{steps}.pth.tar` and `{prefix}_config.json` into `folder`; return the checkpoint."""
    trained = torch.load(run, map_location="cpu", weights_only=True)
    steps = trained.get("steps_before", 0) + trained["step"]
    # Half precision halves the size of the file, and its 11 bits are precise enough for these weights.
    weights = {
        name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in trained["average"].items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    for outdated in folder.glob(f"{prefix}_checkpoint_*.pth.tar"):
        outdated.unlink()
    config.save_json(str(folder / f"{prefix}_config.json"))
    checkpoint = folder / f"{prefix}_checkpoint_{steps}.pth.tar"
    torch.save({"model": weights, "step": steps}, checkpoint)
    return checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description="Export the averaged weights of a run as a voice.")
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("voice_model", type=pathlib.Path)
    parser.add_argument("--voice", default="1")
    arguments = parser.parse_args()
    trained = [model for model in FOLDERS if (arguments.run / f"{model}.pth").exists()]
    if not trained:
        parser.error(f"{arguments.run} has neither acoustic.pth nor vocoder.pth")
    for model in trained:
        folder, letter = FOLDERS[model]
        config = load_config(str(arguments.run / f"{model}_config.json"))
        written = export(
            arguments.run / f"{model}.pth",
            config,
            arguments.voice_model / folder / arguments.voice,
            arguments.voice + letter,
        )
        print(f"{written.name}: {written.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
