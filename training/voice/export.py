"""Export the averaged weights of a run as a voice: checkpoints in coqui-tts's format beside their configs.

    python -m training.voice.export RUN_FOLDER VOICE_MODEL_FOLDER [--voice 1]

The models that the run folder has (acoustic, vocoder, or both) are exported. The step in the name of a checkpoint
includes the steps of the voice that the run started from.
"""

import argparse
import json
import pathlib

import torch
from coqpit import Coqpit

from training.models.coqui import HifiganConfig, load_config

REFINEMENT_ROUNDS = 12  # of the sound, by `voices.synth.refinement`; more help little
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
    write_config(config, folder / f"{prefix}_config.json")
    checkpoint = folder / f"{prefix}_checkpoint_{steps}.pth.tar"
    torch.save({"model": weights, "step": steps}, checkpoint)
    return checkpoint


def write_config(config: Coqpit, path: pathlib.Path) -> None:
    """Write a config for coqui-tts and the service; that of a vocoder asks for the refinement of its sound.

    coqui-tts ignores the key, and has no field for it.
    """
    config.save_json(str(path))
    if isinstance(config, HifiganConfig):
        values = json.loads(path.read_text(encoding="utf-8"))
        values["refinement_rounds"] = REFINEMENT_ROUNDS
        path.write_text(json.dumps(values, indent=4), encoding="utf-8")


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
