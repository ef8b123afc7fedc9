"""The sound files of a folder, and the names that lists of recordings use for them."""

import re
import unicodedata
from pathlib import Path

from django.utils.translation import gettext as _

# The first is taken where several have one name.
SOUNDS = (".wav", ".wave", ".flac", ".aif", ".aiff", ".caf", ".w64", ".au", ".ogg", ".oga", ".opus", ".mp3")
# Telephones and recorders write these; libsndfile can't read them.
UNREADABLE_SOUNDS = (".m4a", ".mp4", ".aac", ".wma", ".amr", ".3gp", ".webm", ".mov")
SOUND_FOLDERS = ("wavs", "wav")  # lists leave them out
_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")


def lies_in(path: Path, folder: Path) -> bool:
    """Return whether `path` is a file, and inside the folder after links are resolved."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def is_hidden(path: Path) -> bool:
    """Return whether a name is of a system's own files: `._a.wav` and `__MACOSX` are the Mac's."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


class SoundFiles:
    """The sound files of a folder, also in folders below it.

    Names are compared without case and in composed form: Macs write Hangul decomposed, and recorders write `.WAV`.
    """

    def __init__(self, folder: Path) -> None:
        """Look through `folder`; hidden files, and links that lead out of it, are left out."""
        self._paths: dict[str, Path] = {}
        self._unreadable: dict[str, Path] = {}
        self._by_name: dict[str, list[Path]] = {}  # without the folders
        self._loose: dict[str, list[Path]] = {}  # without zeros, spaces and signs
        self._folder = folder
        files = [
            path
            for path in sorted(folder.rglob("*"))
            if path.suffix.lower() in SOUNDS + UNREADABLE_SOUNDS
            and not is_hidden(path.relative_to(folder))
            and lies_in(path, folder)
        ]
        sounds = [path for path in files if path.suffix.lower() in SOUNDS]
        for path in sorted(sounds, key=lambda path: SOUNDS.index(path.suffix.lower())):
            for name in self._names(path):
                self._paths.setdefault(_key(name), path)
            for name in (path.name, path.stem):
                self._by_name.setdefault(_key(name), []).append(path)
            self._loose.setdefault(_loose_key(path.stem), []).append(path)
        for path in set(files) - set(sounds):
            for name in self._names(path):
                self._unreadable.setdefault(_key(name), path)

    def _names(self, path: Path) -> list[str]:
        whole = path.relative_to(self._folder)
        shorter = whole.relative_to(whole.parts[0]) if whole.parts[0].lower() in SOUND_FOLDERS else whole
        return [name.as_posix() for name in (whole, whole.with_suffix(""), shorter, shorter.with_suffix(""))]

    def find(self, name: str) -> Path | None:
        """Return the file that a list names, with or without its ending; None if there is none in the folder.

        A path of another machine, as `/content/wavs/a.wav` or `D:\\wavs\\a.wav`, finds the one file of that name.
        """
        name = _plain(name)
        for wanted in (name, _without_ending(name)):
            if path := self._paths.get(_key(wanted)):
                return path
        if _ABSOLUTE.match(name):
            own = name.rpartition("/")[2]
            for wanted in (own, _without_ending(own)):
                if len(paths := self._by_name.get(_key(wanted), [])) == 1:
                    return paths[0]
        return None

    def why_not(self, name: str) -> str:
        """Return why `find` finds nothing, in a way that leads to the mend."""
        name = _plain(name)
        for wanted in (name, _without_ending(name)):
            if path := self._unreadable.get(_key(wanted)):
                return unreadable_message(path.suffix[1:].upper())
        own = _without_ending(name.rpartition("/")[2])
        meant = self._by_name.get(_key(own), []) or (self._loose.get(_loose_key(own), []) if own else [])
        if own.isprintable() and meant:
            names = ", ".join(path.relative_to(self._folder).as_posix() for path in meant[:3])
            return _("names no WAV in this folder; is this meant: %(names)s?") % {"names": names}
        return _("names no WAV in this folder")


def unreadable_message(kind: str) -> str:
    """Return the message for a kind of sound file that can't be read."""
    return _("is %(kind)s, which can't be read; save it as WAV or FLAC") % {"kind": kind}


def _plain(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")


def _without_ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return stem if dot and f".{ending.lower()}" in SOUNDS + UNREADABLE_SOUNDS else name


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _loose_key(name: str) -> str:
    letters = re.sub(r"[\W_]", "", _key(name))
    return re.sub(r"0+(?=\d)", "", letters)
