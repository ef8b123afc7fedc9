"""The formats of OpenAI that are no streams of ours: samples at OpenAI's rate, and FLAC."""

import numpy as np
import soxr
from numpy.typing import NDArray

from voices.synth.audio import FORMATS, FULL_SCALE, clipped16, encode
from voices.synth.mark import Mark
from voices.synth.streaming import StreamEncoder, stream_encoder

PCM_SAMPLE_RATE = 24_000  # Hz; clients take it for granted


def encoder_of(audio_format: str, sample_rate: int, mark: Mark) -> StreamEncoder:
    """Return an encoder for one of the formats that ``response_format`` may name."""
    match audio_format:
        case "pcm":
            return _Pcm(sample_rate)
        case "flac":
            return _WholeFlac(sample_rate, mark)
    return stream_encoder(audio_format, sample_rate, mark)


class _Pcm:
    """16 bits, little-endian, at ``PCM_SAMPLE_RATE``."""

    mime_type = "audio/pcm"

    def __init__(self, sample_rate: int) -> None:
        self._resampler = soxr.ResampleStream(sample_rate, PCM_SAMPLE_RATE, 1, dtype="float32")

    def write(self, samples: NDArray[np.int16]) -> bytes:
        return self._resampled(samples)

    def close(self) -> bytes:
        return self._resampled(np.zeros(0, np.int16), last=True)

    def _resampled(self, samples: NDArray[np.int16], last: bool = False) -> bytes:
        sound = self._resampler.resample_chunk(samples.astype(np.float32) / FULL_SCALE, last=last)
        return clipped16(sound).astype("<i2").tobytes()


class _WholeFlac:
    """The file at the end: the head of a FLAC file says how long the sound is, and a player may need that."""

    mime_type = FORMATS["flac"].mime_type

    def __init__(self, sample_rate: int, mark: Mark) -> None:
        self._sample_rate = sample_rate
        self._mark = mark
        self._written: list[NDArray[np.int16]] = []

    def write(self, samples: NDArray[np.int16]) -> bytes:
        self._written.append(samples)
        return b""

    def close(self) -> bytes:
        return encode(np.concatenate(self._written), self._sample_rate, "flac", self._mark)
