"""Write the averaged weights of both runs as a voice: coqui checkpoints beside their configs.

python -m voice_model.training.export RUN_FOLDER VOICE_MODEL_FOLDER [--voice 1]
"""

import argparse
import pathlib

import torch
from coqpit import Coqpit

from voice_model.training.model_configs import acoustic_config, vocoder_config


def export(run: pathlib.Path, config: Coqpit, folder: pathlib.Path, prefix: str) -> pathlib.Path:
    """Write ``{prefix}_checkpoint_{steps}.pth.tar`` and ``{prefix}_config.json`` into ``folder``; return the former."""
    trained = torch.load(run, map_location="cpu", weights_only=True)
    # Half precision: 10 and 11 bits say all that is in these weights, in half the bytes.
    weights = {
        name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in trained["average"].items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    for outdated in folder.glob(f"{prefix}_checkpoint_*.pth.tar"):
        outdated.unlink()
    config.save_json(str(folder / f"{prefix}_config.json"))
    checkpoint = folder / f"{prefix}_checkpoint_{trained['step']}.pth.tar"
    torch.save({"model": weights, "step": trained["step"]}, checkpoint)
    return checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description="Write both runs' averaged weights as a voice.")
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("voice_model", type=pathlib.Path)
    parser.add_argument("--voice", default="1")
    arguments = parser.parse_args()
    for run, config, model, letter in (
        ("acoustic.pth", acoustic_config(), "glow-tts", "g"),
        ("vocoder.pth", vocoder_config(), "hifigan-v2", "h"),
    ):
        folder = arguments.voice_model / model / arguments.voice
        written = export(arguments.run / run, config, folder, arguments.voice + letter)
        print(f"{written.name}: {written.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
