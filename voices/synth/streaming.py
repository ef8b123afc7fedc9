"""Encode audio piece by piece, while it is spoken: what is written comes out at once, and nothing is rewritten."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from voices.synth.audio import FORMATS, FULL_SCALE, NO_MARK
from voices.synth.errors import AudioFormatError
from voices.synth.mark import Mark, info_chunk

if TYPE_CHECKING:
    from numpy.typing import NDArray

STREAM_FORMATS = ("wav", "mp3", "opus", "pcm")
OGG_PAGE_MS = 50.0  # of audio in each page: so much is held back at most, where libsndfile would hold back a second
_SET_OGG_PAGE_LATENCY_MS = 0x1302  # a command of libsndfile's sndfile.h
_UNKNOWN_LENGTH = 2**32 - 1  # in the header of a WAV file: it goes on until the end of the stream


def streamable(audio_format: str) -> str:
    """Return one of STREAM_FORMATS: the format itself, or WAV for one that can't be streamed."""
    return audio_format if audio_format in STREAM_FORMATS else "wav"


class StreamEncoder(Protocol):
    """Turns samples of 16 bits into the bytes of one stream; the bytes that it returns, joined, are the stream."""

    mime_type: str

    def write(self, samples: NDArray[np.int16]) -> bytes:
        """Return the bytes that are complete with `samples` [n_samples]; the encoder may hold some back."""
        ...

    def close(self) -> bytes:
        """Return the last bytes."""
        ...


def stream_encoder(audio_format: str, sample_rate: int, mark: Mark = NO_MARK) -> StreamEncoder:
    """Return an encoder for one of STREAM_FORMATS. Raises AudioFormatError for another one."""
    match audio_format:
        case "pcm":
            return _Pcm(f"audio/pcm;rate={sample_rate};channels=1")
        case "wav":
            return _Pcm(FORMATS["wav"].mime_type, _wav_header(sample_rate, mark))
        case "mp3" | "opus":
            return _Compressed(audio_format, sample_rate, mark)
    raise AudioFormatError(audio_format, STREAM_FORMATS)


class _Pcm:
    """Samples as they are, little-endian, after a header."""

    def __init__(self, mime_type: str, header: bytes = b"") -> None:
        self.mime_type = mime_type
        self._header = header

    def write(self, samples: NDArray[np.int16]) -> bytes:
        header, self._header = self._header, b""
        return header + samples.astype("<i2").tobytes()

    def close(self) -> bytes:
        return self._header


def _wav_header(sample_rate: int, mark: Mark) -> bytes:
    start = struct.pack(
        "<4sI4s4sIHHIIHH",
        b"RIFF", _UNKNOWN_LENGTH, b"WAVE",
        b"fmt ", 16, 1, 1, sample_rate, 2 * sample_rate, 2, 16,
    )  # fmt: skip
    return start + info_chunk(mark) + struct.pack("<4sI", b"data", _UNKNOWN_LENGTH)


class _Compressed:
    """MP3, or Opus in Ogg, by libsndfile: the same encoders that write the files."""

    def __init__(self, audio_format: str, sample_rate: int, mark: Mark) -> None:
        import soxr

        target = FORMATS[audio_format]
        rate = target.nearest_rate(sample_rate)
        self.mime_type = target.mime_type
        self._resampler = None if rate == sample_rate else soxr.ResampleStream(sample_rate, rate, 1, dtype="float32")
        self._second = rate
        self._sink = _Sink()
        self._sound = target.writer(self._sink, rate, mark)
        if audio_format == "opus":
            _set_page_latency(self._sound)

    def write(self, samples: NDArray[np.int16]) -> bytes:
        self._encode(samples)
        return self._sink.taken()

    def close(self) -> bytes:
        if self._resampler is not None:
            self._encode(np.zeros(0, np.int16), last=True)
        self._sound.close()
        return self._sink.taken()

    def _encode(self, samples: NDArray[np.int16], last: bool = False) -> None:
        sound: NDArray[Any] = samples
        if self._resampler is not None:
            sound = self._resampler.resample_chunk(samples.astype(np.float32) / FULL_SCALE, last=last)
        # One long write overflows the stack of libsndfile's Ogg encoders; one second at a time does not.
        for start in range(0, len(sound), self._second):
            self._sound.write(sound[start : start + self._second])


def _set_page_latency(sound: Any) -> None:
    # soundfile has no method for this command.
    import soundfile

    milliseconds = soundfile._ffi.new("double*", OGG_PAGE_MS)
    soundfile._snd.sf_command(sound._file, _SET_OGG_PAGE_LATENCY_MS, milliseconds, soundfile._ffi.sizeof("double"))


class _Sink(io.RawIOBase):
    """A file for libsndfile that keeps what is appended until it is taken.

    When libsndfile closes an MP3 file it writes the file's length into its first frame. In a stream that frame is long
    gone, so what is written before the end is dropped.
    """

    def __init__(self) -> None:
        self._end = self._position = 0
        self._new = bytearray()

    def taken(self) -> bytes:
        new = bytes(self._new)
        self._new.clear()
        return new

    def write(self, data: Any) -> int:
        if self._position == self._end:
            self._new += data
            self._end += len(data)
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._end}[whence]
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        return 0
