"""Keep the voices that this worker process speaks with in memory."""

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings

from voices.intake.settings import ModelKind
from voices.library.converted import converted_model, hashes_of
from voices.library.store import known_names
from voices.models import Voice as VoiceRow
from voices.synth.errors import MODELS, CheckpointError
from voices.synth.models import ConvertedModel, find_model
from voices.telemetry import metrics, traces
from voices.worker.engines import voice_of_fastest_engine

if TYPE_CHECKING:
    from voices.synth.voice import Voice


class LoadedVoices:
    """Loads voices on first use and keeps as many as fit; the least recently used is dropped first."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._voices: OrderedDict[tuple[str, ...], Voice] = OrderedDict()
        self._loading = threading.Lock()  # requests that are spoken at once

    def get(self, row: VoiceRow) -> "Voice":
        """Return the voice of ``row``, ready to speak.

        Raises :class:`CheckpointError` if its files can't be used, or aren't those it was imported with.
        """
        # The folders belong to the key: the same weights may lie beside another config.
        key = (row.glow_tts_dir, row.hifigan_dir, row.glow_tts_sha256, row.hifigan_sha256, row.mode)
        with self._loading:
            if key not in self._voices:
                with metrics.VOICE_LOAD_SECONDS.time(), traces.span("load voice", voice=row.pk):
                    self._voices[key] = _load(row)
                while len(self._voices) > 1 and self._bytes() > self.max_bytes:
                    self._voices.popitem(last=False)
                metrics.VOICES_LOADED.set(len(self._voices))
                metrics.VOICE_BYTES.set(self._bytes())
            self._voices.move_to_end(key)
            return self._voices[key]

    def _bytes(self) -> int:
        # Voices with the same vocoder share it.
        networks = {id(network): network for voice in self._voices.values() for network in voice.networks}
        return sum(network.memory_bytes for network in networks.values())


def _load(row: VoiceRow) -> "Voice":
    glow_tts = _converted(row.glow_tts_dir, row.glow_tts_path, "glow_tts", row.glow_tts_sha256)
    hifigan = _converted(row.hifigan_dir, row.hifigan_path, "hifigan", row.hifigan_sha256)
    return voice_of_fastest_engine(glow_tts, hifigan, cast(Any, row.mode))


def _converted(name: str, folder: Path, kind: ModelKind, sha256: str) -> ConvertedModel:
    paths = find_model(folder, kind, known_names(folder))
    hashes = hashes_of(paths)
    if hashes["weights"] != sha256:
        raise CheckpointError(MODELS[kind], paths.name("weights"), "other_weights")
    return converted_model(name, paths, hashes)


loaded_voices = LoadedVoices(settings.VOICE_MEMORY_BYTES)
