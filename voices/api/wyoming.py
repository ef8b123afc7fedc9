"""Speech for Home Assistant's voice assistants, by the Wyoming protocol: `manage.py wyoming`, docs/openai.md.

The protocol has no keys, so this is for a network whose people are trusted. A text becomes a request as any other, of
nobody's but its address.
"""

import asyncio
import contextlib
from contextlib import aclosing
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.utils import translation
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.server import AsyncEventHandler
from wyoming.tts import Synthesize

from voices.api.client_address import hashed_address
from voices.api.errors import NotInTime, error_response_body, failure_body
from voices.api.exception_handler import exception_handler
from voices.api.listening import NotSpoken, Sound, cancel_unheard, sounds_of
from voices.api.openai.listings import OWN_MODEL
from voices.api.openai.serializers import SpeechSerializer
from voices.api.serializers import MEMBERS
from voices.models import VoiceRequest
from voices.owners import Asker

_MADE_BY = Attribution(name="ForV Voices", url="")
MOST_EVENT_BYTES = 64 * 1024  # of a part of an event; the longest text takes a fifth of it, escaped
_LOOK_SECONDS = 0.5  # how often it looks whether the client is still there


class Refused(Exception):
    """Nothing will be spoken; ``error`` is the event that says why."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(body["error"]["code"])
        self.error = Error(text=body["error"]["message"], code=body["error"]["code"])


class BoundedReader:
    """Ends a connection that announces more than ``MOST_EVENT_BYTES``, which would be kept in memory until it is there.

    Lines are bounded by asyncio itself, by the same number.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.readline, self.at_eof, self.feed_eof = reader.readline, reader.at_eof, reader.feed_eof

    async def readexactly(self, size: int) -> bytes:
        if size > MOST_EVENT_BYTES:
            raise ValueError("too long")  # for the library, as if it could not be read
        return await self._reader.readexactly(size)


class WyomingHandler(AsyncEventHandler):
    """Answers one connection's events, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(BoundedReader(reader), writer)  # type: ignore[arg-type]

    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self.write_event((await sync_to_async(_info)()).event())
        elif Synthesize.is_type(event.type):
            with contextlib.suppress(ConnectionError):
                await self._speak_while_heard(Synthesize.from_event(event))
        return True  # there are others, for microphones and the like

    async def _speak_while_heard(self, asked: Synthesize) -> None:
        """Speak, and stop if the client goes away."""
        speaking = asyncio.create_task(self._speak(asked))
        try:
            while not (await asyncio.wait([speaking], timeout=_LOOK_SECONDS))[0] and not self.reader.at_eof():
                pass
        finally:
            speaking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await speaking

    async def _speak(self, asked: Synthesize) -> None:
        """Send the sound of a text, sentence by sentence, or an error."""
        address, *_ = self.writer.get_extra_info("peername") or ("",)
        try:
            request_id = await sync_to_async(_submit)(asked, hashed_address(str(address)))
            try:
                await self._send(request_id)
            finally:
                await sync_to_async(cancel_unheard)(request_id)
        except Refused as refused:
            await self.write_event(refused.error.event())
        except NotSpoken as error:
            await self.write_event(Refused(failure_body(error.code)).error.event())

    async def _send(self, request_id: str) -> None:
        async with aclosing(sounds_of(request_id)) as sounds:
            try:
                sound: Sound | None = await asyncio.wait_for(anext(sounds), settings.MAX_WAIT_SECONDS)
            except TimeoutError:
                raise Refused(error_response_body(NotInTime())) from None
            assert sound is not None
            kind = {"rate": sound.sample_rate, "width": 2, "channels": 1}
            await self.write_event(AudioStart(**kind).event())
            while sound is not None:
                second = sound.sample_rate
                for start in range(0, len(sound.samples), second):
                    audio = sound.samples[start : start + second].astype("<i2").tobytes()
                    await self.write_event(AudioChunk(audio=audio, **kind).event())
                sound = await anext(sounds, None)
            await self.write_event(AudioStop().event())


def _info() -> Info:
    """Describe the members who have a voice; a voice's name is its member's slug."""
    try:
        named: Any = {"attribution": _MADE_BY, "installed": True, "version": None}
        voices = [
            TtsVoice(name=member.slug, description=member.name, languages=["ko"], **named)
            for member in MEMBERS.filter(has_voice=True)
        ]
        return Info(tts=[TtsProgram(name=OWN_MODEL, description="ForV Voices", voices=voices, **named)])
    finally:
        connection.close()


def _submit(asked: Synthesize, address: str) -> str:
    """Write the request and return its id. Raises :class:`Refused`."""
    with translation.override(settings.LANGUAGE_CODE):
        try:
            named = asked.voice and asked.voice.name
            voice = named or MEMBERS.filter(has_voice=True).values_list("slug", flat=True).first()
            serializer = SpeechSerializer(data={"model": OWN_MODEL, "input": asked.text, "voice": voice})
            serializer.is_valid(raise_exception=True)
            fields = serializer.validated_data
            asker = Asker(address=address)
            return str(VoiceRequest.objects.submit(asker, member=fields["voice"], text=fields["input"]).pk)
        except Exception as error:
            raise Refused(exception_handler(error, {}).data) from error
        finally:
            connection.close()
