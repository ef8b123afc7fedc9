"""POST /v1/audio/speech sentence by sentence: what comes when, and how it ends when the request does not succeed."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest
import soundfile
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.test import AsyncClient

from testing import factories
from testing.factories import CLUSTER, SAMPLE_RATE, SENTENCE, SOUND, sentence_of
from testing.processes import wait_until
from voices.models import Member, VoiceRequest

N_SENTENCES = 3


class Worker:
    """Speaks the only request of the queue, one step for each call."""

    request: VoiceRequest

    def begin(self) -> None:
        wait_until(lambda: VoiceRequest.objects.queued().exists(), 10)
        claimed = VoiceRequest.objects.claim_next(CLUSTER)
        assert claimed is not None
        self.request = claimed
        assert self.request.begin_speaking("하나. 둘. 셋.", [], N_SENTENCES)

    def speak(self, number: int) -> None:
        assert self.request.store_sentence(sentence_of(self.request, number))

    def succeed(self) -> None:
        assert self.request.succeed(audio_name=f"{self.request.pk}.wav", **SOUND)

    def fail(self) -> None:
        assert self.request.fail("voice_runaway", "")


async def posted(**fields: Any) -> Any:
    body = {"model": "tts-1", "voice": "member-1", "input": SENTENCE, **fields}
    return await AsyncClient().post("/v1/audio/speech", body, content_type="application/json")


async def by_worker(step: Callable[..., None], *arguments: Any) -> None:
    """Run a step in a thread with a connection of its own, like another process."""

    def run() -> None:
        try:
            step(*arguments)
        finally:
            connection.close()

    await sync_to_async(run, thread_sensitive=False)()


async def begun(worker: Worker, **fields: Any) -> Any:
    """Return the answer, which begins when the first sentence is spoken."""
    answering = asyncio.create_task(posted(**fields))
    await by_worker(worker.begin)
    await asyncio.sleep(0.2)
    assert not answering.done()
    await by_worker(worker.speak, 0)
    return await answering


def samples_of(*numbers: int) -> bytes:
    return b"".join(np.asarray(sentence_of_number(number), "<i2").tobytes() for number in numbers)


def sentence_of_number(number: int) -> Any:
    """Return the samples that `sentence_of` makes."""
    return np.full(100, number + 1)


@pytest.mark.django_db(transaction=True)
class TestStreaming:
    def test_each_sentence_is_sent_as_soon_as_it_is_spoken(self, member: Member) -> None:
        async def listen() -> bytes:
            worker = Worker()
            response = await begun(worker, response_format="wav")
            assert (response.status_code, response["X-Accel-Buffering"]) == (200, "no")
            pieces: AsyncIterator[bytes] = aiter(response.streaming_content)
            heard = await anext(pieces)
            assert heard.endswith(samples_of(0))
            for number in range(1, N_SENTENCES):
                await by_worker(worker.speak, number)
                heard += await anext(pieces)
            await by_worker(worker.succeed)
            assert await anext(pieces, None) is None
            return heard

        assert async_to_sync(listen)().endswith(samples_of(0, 1, 2))

    def test_flac_comes_whole(self, member: Member) -> None:
        async def listen() -> bytes:
            worker = Worker()
            response = await begun(worker, response_format="flac")
            for number in range(1, N_SENTENCES):
                await by_worker(worker.speak, number)
            await by_worker(worker.succeed)
            return b"".join([piece async for piece in response.streaming_content])

        samples, rate = soundfile.read(io.BytesIO(async_to_sync(listen)()), dtype="int16")
        assert rate == SAMPLE_RATE
        assert samples.astype("<i2").tobytes() == samples_of(0, 1, 2)

    def test_a_failure_between_two_sentences_breaks_the_sound_off(self, member: Member) -> None:
        async def listen() -> None:
            worker = Worker()
            response = await begun(worker, response_format="wav")
            pieces: AsyncIterator[bytes] = aiter(response.streaming_content)
            await anext(pieces)
            await by_worker(worker.fail)
            await anext(pieces)

        with pytest.raises(asyncio.CancelledError):
            async_to_sync(listen)()

    def test_a_failure_is_the_last_event(self, member: Member) -> None:
        async def listen() -> list[dict[str, Any]]:
            worker = Worker()
            response = await begun(worker, response_format="pcm", stream_format="sse")
            await by_worker(worker.fail)
            return [json.loads(event.removeprefix(b"data: ")) async for event in response.streaming_content]

        *_, last = async_to_sync(listen)()
        assert (last["error"]["code"], last["error"]["type"]) == ("voice_runaway", "server_error")

    def test_the_last_event_tells_the_usage(self, member: Member) -> None:
        async def listen() -> list[dict[str, Any]]:
            worker = Worker()
            response = await begun(worker, response_format="wav", stream_format="sse")
            for number in range(1, N_SENTENCES):
                await by_worker(worker.speak, number)
            await by_worker(worker.succeed)
            return [json.loads(event.removeprefix(b"data: ")) async for event in response.streaming_content]

        *deltas, done = async_to_sync(listen)()
        assert b"".join(base64.b64decode(delta["audio"]) for delta in deltas).endswith(samples_of(0, 1, 2))
        characters = len(SENTENCE)
        assert done == {
            "type": "speech.audio.done",
            "usage": {"input_tokens": characters, "output_tokens": 20, "total_tokens": characters + 20},
        }

    @pytest.mark.parametrize("stream_format", ["audio", "sse"])
    def test_who_stops_listening_cancels_it(self, stream_format: str, member: Member) -> None:
        async def listen() -> str:
            worker = Worker()
            response = await begun(worker, response_format="wav", stream_format=stream_format)
            pieces: Any = aiter(response)
            await anext(pieces)
            await pieces.aclose()  # as Django does
            await sync_to_async(worker.request.refresh_from_db)()
            return worker.request.status

        assert async_to_sync(listen)() == VoiceRequest.Status.CANCELLED


@pytest.mark.django_db(transaction=True)
class TestBeforeTheFirstSentence:
    def test_nobody_waits_longer_than_the_service_allows(self, member: Member, settings: Any) -> None:
        settings.MAX_WAIT_SECONDS = 0.2
        response = async_to_sync(posted)()
        assert (response.status_code, response.json()["error"]["code"]) == (503, "not_in_time")
        assert int(response["Retry-After"]) > 0
        assert VoiceRequest.objects.get().status == VoiceRequest.Status.CANCELLED

    def test_a_failure_is_told_and_not_to_be_repeated(self, member: Member) -> None:
        async def ask() -> Any:
            worker = Worker()
            answering = asyncio.create_task(posted())
            await by_worker(worker.begin)
            await by_worker(worker.fail)
            return await answering

        response = async_to_sync(ask)()
        assert (response.status_code, response.json()["error"]["code"]) == (500, "voice_runaway")
        assert response["x-should-retry"] == "false"

    def test_who_goes_away_cancels_it(self, member: Member) -> None:
        async def go_away() -> None:
            answering = asyncio.create_task(posted())
            await by_worker(lambda: wait_until(lambda: VoiceRequest.objects.exists(), 10))
            await asyncio.sleep(0.5)
            answering.cancel()
            with pytest.raises(asyncio.CancelledError):
                await answering

        async_to_sync(go_away)()
        assert factories.reloaded(VoiceRequest.objects.get()).status == VoiceRequest.Status.CANCELLED

    def test_streams_are_bounded_as_elsewhere(self, member: Member, settings: Any) -> None:
        settings.STREAMS_PER_FAN = 0
        response = async_to_sync(posted)()
        assert (response.status_code, response.json()["error"]["code"]) == (429, "too_many_streams")
        assert VoiceRequest.objects.get().status == VoiceRequest.Status.CANCELLED
