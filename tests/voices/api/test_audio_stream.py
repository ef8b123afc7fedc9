"""GET /api/voice-requests/{id}/audio/stream: the audio from its first sentence on."""

import asyncio
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest
import soundfile
from asgiref.sync import async_to_sync, sync_to_async
from django.core.files.storage import default_storage
from django.test import AsyncClient, Client
from django.urls import reverse

from testing import factories
from testing.factories import SAMPLE_RATE, reloaded, sentence_of
from voices.api import throttles
from voices.api.audio_stream import BrokenOff
from voices.models import Member, StoredSentence, VoiceRequest
from voices.synth import encode

Step = Callable[[], Any]


def stream_address(request: VoiceRequest, audio_format: str = "") -> str:
    return reverse("voice-request-stream", args=[request.pk]) + (f"?format={audio_format}" if audio_format else "")


def pcm_of(*numbers: int) -> bytes:
    """Return the samples of the sentences of these numbers, as `sentence_of` makes them."""
    return b"".join(np.full(100, number + 1, "<i2").tobytes() for number in numbers)


def speaking(member: Member, sentences_total: int = 3, **fields: Any) -> VoiceRequest:
    request = factories.processing(member, **fields)
    assert request.begin_speaking("하나. 둘. 셋.", [], sentences_total)
    return request


def store(request: VoiceRequest, number: int) -> None:
    assert request.store_sentence(sentence_of(request, number))


def finish(request: VoiceRequest, samples: int = 300, audio_format: str = "wav") -> None:
    """Store other samples than those of the sentences, so that a test can tell which of them were heard."""
    name = f"{request.pk}.{audio_format}"
    default_storage.save(name, io.BytesIO(encode(np.full(samples, 1000, np.int16), SAMPLE_RATE, audio_format)))
    assert request.succeed(audio_name=name, **factories.SOUND)


def heard(request: VoiceRequest, *steps: Step, audio_format: str = "pcm") -> list[bytes]:
    """Return the pieces of a stream; after each, the next of ``steps`` is done. The stream must end by itself."""

    async def follow() -> list[bytes]:
        response: Any = await AsyncClient().get(stream_address(request, audio_format))
        assert response.status_code == 200
        assert (response["Cache-Control"], response["X-Accel-Buffering"]) == ("no-store", "no")
        remaining = iter(steps)
        pieces = []
        async for piece in response.streaming_content:
            pieces.append(piece)
            if step := next(remaining, None):
                await sync_to_async(step)()
        assert next(remaining, None) is None
        return pieces

    return async_to_sync(follow)()


@pytest.mark.django_db(transaction=True)
class TestWhileItIsSpoken:
    def test_each_sentence_is_heard_as_soon_as_it_is_stored(self, member: Member) -> None:
        request = speaking(member)
        store(request, 0)

        def store_last_and_finish() -> None:
            store(request, 2)
            finish(request)

        pieces = heard(request, lambda: store(request, 1), store_last_and_finish)
        assert pieces == [pcm_of(0), pcm_of(1), pcm_of(2)]

    def test_it_waits_for_a_request_in_the_queue(self, member: Member) -> None:
        request = factories.queued(member)

        async def listen_then_speak() -> Any:
            listening = asyncio.ensure_future(AsyncClient().get(stream_address(request, "pcm")))
            await asyncio.sleep(0.3)
            assert not listening.done()
            await sync_to_async(speak)()
            return await listening

        def speak() -> None:
            begun = factories.claimed(request)
            assert begun.begin_speaking("하나.", [], 1)
            store(begun, 0)
            finish(begun)

        response = async_to_sync(listen_then_speak)()
        assert response["Content-Type"] == f"audio/pcm;rate={SAMPLE_RATE};channels=1"
        assert async_to_sync(joined)(response) == pcm_of(0)

    def test_the_next_attempt_is_heard_without_a_repeat_or_a_gap(self, member: Member) -> None:
        request = speaking(member)
        store(request, 0)

        def die_and_go_on() -> None:
            store(request, 1)
            assert request.put_back()
            again = factories.claimed(request)
            assert again.begin_speaking("하나. 둘. 셋.", [], 3, sentences_done=2)
            assert not request.store_sentence(sentence_of(request, 2))
            store(again, 2)
            finish(again)

        assert b"".join(heard(request, die_and_go_on)) == pcm_of(0, 1, 2)

    @pytest.mark.parametrize("end", ["cancel", "fail", "delete", "other sentences"])
    def test_it_breaks_off_if_what_follows_will_not_come(self, end: str, member: Member) -> None:
        request = speaking(member)
        store(request, 0)

        def end_it() -> None:
            match end:
                case "cancel":
                    assert reloaded(request).cancel()
                case "fail":
                    assert request.fail("internal_error", "")
                case "delete":
                    request.delete()
                case _:
                    assert request.begin_speaking("넷. 다섯.", [], 2)
                    assert request.store_sentence(sentence_of(request, 0, samples=50))
                    store(request, 1)

        with pytest.raises(BrokenOff):
            heard(request, end_it)

    @pytest.mark.parametrize("audio_format", ["wav", "mp3", "opus"])
    def test_every_format_is_one_file(self, audio_format: str, member: Member) -> None:
        request = speaking(member, sentences_total=2, format="flac")
        for number in range(2):
            assert request.store_sentence(sentence_of(request, number, samples=SAMPLE_RATE))
        finish(request, audio_format="flac")
        content = b"".join(heard(request, audio_format=audio_format))
        samples, rate = soundfile.read(io.BytesIO(content))
        assert rate == (48000 if audio_format == "opus" else SAMPLE_RATE)
        assert len(samples) / rate == pytest.approx(2, abs=0.15)


