"""Where the files of brought voices are kept: below ``BROUGHT_VOICES_DIR``, in folders named by what is in them.

So the same pair is kept once, another config beside the same weights is another voice, and no name that a stranger
chose ever becomes a path.
"""

import hashlib
import math
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.conf import settings

from voices.library.card import FILE_NAME
from voices.library.card import MAX_BYTES as MAX_CARD_BYTES

WEIGHTS, CONFIG, STATISTICS = "checkpoint.pth", "config.json", "scale_stats.npy"  # as coqui-tts looks for them

Files = Mapping[str, IO[bytes]]  # what is to be kept, by the name that it gets


class KeptPair(NamedTuple):
    """The fields of a voice's row that say which files it is made of."""

    glow_tts_dir: str
    hifigan_dir: str
    glow_tts_sha256: str
    hifigan_sha256: str


def voice_folder(name: str) -> Path:
    """Return the folder of a voice's model: an imported one, else one that comes with the service."""
    imported = Path(settings.BROUGHT_VOICES_DIR) / name
    return imported if imported.is_dir() else Path(settings.VOICE_MODEL_DIR) / name


class UploadedPair:
    """The files of an upload, by the names that forms and the API have for them."""

    REQUIRED = ("glow_tts", "glow_tts_config", "hifigan", "hifigan_config")
    OPTIONAL = ("glow_tts_statistics", "hifigan_statistics", "card")
    # Weights are bounded by the whole upload alone.
    _MAX_BYTES = {"card": MAX_CARD_BYTES, "glow_tts": math.inf, "hifigan": math.inf}
    _OTHERS_MAX_BYTES = 2**20

    @classmethod
    def too_large(cls, given: Mapping[str, Any]) -> list[str]:
        """Names of the files that can't be what they should be, by their size."""
        names = [*cls.REQUIRED, *cls.OPTIONAL]
        return [
            name
            for name in names
            if given.get(name) and given[name].size > cls._MAX_BYTES.get(name, cls._OTHERS_MAX_BYTES)
        ]

    @staticmethod
    def files(given: Mapping[str, Any]) -> tuple[Files, Files]:
        """Acoustic model's and vocoder's, for :func:`keep_pair`."""

        def named(**names: str) -> Files:
            return {name: given[field].file for field, name in names.items() if given.get(field)}

        return (
            named(glow_tts=WEIGHTS, glow_tts_config=CONFIG, glow_tts_statistics=STATISTICS, card=FILE_NAME),
            named(hifigan=WEIGHTS, hifigan_config=CONFIG, hifigan_statistics=STATISTICS),
        )


def keep_pair(member_id: int, glow_tts: Files, hifigan: Files) -> KeptPair:
    """Copy both models' files. ``OSError`` leaves nothing half done where a voice would look for it.

    Of each model's files the first is its weights.
    """
    glow_tts_dir, glow_tts_sha256 = _keep("glow-tts", member_id, glow_tts)
    hifigan_dir, hifigan_sha256 = _keep("hifigan-v2", member_id, hifigan)
    return KeptPair(glow_tts_dir, hifigan_dir, glow_tts_sha256, hifigan_sha256)


def _keep(kind: str, member_id: int, files: Files) -> tuple[str, str]:
    """The folder's name and the SHA-256 of the weights."""
    parent = Path(settings.BROUGHT_VOICES_DIR) / kind
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix="incomplete-") as name:
        unfinished = Path(name) / "voice"
        unfinished.mkdir()
        hashes = {name: _copy(content, unfinished / name) for name, content in files.items()}
        all_of_it = hashlib.sha256("".join(f"{name} {sha256}\n" for name, sha256 in sorted(hashes.items())).encode())
        folder = f"{kind}/{member_id}-{all_of_it.hexdigest()[:16]}"
        target = Path(settings.BROUGHT_VOICES_DIR) / folder
        if not target.exists():
            try:
                unfinished.rename(target)
            except OSError:
                if not target.is_dir():  # else somebody kept the same files at the same moment
                    raise
    return folder, next(iter(hashes.values()))


def _copy(content: IO[bytes], target: Path) -> str:
    content.seek(0)
    with target.open("wb") as file:
        shutil.copyfileobj(content, file, 2**20)
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
