"""Write a voice's networks as OpenVINO's files, from its converted weights. Needs numpy and openvino, and no torch."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import openvino
import safetensors
import safetensors.numpy

from voices.intake import sandbox
from voices.intake.refusal import Refused
from voices.intake.settings import AcousticModelSettings
from voices.intake.weight_norm import weight_norm_pairs
from voices.synth.engine import Unexportable, graphs
from voices.synth.engine.layers import Layers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voices.synth.models import ConvertedModel

VERSION = 1  # of `graphs`; another one exports anew

ACOUSTIC_PARTS = ("encoder", "decoder")
VOCODER_PARTS = ("vocoder_front", "vocoder_back")


def export_folder(source: ConvertedModel) -> Path:
    """Return the folder with a model's export, which is made now if there is none. It goes with the conversion.

    Raises Unexportable if the model can't be exported, or its export can't be written.
    """
    release = openvino.get_version().partition("-")[0]
    folder = source.folder / f"exported-{VERSION}-{release}"
    if folder.is_dir():
        return folder
    try:
        unfinished = Path(tempfile.mkdtemp(dir=source.folder, prefix="incomplete-"))
        try:
            _export(source, unfinished)
            unfinished.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process exported the same model at the same moment
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise Unexportable(f"the export can't be written: {error}") from error
    for other in source.folder.glob("exported-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def _export(source: ConvertedModel, folder: Path) -> None:
    settings = source.converted.model
    layers = Layers(_folded_weights(source.folder / sandbox.WEIGHTS))
    parts = ACOUSTIC_PARTS if isinstance(settings, AcousticModelSettings) else VOCODER_PARTS
    try:
        models = {part: getattr(graphs, part)(settings, layers) for part in parts}
    except (ValueError, IndexError, RuntimeError) as error:  # sizes that don't go together
        raise Unexportable(str(error)[:200]) from error
    layers.refuse_others()
    for part, model in models.items():
        openvino.save_model(model, folder / f"{part}.xml", compress_to_fp16=False)


def _folded_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of a safetensors file, with weight normalization folded in."""
    try:
        weights: dict[str, NDArray[np.float32]] = safetensors.numpy.load(path.read_bytes())
        shapes = {name: (tensor.shape, tensor.dtype.kind == "f") for name, tensor in weights.items()}
        for pair in list(weight_norm_pairs(shapes)):
            direction, magnitude = weights.pop(pair.direction), weights.pop(pair.magnitude)
            length = np.sqrt(np.square(direction).sum(axis=tuple(range(1, direction.ndim)), keepdims=True))
            weights[pair.weight] = direction * (magnitude / length)
    except (safetensors.SafetensorError, Refused) as error:
        raise Unexportable(str(error)) from error
    return weights