async def joined(response: Any) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


@pytest.mark.django_db(transaction=True)
class TestWhenItIsFinished:
    def test_the_format_of_the_request_is_the_file(self, client: Client, member: Member) -> None:
        request = speaking(member)
        finish(request)
        for audio_format in ("wav", ""):
            response = client.get(stream_address(request, audio_format))
            assert response["Content-Type"] == "audio/wav"
            assert response.content == (default_storage.open(reloaded(request).audio_name).read())

    def test_other_formats_are_made_of_the_sentences_while_they_are_kept(self, member: Member) -> None:
        request = speaking(member)
        for number in range(3):
            store(request, number)
        finish(request)
        assert b"".join(heard(request)) == pcm_of(0, 1, 2)

    def test_later_they_are_made_of_the_file(self, member: Member) -> None:
        request = speaking(member)
        finish(request)
        assert b"".join(heard(request)) == np.full(300, 1000, "<i2").tobytes()

    def test_a_slow_listener_hears_the_rest_from_the_file(self, member: Member) -> None:
        request = speaking(member)
        store(request, 0)

        def finish_and_forget() -> None:
            finish(request)
            StoredSentence.objects.all().delete()

        assert b"".join(heard(request, finish_and_forget)) == pcm_of(0) + np.full(200, 1000, "<i2").tobytes()

    @pytest.mark.parametrize("end", ["failed", "cancelled"])
    def test_a_request_without_audio_says_why(self, end: str, member: Member) -> None:
        request = getattr(factories, end)(member)
        response: Any = async_to_sync(AsyncClient().get)(stream_address(request))
        assert response.status_code == 409
        assert response.json()["error"]["code"] == (request.error_code or "cancelled")


def test_an_unknown_format_is_refused(client: Client, member: Member) -> None:
    response = client.get(stream_address(factories.queued(member), "aiff"), headers={"accept": "audio/*"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "unknown_choice")


def test_there_is_no_stream_of_an_unknown_request(db: None, client: Client) -> None:
    response = client.get(reverse("voice-request-stream", args=[uuid4()]))
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_streams_are_bounded(client: Client, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles.open_streams, "has_room", lambda asker: False)
    response = client.get(stream_address(factories.queued(member)))
    assert (response.status_code, response.json()["error"]["code"]) == (429, "too_many_streams")
    assert response["Retry-After"] == "5"


class TestLive:
    @pytest.mark.parametrize("audio_format", ["wav", "flac"])
    def test_the_stream_has_the_samples_of_the_file(self, audio_format: str, live_service: str) -> None:
        # The test's voice is so quick that few sentences would be over before anybody can ask for the stream.
        body = {"member": 1, "text": "하나. 둘. 셋. " * 60, "format": audio_format, "fresh": True}
        made = httpx.post(f"{live_service}/api/voice-requests/", json=body, timeout=60).json()
        address = f"{live_service}/api/voice-requests/{made['id']}/"
        pieces: list[bytes] = []
        with httpx.stream("GET", f"{live_service}{made['audio_stream']}?format=wav", timeout=60) as response:
            assert (response.status_code, response.headers["Content-Type"]) == (200, "audio/wav")
            for piece in response.iter_raw():
                if not pieces:
                    assert httpx.get(address).json()["status"] == "processing"
                pieces.append(piece)
        stream = b"".join(pieces)
        file = httpx.get(f"{address}audio/", follow_redirects=True, timeout=60).content
        samples, _ = soundfile.read(io.BytesIO(file), dtype="int16")
        assert stream.partition(b"data")[2][4:] == samples.astype("<i2").tobytes()

    def test_a_cancel_cuts_the_stream_off(self, live_service: str) -> None:
        made = httpx.post(f"{live_service}/api/voice-requests/", json={"member": 1, "text": "하나. 둘. " * 100}).json()
        cancelled = False
        with (
            pytest.raises(httpx.RemoteProtocolError),
            httpx.stream("GET", f"{live_service}{made['audio_stream']}", timeout=60) as response,
        ):
            for _ in response.iter_raw():
                if not cancelled:
                    cancel = httpx.post(f"{live_service}/api/voice-requests/{made['id']}/cancel/")
                    cancelled = cancel.status_code == 200
        assert cancelled
