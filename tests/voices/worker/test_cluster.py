"""A real django-q2 cluster in the running service."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Speak = Callable[..., dict[str, Any]]


@pytest.fixture
def speak(live_service: str) -> Speak:
    """Return a function that asks the running service for speech, and returns the finished request."""

    def speak(**fields: Any) -> dict[str, Any]:
        response = httpx.post(f"{live_service}/api/voice-requests/", json=fields, timeout=30)
        assert response.status_code == 202, response.text
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            request: dict[str, Any] = httpx.get(f"{live_service}{response.headers['Location']}").json()
            if request["finished_at"]:
                return request
            time.sleep(0.05)
        raise AssertionError(f"still {request['status']} after a minute")

    return speak


def test_a_sentence_is_spoken(speak: Speak, live_service: str) -> None:
    request = speak(member=1, text="안녕하세요.", format="flac")
    assert (request["status"], request["attempt"], request["sentences_done"]) == ("succeeded", 1, 1)
    audio = httpx.get(f"{live_service}{request['audio']}", follow_redirects=True)
    assert (audio.headers["Content-Type"], audio.content[:4]) == ("audio/flac", b"fLaC")


def test_a_broken_voice_fails_with_the_reason_and_others_still_speak(speak: Speak) -> None:
    broken = speak(member=2, text="안녕하세요.")
    assert (broken["status"], broken["error"]["code"]) == ("failed", "voice_unusable")
    assert "2g_checkpoint_1.pth.tar" in broken["error"]["detail"]
    assert speak(member=1, text="안녕하세요.")["status"] == "succeeded"
