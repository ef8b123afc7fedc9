"""The files of one model, wherever they come from: an upload, or a folder on this machine."""

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from voices.intake import card
from voices.intake.model_paths import CARD, ModelPaths
from voices.intake.refusal import shorten
from voices.synth.models import find_model

# The names that an upload's files are stored under; coqui-tts looks for the same ones.
WEIGHTS, CONFIG, STATISTICS = "checkpoint.pth", "config.json", "scale_stats.npy"

REQUIRED_FIELDS = ("glow_tts", "glow_tts_config", "hifigan", "hifigan_config")
OPTIONAL_FIELDS = ("glow_tts_statistics", "hifigan_statistics", "card")
# Weights are bounded by the size of the whole upload alone.
_MAX_BYTES: Mapping[str, float] = {"card": card.MAX_BYTES, "glow_tts": math.inf, "hifigan": math.inf}
_OTHERS_MAX_BYTES = 2**20


class SourceFile(NamedTuple):
    """An open file, the name that it is to be stored under, and the name that the user knows it by."""

    name: str
    content: IO[bytes]
    known_as: str = ""  # empty: as it is stored


@dataclass(frozen=True)
class ModelFiles:
    """The files of an acoustic model or a vocoder; the card lies beside the acoustic model."""

    weights: SourceFile
    config: SourceFile
    statistics: SourceFile | None = None
    card: SourceFile | None = None

    def __iter__(self) -> Iterator[SourceFile]:
        """Go through the files that there are, the weights first."""
        return (file for file in (self.weights, self.config, self.statistics, self.card) if file is not None)


class PairFiles(NamedTuple):
    """The files of both models of a voice."""

    glow_tts: ModelFiles
    hifigan: ModelFiles


def too_large_fields(uploaded: Mapping[str, Any]) -> list[str]:
    """Return the fields of an upload whose files are larger than such files can be."""
    fields = [name for name in (*REQUIRED_FIELDS, *OPTIONAL_FIELDS) if uploaded.get(name)]
    return [name for name in fields if uploaded[name].size > _MAX_BYTES.get(name, _OTHERS_MAX_BYTES)]


def uploaded_pair(uploaded: Mapping[str, Any]) -> PairFiles:
    """Return the files of an upload, by its REQUIRED_FIELDS and OPTIONAL_FIELDS."""

    def file(field: str, name: str) -> SourceFile:
        return SourceFile(name, uploaded[field].file, shorten(uploaded[field].name))

    def optional(field: str, name: str) -> SourceFile | None:
        return file(field, name) if uploaded.get(field) else None

    return PairFiles(
        glow_tts=ModelFiles(
            file("glow_tts", WEIGHTS),
            file("glow_tts_config", CONFIG),
            optional("glow_tts_statistics", STATISTICS),
            optional("card", CARD),
        ),
        hifigan=ModelFiles(
            file("hifigan", WEIGHTS), file("hifigan_config", CONFIG), optional("hifigan_statistics", STATISTICS)
        ),
    )


@contextmanager
def open_pair(glow_tts_dir: Path, hifigan_dir: Path) -> Iterator[PairFiles]:
    """Open the files of both models in their folders; they keep their names.

    Raises :class:`voices.synth.errors.CheckpointError` if a file is missing.
    """
    with ExitStack() as stack:

        def open_model(paths: ModelPaths) -> ModelFiles:
            def file(path: Path) -> SourceFile:
                return SourceFile(path.name, stack.enter_context(path.open("rb")))

            statistics, its_card = (file(path) if path else None for path in (paths.statistics, paths.card))
            return ModelFiles(file(paths.weights), file(paths.config), statistics, its_card)

        yield PairFiles(
            open_model(find_model(glow_tts_dir, "glow_tts")), open_model(find_model(hifigan_dir, "hifigan"))
        )
