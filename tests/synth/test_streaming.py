"""A stream has the same sound as the file, piece by piece."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from voices.synth import AudioFormatError, encode
from voices.synth.streaming import STREAM_FORMATS, stream_encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 22050
MP3_DELAY = 3000  # samples that an MP3 decoder may add before the first, at most


def syllables(count: int, seed: int = 0) -> NDArray[np.int16]:
    """Return bursts of sound, a fifth of a second each."""
    time = np.arange(round(count * 0.2 * RATE)) / RATE
    tone = np.sin(2 * np.pi * (180 + 20 * seed) * time) * np.sin(np.pi * time / 0.2) ** 2
    samples: NDArray[np.int16] = (12000 * tone).astype(np.int16)
    return samples


PIECES = [syllables(7), syllables(2, 1), syllables(12, 2)]


def streamed(audio_format: str, pieces: list[NDArray[np.int16]] = PIECES) -> list[bytes]:
    encoder = stream_encoder(audio_format, RATE)
    return [*(encoder.write(piece) for piece in pieces), encoder.close()]


def decoded(content: bytes) -> NDArray[np.float32]:
    samples: NDArray[np.float32] = soundfile.read(io.BytesIO(content), dtype="float32")[0]
    return samples


def test_pcm_is_the_samples() -> None:
    assert b"".join(streamed("pcm")) == np.concatenate(PIECES).astype("<i2").tobytes()
    assert stream_encoder("pcm", RATE).mime_type == "audio/pcm;rate=22050;channels=1"


def test_wav_has_the_samples_of_the_file_and_one_header() -> None:
    stream, file = b"".join(streamed("wav")), encode(np.concatenate(PIECES), RATE, "wav")
    assert stream.partition(b"data")[2][4:] == file.partition(b"data")[2][4:]
    read, rate = soundfile.read(io.BytesIO(stream), dtype="int16")
    assert rate == RATE
    np.testing.assert_array_equal(read, np.concatenate(PIECES))


def test_opus_decodes_to_the_same_as_the_file() -> None:
    stream, file = b"".join(streamed("opus")), encode(np.concatenate(PIECES), RATE, "opus")
    np.testing.assert_array_equal(decoded(stream), decoded(file))


def test_mp3_has_the_frames_of_the_file() -> None:
    stream, file = b"".join(streamed("mp3")), encode(np.concatenate(PIECES), RATE, "mp3")
    # Both begin with the same tag. In the file, the first frame holds the length instead of sound.
    tag = 10 + sum(byte << shift for byte, shift in zip(file[6:10], (21, 14, 7, 0), strict=True))
    frame = 72 * 64_000 // RATE
    assert stream[:tag] == file[:tag]
    assert stream[tag + frame :] == file[tag + frame :]
    assert decoded(stream).any()


@pytest.mark.parametrize("audio_format", STREAM_FORMATS)
def test_the_sound_of_a_piece_comes_out_with_it(audio_format: str) -> None:
    """At most a tenth of a second of each piece is held back."""
    first, *_ = streamed(audio_format)
    if audio_format == "pcm":
        heard = len(first) / 2
    else:
        samples = decoded(first)
        rate = soundfile.info(io.BytesIO(first)).samplerate
        heard = np.flatnonzero(np.abs(samples) > 0.05)[-1] * RATE / rate
    assert heard >= len(PIECES[0]) - 0.2 * RATE / 2 - 0.1 * RATE - (MP3_DELAY if audio_format == "mp3" else 0)


@pytest.mark.parametrize("audio_format", STREAM_FORMATS)
def test_a_stream_without_a_sound_is_whole(audio_format: str) -> None:
    content = b"".join(streamed(audio_format, []))
    assert len(content) < 2000
    if audio_format == "wav":
        assert len(decoded(content)) == 0


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(AudioFormatError, match="'flac'; there are wav, mp3, opus, pcm"):
        stream_encoder("flac", RATE)
