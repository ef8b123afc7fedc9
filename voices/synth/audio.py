"""Measure, trim and encode samples. libsndfile writes every format; ffmpeg is not needed."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from voices.synth.errors import AudioFormatError
from voices.synth.mark import Mark, write_mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Sample = TypeVar("Sample", np.float32, np.float64)

FRAME_SECONDS = 0.010  # levels are measured frame by frame
SILENCE_DB = -55.0  # relative to the loudest frame; breaths and soft final consonants are louder
MARGIN_SECONDS = 0.05  # left before and after speech
LIMITER_SECONDS = 0.005  # before and after a peak, over which the gain falls and rises
FADE_SECONDS = 0.005  # at each end, so that a cut makes no click
FULL_SCALE = 32767  # of samples in 16 bits
NO_MARK = Mark()  # says only that AI made it, by this service
PEAK = 0.99  # of full scale; above it, lossy codecs and resampling clip


@dataclass(frozen=True)
class AudioFormat:
    """An audio file format that `encode` can write."""

    extension: str
    mime_type: str
    container: str  # libsndfile's name
    subtype: str  # libsndfile's name
    sample_rates: tuple[int, ...] = ()  # Hz, ascending; empty: any
    options: Mapping[str, Any] = field(default_factory=dict)  # of soundfile.SoundFile

    def writer(self, file: io.IOBase, sample_rate: int, mark: Mark) -> Any:
        """Return a `soundfile.SoundFile` that writes one channel into `file`, which says where it comes from."""
        import soundfile

        sound = soundfile.SoundFile(
            file, "w", sample_rate, channels=1, format=self.container, subtype=self.subtype, **self.options
        )
        write_mark(sound, mark)
        return sound

    def nearest_rate(self, sample_rate: int) -> int:
        """Return the lowest rate of the format that loses nothing of audio at `sample_rate`, or its highest."""
        if not self.sample_rates or sample_rate in self.sample_rates:
            return sample_rate
        return next((rate for rate in self.sample_rates if rate >= sample_rate), self.sample_rates[-1])


FORMATS = {
    "wav": AudioFormat("wav", "audio/wav", "WAV", "PCM_16"),
    "mp3": AudioFormat(
        "mp3",
        "audio/mpeg",
        "MP3",
        "MPEG_LAYER_III",
        (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
        # 64 kbit/s at 16 to 24 kHz. Without a constant rate, no player could tell how long a stream is that was saved.
        {"bitrate_mode": "CONSTANT", "compression_level": 0.6},
    ),
    "opus": AudioFormat("opus", "audio/ogg", "OGG", "OPUS", (48000,)),
    "flac": AudioFormat("flac", "audio/flac", "FLAC", "PCM_16"),
}


def clipped16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return `samples` in 16 bits; what resampling has lifted above -1..1 is cut off."""
    return np.rint(np.clip(samples, -1, 1) * FULL_SCALE).astype(np.int16)


def pcm16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return `samples` (-1..1) in 16 bits, scaled down together if their peak is above `PEAK`."""
    return np.rint(_below_peak(samples) * FULL_SCALE).astype(np.int16)


def encode(
    samples: NDArray[np.float32] | NDArray[np.int16], sample_rate: int, audio_format: str, mark: Mark = NO_MARK
) -> bytes:
    """Encode `samples` (float32, -1..1, or 16 bits; [n_samples]) as a file of one of FORMATS, with its mark.

    Samples are resampled if the format does not allow their rate. A WAV or FLAC file has samples of 16 bits unchanged;
    those in float are scaled down if their peak is above `PEAK`.

    Raises:
        AudioFormatError: `audio_format` is not in FORMATS.
    """
    import soxr  # and below soundfile, which loads libsndfile; reading a text needs neither

    if audio_format not in FORMATS:
        raise AudioFormatError(audio_format, tuple(FORMATS))
    target = FORMATS[audio_format]
    if samples.dtype != np.int16:
        samples = pcm16(samples.astype(np.float32))
    rate = target.nearest_rate(sample_rate)
    if rate != sample_rate:
        samples, sample_rate = soxr.resample(samples.astype(np.float32) / FULL_SCALE, sample_rate, rate), rate
    file = io.BytesIO()
    with target.writer(file, sample_rate, mark) as sound:
        # One long write overflows the stack of libsndfile's Ogg encoders; one second at a time does not.
        for start in range(0, len(samples), sample_rate):
            sound.write(samples[start : start + sample_rate])
    return file.getvalue()


def frame_energies(samples: NDArray[Sample], frame_length: int) -> NDArray[Sample]:
    """Return the mean square of every `frame_length` samples, [n_frames]; an incomplete last frame is left out."""
    n_frames = len(samples) // frame_length
    energies: NDArray[Sample] = (
        np.square(samples[: n_frames * frame_length]).reshape(n_frames, frame_length).mean(axis=1)
    )
    return energies


def frame_levels(samples: NDArray[Sample], frame_length: int) -> NDArray[np.float64]:
    """Return the level of every `frame_length` samples in dB below full scale, [n_frames]; digital silence is -100."""
    levels: NDArray[np.float64] = 10 * np.log10(frame_energies(samples.astype(np.float64), frame_length) + 1e-10)
    return levels


def speech_bounds(samples: NDArray[np.float32], sample_rate: int) -> tuple[int, int]:
    """Return the first and the end sample of the speech, with margins; the whole range if all is silent."""
    frame = max(1, round(FRAME_SECONDS * sample_rate))
    energies = frame_energies(samples, frame)
    loud = np.flatnonzero(energies > energies.max(initial=0) * 10 ** (SILENCE_DB / 10))
    if len(loud) == 0:
        return 0, len(samples)
    margin = round(MARGIN_SECONDS * sample_rate)
    return max(0, int(loud[0]) * frame - margin), min(len(samples), (int(loud[-1]) + 1) * frame + margin)


def fade_ends(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Return a copy that fades in from zero and out to zero, so that joining it to silence makes no click."""
    faded = samples.copy()
    length = min(round(FADE_SECONDS * sample_rate), len(samples) // 2)
    if length:
        ramp = np.linspace(0, 1, length, dtype=np.float32)
        faded[:length] *= ramp
        faded[-length:] *= ramp[::-1]
    return faded


def limit_peaks(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Return samples that fit into full scale: where one does not, the gain falls to `PEAK` for some milliseconds.

    Unlike a lower gain for the whole sentence, this leaves its loudness as it is.
    """
    from scipy import ndimage  # only a worker has it

    magnitudes = np.abs(samples)
    if float(magnitudes.max(initial=0.0)) <= 1:
        return samples
    gains = PEAK / np.maximum(magnitudes, PEAK)
    width = 2 * round(LIMITER_SECONDS * sample_rate) + 1
    # Each mean is of gains that are as low as the peak needs, so the peak itself gets at most that.
    smooth = ndimage.uniform_filter1d(ndimage.minimum_filter1d(gains, width), width)
    limited: NDArray[np.float32] = samples * smooth.astype(np.float32)
    return limited


def silence(seconds: float, sample_rate: int) -> NDArray[np.float32]:
    """Return `seconds` of zeros."""
    return np.zeros(round(seconds * sample_rate), dtype=np.float32)


def _below_peak(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    peak = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(PEAK / peak) if peak > PEAK else samples
