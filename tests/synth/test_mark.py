"""The mark that says where a file's speech comes from: in every format, without another sample."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from voices.synth import FORMATS, encode
from voices.synth.mark import SOURCE_TYPE, Mark
from voices.synth.streaming import stream_encoder

RATE = 22050
MARK = Mark(member="haneul", voice="a" * 64, request="b" * 32, made_at="2026-11-25T10:00:00")
SAID = {
    "ai_generated": True,
    "digital_source_type": SOURCE_TYPE,
    "service": "ForV Voices",
    "member": "haneul",
    "voice": "a" * 64,
    "request": "b" * 32,
    "made_at": "2026-11-25T10:00:00",
}
# Where each kind of file keeps it, by its first bytes and by the name of the comment.
PLACES = {
    "wav": (b"RIFF", b"ICMT"),
    "mp3": (b"ID3", b"COMM"),
    "opus": (b"OggS", b"COMMENT="),
    "flac": (b"fLaC", b"comment="),
}


@pytest.fixture
def tone() -> NDArray[np.int16]:
    sound: NDArray[np.int16] = (8000 * np.sin(np.arange(RATE) * 0.1)).astype(np.int16)
    return sound


def said_by(audio: bytes) -> tuple[dict[str, object], str, str]:
    with soundfile.SoundFile(io.BytesIO(audio)) as file:
        return json.loads(file.comment), file.title, file.artist


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_says_it_where_its_format_keeps_such_things(name: str, tone: NDArray[np.int16]) -> None:
    audio = encode(tone, RATE, name, MARK)
    start, place = PLACES[name]
    assert audio.startswith(start)
    assert place in audio[:2000]
    assert said_by(audio) == (SAID, "Speech made by AI", "haneul")


@pytest.mark.parametrize("name", FORMATS)
def test_its_samples_are_those_of_a_file_with_another_mark(name: str, tone: NDArray[np.int16]) -> None:
    one, other = (soundfile.read(io.BytesIO(encode(tone, RATE, name, mark)))[0] for mark in (MARK, Mark()))
    assert len(one)
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", FORMATS)
def test_no_file_goes_without_one(name: str, tone: NDArray[np.int16]) -> None:
    said, _, _ = said_by(encode(tone, RATE, name))
    assert said == {"ai_generated": True, "digital_source_type": SOURCE_TYPE, "service": "ForV Voices"}


@pytest.mark.parametrize("name", ["wav", "mp3", "opus"])
def test_a_stream_says_it_before_its_first_sample(name: str, tone: NDArray[np.int16]) -> None:
    encoder = stream_encoder(name, RATE, MARK)
    first = encoder.write(tone)
    assert PLACES[name][1] in first[:2000]
    audio = first + encoder.close()
    if name == "wav":  # its length is not known when it begins, which libsndfile does not take
        chunk = first[36:]
        assert struct.unpack("<4sI", chunk[:8])[0] == b"LIST"
        comment = chunk[chunk.index(b"ICMT") + 8 :]
        assert json.loads(comment[: comment.index(b"\0")]) == SAID
        data = chunk[8 + struct.unpack("<I", chunk[4:8])[0] :]
        assert data[:4] == b"data"
        np.testing.assert_array_equal(np.frombuffer(data[8:], "<i2"), tone)
    else:
        assert said_by(audio)[0] == SAID


def test_chunks_of_a_wav_stream_begin_at_even_places(tone: NDArray[np.int16]) -> None:
    for length in range(1, 5):
        header = stream_encoder("wav", RATE, Mark(member="x" * length)).write(tone)[:1000]
        assert header.index(b"data") % 2 == 0
