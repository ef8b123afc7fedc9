"""manage.py wyoming: a real process beside the running service, and the protocol's own client."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeVoice

from testing.processes import REPOSITORY, Service, free_port, wait_until

SETTINGS = {"DJANGO_SETTINGS_MODULE": "forv.settings", "DJANGO_DEBUG": "1"}
LONG = "오늘은 아주 긴 이야기를 하나 들려 드릴게요. " * 30


@pytest.fixture(scope="module")
def port(live: Service, live_database: str) -> Iterator[int]:
    """Run the command beside the live service, and return its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "wyoming", "--uri", f"tcp://127.0.0.1:{port}"],
        cwd=REPOSITORY,
        env={**os.environ, **SETTINGS, "DATABASE_URL": live_database, "FORV_DATA_DIR": str(live.data_dir)},
    )
    try:
        wait_until(lambda: process.poll() is not None or is_open(port), 60)
        assert process.poll() is None
        yield port
    finally:
        process.terminate()
        assert process.wait(30) == 0


def is_open(port: int) -> bool:
    async def connect() -> None:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    try:
        asyncio.run(connect())
    except ConnectionRefusedError:
        return False
    return True


def told(port: int, event: Event, last: type[AudioStop | Error | Info]) -> list[Event]:
    """Send an event and return the answers up to the last one."""

    async def tell() -> list[Event]:
        answered: list[Event] = []
        async with AsyncTcpClient("127.0.0.1", port) as client:
            await client.write_event(event)
            while not (answered and last.is_type(answered[-1].type)):
                answer = await asyncio.wait_for(client.read_event(), 60)
                assert answer is not None
                answered.append(answer)
        return answered

    return asyncio.run(tell())


def test_voices_are_described(port: int) -> None:
    (answer,) = told(port, Describe().event(), Info)
    (program,) = Info.from_event(answer).tts
    voice = program.voices[0]
    assert (voice.name, voice.description, voice.languages) == ("test", "테스트 멤버", ["ko"])


@pytest.mark.parametrize("voice", [SynthesizeVoice(name="test"), SynthesizeVoice(language="ko"), None])
def test_a_text_is_spoken(voice: SynthesizeVoice | None, port: int) -> None:
    start, *chunks, _stop = told(port, Synthesize("안녕하세요. 반가워요.", voice=voice).event(), AudioStop)
    kind = AudioStart.from_event(start)
    assert (kind.rate, kind.width, kind.channels) == (22050, 2, 1)
    audio = b"".join(AudioChunk.from_event(chunk).audio for chunk in chunks)
    assert 1 < len(audio) / 2 / kind.rate < 6


@pytest.mark.parametrize(
    ("text", "voice", "code"),
    [
        ("안녕하세요.", "alloy", "unknown_voice"),
        ("★", "test", "nothing_to_say"),
        ("가" * 1001, "test", "too_long"),
        ("안녕하세요.", "broken", "voice_unusable"),
    ],
)
def test_what_can_not_be_spoken_is_an_error(text: str, voice: str, code: str, port: int) -> None:
    (answer,) = told(port, Synthesize(text, voice=SynthesizeVoice(name=voice)).event(), Error)
    error = Error.from_event(answer)
    assert (error.code, bool(error.text)) == (code, True)


def test_speech_is_cancelled_when_its_client_goes(port: int, live_database: str) -> None:
    async def go() -> None:
        async with AsyncTcpClient("127.0.0.1", port) as client:
            await client.write_event(Synthesize(LONG, voice=SynthesizeVoice(name="test")).event())
            assert await asyncio.wait_for(client.read_event(), 60)

    def statuses() -> list[str]:
        with psycopg.connect(live_database) as connection:
            asked = connection.execute("SELECT status FROM voices_voicerequest WHERE text = %s", [LONG])
            return [status for (status,) in asked]

    asyncio.run(go())
    wait_until(lambda: statuses() == ["cancelled"], 20)


@pytest.mark.parametrize(
    "sent",
    [
        b'{"type": "synthesize", "data_length": 1000000000}\n',
        b'{"type": "audio-chunk", "payload_length": 65537}\n',
        b'{"type": "synthesize", "data": {"text": "' + b"a" * 200_000,
    ],
    ids=["data", "payload", "line"],
)
def test_a_client_that_announces_too_much_is_left(sent: bytes, port: int) -> None:
    async def answer() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        try:
            return await asyncio.wait_for(reader.read(), 10)
        except ConnectionResetError:  # what it has not read makes the system say so
            return b""
        finally:
            writer.close()

    assert asyncio.run(answer()) == b""
    assert told(port, Describe().event(), Info)


def test_it_does_not_start_where_a_key_is_needed() -> None:
    started = subprocess.run(
        [sys.executable, "manage.py", "wyoming"],
        cwd=REPOSITORY,
        env={**os.environ, **SETTINGS, "FORV_ANONYMOUS_USE": "0", "DATABASE_URL": "postgresql:///nothing"},
        capture_output=True,
        text=True,
    )
    assert started.returncode == 1
    assert "FORV_ANONYMOUS_USE" in started.stderr
