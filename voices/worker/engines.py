"""Which engine speaks in this worker: the exported networks by OpenVINO, or the reference by torch where that fails.

The engines are imported inside functions, because the web process must load none of them.
"""

import logging
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from voices.synth import coqui

if TYPE_CHECKING:
    from voices.synth.engine import Engine
    from voices.synth.engine.exported import ExportedEngine
    from voices.synth.models import ConvertedModel
    from voices.synth.text import Mode
    from voices.synth.voice import Voice

logger = logging.getLogger(__name__)

REQUESTS_ON_GPU = 8


def import_engine() -> None:
    """Import the engine that will speak, in the process that workers are forked from; no thread is started."""
    if settings.DEVICE == "cpu":
        try:
            from voices.synth.engine import exported  # noqa: F401

            return
        except ImportError:  # each worker says so
            pass
    coqui.import_models()


def voice_of_fastest_engine(glow_tts: "ConvertedModel", hifigan: "ConvertedModel", mode: "Mode") -> "Voice":
    """Load a voice with the fastest engine that can run it.

    Raises :class:`voices.synth.errors.CheckpointError` if its files can't be used.
    """
    from voices.synth.engine import Unexportable
    from voices.synth.voice import Voice

    for engine in exported_engines():
        try:
            return Voice(glow_tts, hifigan, mode, engine)
        except Unexportable as error:
            files = " and ".join(model.paths.name("weights") for model in (glow_tts, hifigan))
            logger.warning("OpenVINO (%s) can't speak with %s: %s", engine.precision, files, error)
    return Voice(glow_tts, hifigan, mode, reference_engine())


@cache
def exported_engines() -> tuple["ExportedEngine", ...]:
    """Return the engines for exported networks, the fastest first; none where they can't be used, which is logged."""
    if settings.DEVICE != "cpu":
        return ()
    try:
        from voices.synth.engine.exported import ExportedEngine

        fastest = ExportedEngine(settings.TORCH_THREADS)
    except (ImportError, RuntimeError) as error:
        logger.warning("OpenVINO can't be used, so torch speaks, which takes two to three times as long: %s", error)
        return ()
    logger.info("OpenVINO speaks, in %s", fastest.precision)
    return (fastest,) if fastest.precision == "f32" else (fastest, ExportedEngine(settings.TORCH_THREADS, "f32"))


@cache
def reference_engine() -> "Engine":
    """Return the engine that runs every voice."""
    import torch

    torch.set_num_threads(settings.TORCH_THREADS)
    if settings.DEVICE != "cpu":
        from voices.synth.engine.batching import BatchingEngine

        return BatchingEngine(settings.DEVICE)
    from voices.synth.engine.reference import ReferenceEngine

    return ReferenceEngine()


def requests_at_once() -> int:
    """Return how many requests a worker speaks at once: on a GPU several, whose sentences become one batch."""
    return 1 if settings.DEVICE == "cpu" else REQUESTS_ON_GPU
