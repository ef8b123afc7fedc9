"""Open the model that a run starts from: a new one, or that of a finished voice."""

import pathlib
from dataclasses import dataclass
from typing import Any

import torch

from training.models.configs import acoustic_config, vocoder_config
from training.models.coqui import GlowTTS, HifiganGenerator, load_config


@dataclass(frozen=True)
class StartModel:
    """A model, its config, and the number of steps that it has been trained for."""

    model: Any
    config: Any
    steps: int


def open_acoustic_model(folder: pathlib.Path | None) -> StartModel:
    """Return a new Glow-TTS with random weights, or the one in an exported folder."""
    config = acoustic_config() if folder is None else load_config(str(_config_file(folder)))
    return _with_weights(StartModel(GlowTTS(config), config, 0), folder)


def open_vocoder(folder: pathlib.Path | None) -> StartModel:
    """Return a new HiFi-GAN generator with random weights, or the one in an exported folder."""
    config = vocoder_config() if folder is None else load_config(str(_config_file(folder)))
    return _with_weights(StartModel(build_generator(config), config, 0), folder)


def build_generator(config: Any) -> HifiganGenerator:
    """Return the generator that `config` describes, with random weights."""
    return HifiganGenerator(in_channels=config.audio.num_mels, out_channels=1, **config.generator_model_params)


def _config_file(folder: pathlib.Path) -> pathlib.Path:
    (config_file,) = folder.glob("*config.json")
    return config_file


def _with_weights(new: StartModel, folder: pathlib.Path | None) -> StartModel:
    if folder is None:
        return new
    (path,) = folder.glob("*_checkpoint_*.pth.tar")
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    weights = {name: w.float() if w.is_floating_point() else w for name, w in checkpoint["model"].items()}
    new.model.load_state_dict(weights)
    return StartModel(new.model, new.config, checkpoint["step"])
