"""POST /v1/audio/speech at the running service, by OpenAI's own client and as others write it."""

import base64
import http.client
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import openai
import psycopg
import pytest
import soundfile

from testing.factories import SENTENCE
from testing.processes import wait_until

LONG = "오늘은 아주 긴 이야기를 하나 들려 드릴게요. " * 30


@pytest.fixture(scope="module")
def client(live_service: str) -> Iterator[openai.OpenAI]:
    """OpenAI's client, which insists on a key."""
    with openai.OpenAI(base_url=f"{live_service}/v1", api_key="none", max_retries=0, timeout=60) as opened:
        yield opened


def statuses(database: str, text: str) -> list[str]:
    """Return the statuses of the requests for a text."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT status FROM voices_voicerequest WHERE text = %s", [text]).fetchall()
    return [status for (status,) in rows]


class TestOpenAIsClient:
    @pytest.mark.parametrize(
        ("audio_format", "kind", "container", "sample_rate"),
        [
            ("mp3", "audio/mpeg", "MP3", 22050),
            ("opus", "audio/ogg", "OGG", 48000),
            ("flac", "audio/flac", "FLAC", 22050),
            ("wav", "audio/wav", "WAV", 22050),
        ],
    )
    def test_it_gets_each_format(
        self, client: openai.OpenAI, audio_format: Any, kind: str, container: str, sample_rate: int
    ) -> None:
        answer = client.audio.speech.create(model="tts-1", voice="test", input=SENTENCE, response_format=audio_format)
        assert answer.response.headers["Content-Type"] == kind
        with soundfile.SoundFile(io.BytesIO(answer.content)) as sound:
            assert (sound.format, sound.samplerate, sound.channels) == (container, sample_rate, 1)
            assert 0.5 < len(sound.read()) / sound.samplerate < 3

    def test_it_gets_samples_at_the_rate_of_openais(self, client: openai.OpenAI) -> None:
        def seconds(audio_format: Any) -> bytes:
            answer = client.audio.speech.create(
                model="gpt-4o-mini-tts", voice="1", input=SENTENCE, response_format=audio_format
            )
            return answer.content

        with soundfile.SoundFile(io.BytesIO(seconds("wav"))) as sound:
            lasts = sound.frames / sound.samplerate
        assert len(seconds("pcm")) / 2 / 24_000 == pytest.approx(lasts, abs=0.01)

    def test_mp3_is_what_it_gets_without_asking(self, client: openai.OpenAI) -> None:
        answer = client.audio.speech.create(
            model="forv", voice={"id": "test"}, input=SENTENCE, speed=2.0, instructions="Whisper, slowly."
        )
        assert answer.response.headers["Content-Type"] == "audio/mpeg"
        with soundfile.SoundFile(io.BytesIO(answer.content)) as sound:
            assert sound.format == "MP3"

    def test_it_streams_into_a_file(self, client: openai.OpenAI, tmp_path: Any) -> None:
        with client.audio.speech.with_streaming_response.create(
            model="tts-1-hd", voice="test", input=SENTENCE, response_format="wav"
        ) as answer:
            answer.stream_to_file(tmp_path / "speech.wav")
        assert soundfile.info(tmp_path / "speech.wav").format == "WAV"

    def test_events_hold_the_same_sound(self, client: openai.OpenAI) -> None:
        def created(**how: Any) -> Any:
            return client.audio.speech.with_streaming_response.create(
                model="forv", voice="test", input=SENTENCE, response_format="flac", **how
            )

        with created(stream_format="sse") as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            lines = [line for line in answer.iter_lines() if line]
        events = [json.loads(line.removeprefix("data: ")) for line in lines]
        *deltas, done = events
        assert {delta["type"] for delta in deltas} == {"speech.audio.delta"}
        assert done["type"] == "speech.audio.done"
        usage = done["usage"]
        assert usage["input_tokens"] == len(SENTENCE)
        assert usage["output_tokens"] > 0
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
        with created(stream_format="audio") as answer:
            whole = answer.read()
        sound = b"".join(base64.b64decode(delta["audio"]) for delta in deltas)
        # Each says for which request it was spoken; the samples are the same.
        samples, whole_samples = (soundfile.read(io.BytesIO(one), dtype="int16")[0] for one in (sound, whole))
        np.testing.assert_array_equal(samples, whole_samples)

    def test_it_reads_our_errors(self, client: openai.OpenAI) -> None:
        with pytest.raises(openai.BadRequestError) as refused:
            client.audio.speech.create(model="tts-1", voice="alloy", input=SENTENCE)
        assert (refused.value.code, refused.value.param) == ("unknown_voice", "voice")
        with pytest.raises(openai.AuthenticationError) as refused_key:
            client.with_options(api_key=f"{'x' * 16}.{'y' * 32}").models.list()
        assert refused_key.value.code == "authentication_failed"

    def test_a_voice_that_fails_is_not_asked_again(self, client: openai.OpenAI, live_database: str) -> None:
        text = "이 목소리는 고장났어요."
        with pytest.raises(openai.InternalServerError) as failed:
            client.with_options(max_retries=2).audio.speech.create(model="tts-1", voice="broken", input=text)
        assert failed.value.code == "voice_unusable"
        assert statuses(live_database, text) == ["failed"]

    def test_what_a_key_asks_for_is_its_owners(self, client: openai.OpenAI, live_service: str) -> None:
        token = httpx.post(f"{live_service}/api/listeners/", json={}).json()["token"]
        client.with_options(api_key=token).audio.speech.create(model="tts-1", voice="test", input="내 거예요.")
        mine = httpx.get(f"{live_service}/api/voice-requests/", headers={"Authorization": f"Bearer {token}"}).json()
        assert [(request["text"], request["status"]) for request in mine["results"]] == [("내 거예요.", "succeeded")]

    def test_it_lists_models(self, client: openai.OpenAI) -> None:
        names = [model.id for model in client.models.list()]
        assert names[0] == client.models.retrieve("forv").id == "forv"


def test_sound_comes_while_the_rest_is_spoken_and_ends_when_the_client_goes(
    client: openai.OpenAI, live_database: str
) -> None:
    text = f"중간까지만 들을게요. {LONG}"
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="test", input=text, response_format="pcm"
    ) as answer:
        pieces = answer.iter_bytes(1000)  # kept: the answer is closed with it
        assert len(next(pieces)) == 1000
        assert statuses(live_database, text) == ["processing"]
    wait_until(lambda: statuses(live_database, text) == ["cancelled"], 20)


def test_speech_is_cancelled_when_its_client_goes(client: openai.OpenAI, live_database: str) -> None:
    texts = [f"{number}. {LONG}" for number in range(2)]
    for text in texts:
        with pytest.raises(openai.APITimeoutError):
            # Shorter than the time to the first sound: the client waits so long for each piece of the answer.
            impatient = client.with_options(timeout=openai.Timeout(60, read=0.03))
            impatient.audio.speech.create(model="tts-1", voice="test", input=text)
    wait_until(lambda: [statuses(live_database, text) for text in texts] == [["cancelled"]] * 2, 60)


class TestOtherClients:
    """Their bodies, as their sources of 2025 and 2026 write them."""

    def test_open_webui(self, live_service: str) -> None:
        voices = httpx.get(f"{live_service}/v1/audio/voices").json()["voices"]
        models = httpx.get(f"{live_service}/v1/audio/models").json()["models"]
        spoken = http.client.HTTPConnection(live_service.removeprefix("http://"), timeout=60)
        # Without a key in its settings it sends a header without one.
        headers = {"Authorization": "Bearer ", "Content-Type": "application/json", "X-OpenWebUI-User-Id": "7"}
        body = {"model": models[1]["id"], "input": SENTENCE, "voice": voices[0]["id"]}
        spoken.request("POST", "/v1/audio/speech", json.dumps(body), headers)
        response = spoken.getresponse()
        assert (response.status, response.getheader("Content-Type")) == (200, "audio/mpeg")
        assert len(response.read()) > 1000
        spoken.close()

    def test_home_assistant(self, live_service: str) -> None:
        """By the integration openai_tts: all fields, a speed without a fraction, and the address as it was typed."""
        response = httpx.post(
            f"{live_service}/v1/audio/speech",
            json={
                "model": "tts-1",
                "input": SENTENCE,
                "voice": "test",
                "response_format": "wav",
                "speed": 1,
                "instructions": "Speak cheerfully",
            },
            timeout=60,
        )
        assert response.status_code == 200
        assert response.content[:4] == b"RIFF"

    def test_fields_of_other_servers_do_not_matter(self, live_service: str) -> None:
        extra = {"lang_code": "ko", "volume_multiplier": 1, "stream": True, "user": "fan-1"}
        response = httpx.post(
            f"{live_service}/v1/audio/speech/",
            json={"model": "forv", "input": SENTENCE, "voice": "1", **extra},
            timeout=60,
        )
        assert response.status_code == 200


def test_the_gate_refuses_in_openais_shape(live_service: str) -> None:
    response = httpx.post(f"{live_service}/v1/audio/speech", content=b" " * 2**21, timeout=60)
    assert response.status_code == 413
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["code"]) == ("invalid_request_error", "request_too_large")
