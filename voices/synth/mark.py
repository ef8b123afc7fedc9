"""The mark in an audio file that says, for machines, that the speech was made by AI, and by whom."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import Any

# IPTC's word for media made by a trained model, which C2PA and others use too.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
TITLE = "Speech made by AI"
# The chunks of LIST/INFO in a WAV file.
_INFO = {"title": b"INAM", "artist": b"IART", "software": b"ISFT", "date": b"ICRD", "comment": b"ICMT"}


@dataclass(frozen=True)
class Mark:
    """Where a file's speech comes from; what is not known is left empty."""

    service: str = "ForV Voices"
    member: str = ""  # its address name
    voice: str = ""  # SHA-256 of the acoustic model's checkpoint
    request: str = ""  # by which the service finds the request, and nobody else
    made_at: str = ""  # ISO 8601

    def as_json(self) -> str:
        """Return the mark in ASCII: the encoding of an ID3 tag's comment is one that not all programs agree on."""
        known = {name: value for name, value in asdict(self).items() if value}
        return json.dumps({"ai_generated": True, "digital_source_type": SOURCE_TYPE, **known})


def write_mark(sound: Any, mark: Mark) -> None:
    """Put the mark into a `soundfile.SoundFile` before its first sample.

    libsndfile writes it as LIST/INFO into WAV, as ID3 into MP3, and as Vorbis comments into Opus and FLAC.
    """
    for name, text in _fields(mark).items():
        setattr(sound, name, text)


def info_chunk(mark: Mark) -> bytes:
    """Return the mark as the LIST/INFO chunk of a WAV file."""
    content = b"INFO" + b"".join(_item(_INFO[name], text) for name, text in _fields(mark).items())
    return struct.pack("<4sI", b"LIST", len(content)) + content


def _fields(mark: Mark) -> dict[str, str]:
    """Return the tags by soundfile's names, in ASCII; libsndfile refuses empty ones."""
    tags = {
        "title": TITLE,
        "artist": mark.member,
        "software": mark.service,
        "date": mark.made_at[:10],
        "comment": mark.as_json(),
    }
    return {name: text for name, text in tags.items() if text}


def _item(name: bytes, text: str) -> bytes:
    ended = text.encode("ascii", "replace") + b"\0"
    return struct.pack("<4sI", name, len(ended)) + ended + b"\0" * (len(ended) % 2)
