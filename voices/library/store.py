"""Where the files of imported voices are stored: below ``IMPORTED_VOICES_DIR``, in folders named after their content.

So the same pair is stored once, another config beside the same weights makes another voice, and no name that somebody
chose elsewhere becomes a path.
"""

import contextlib
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from voices.library.converted import converted_folder
from voices.library.hashes import sha256_of
from voices.library.model_files import ModelFiles, PairFiles, SourceFile

# Beside the files of an upload: the names that they had, for messages.
KNOWN_AS = "known_as.json"


class StoredPair(NamedTuple):
    """The fields of a voice's row that say which files it is made of."""

    glow_tts_dir: str
    hifigan_dir: str
    glow_tts_sha256: str
    hifigan_sha256: str


def voice_folder(name: str) -> Path:
    """Return the folder of a voice's model: an imported one, else one that comes with the service."""
    imported = Path(settings.IMPORTED_VOICES_DIR) / name
    return imported if imported.is_dir() else Path(settings.VOICE_MODEL_DIR) / name


def known_names(folder: Path) -> dict[str, str]:
    """Return the names that the user knows the files in a folder by; empty if they are the files' own."""
    with contextlib.suppress(FileNotFoundError):
        names: dict[str, str] = json.loads((folder / KNOWN_AS).read_text(encoding="utf-8"))
        return names
    return {}


def store_pair(member_id: int, pair: PairFiles) -> StoredPair:
    """Copy the files of both models. After an ``OSError`` no folder is left where a voice would look for it."""
    glow_tts_dir, glow_tts_sha256 = _store("glow-tts", member_id, pair.glow_tts)
    hifigan_dir, hifigan_sha256 = _store("hifigan-v2", member_id, pair.hifigan)
    return StoredPair(glow_tts_dir, hifigan_dir, glow_tts_sha256, hifigan_sha256)


def delete_stored(name: str) -> None:
    """Delete the folder of an imported model and its conversion. The folders that come with the service are left."""
    folder = Path(settings.IMPORTED_VOICES_DIR) / name
    if not folder.is_dir():
        return
    # Renamed first, so that no voice is ever loaded from half of its files.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="deleted-") as doomed:
        folder.rename(Path(doomed) / "voice")
    shutil.rmtree(converted_folder(name), ignore_errors=True)


def _store(kind: str, member_id: int, files: ModelFiles) -> tuple[str, str]:
    """Return the name of the folder and the SHA-256 of the weights."""
    parent = Path(settings.IMPORTED_VOICES_DIR) / kind
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix="incomplete-") as name:
        unfinished = Path(name) / "voice"
        unfinished.mkdir()
        hashes = {file.name: _copy(file, unfinished) for file in files}
        content = hashlib.sha256("".join(f"{name} {sha256}\n" for name, sha256 in sorted(hashes.items())).encode())
        folder = f"{kind}/{member_id}-{content.hexdigest()[:16]}"
        target = Path(settings.IMPORTED_VOICES_DIR) / folder
        if not target.exists():
            try:
                unfinished.rename(target)
            except OSError:
                if not target.is_dir():  # otherwise another process stored the same files at the same moment
                    raise
    _keep_names(target, files)
    return folder, hashes[files.weights.name]


def _keep_names(folder: Path, files: ModelFiles) -> None:
    """Write down under which names the files came the last time."""
    names = {file.name: file.known_as for file in files if file.known_as}
    if names:
        unfinished = folder / f"{KNOWN_AS}.part"
        unfinished.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(folder / KNOWN_AS)


def _copy(source: SourceFile, folder: Path) -> str:
    source.content.seek(0)
    target = folder / source.name
    with target.open("wb") as file:
        shutil.copyfileobj(source.content, file, 2**20)
    return sha256_of(target)
