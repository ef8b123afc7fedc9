"""/api/voice-requests/{id}/captions.json, .srt and .vtt."""

from typing import Any

import pytest
from django.test import Client

from testing import factories
from testing.factories import reloaded
from voices.models import Member, StoredSentence, VoiceRequest
from voices.tasks import synthesize_next

TEXT = "사과 3개를 샀어요! <정말>요?"
SUBTITLES = ["captions.srt", "captions.vtt"]


def address(request: VoiceRequest, rest: str) -> str:
    return f"/api/voice-requests/{request.pk}/{rest}"


@pytest.fixture
def finished(member: Member) -> VoiceRequest:
    """Return a request that the task has spoken."""
    request = factories.queued(member, text=TEXT)
    synthesize_next()
    return reloaded(request)


def test_each_typed_word_has_its_place_and_its_time(client: Client, finished: VoiceRequest) -> None:
    sentences = client.get(address(finished, "captions.json")).json()["sentences"]
    words = [word for sentence in sentences for word in sentence["words"]]
    assert [word["text"] for word in words] == ["사과", "3개를", "샀어요!", "<정말>요?"]
    assert all(TEXT[word["from"] : word["to"]] == word["text"] for word in words)
    times = [time for word in words for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert finished.duration_seconds is not None and times[0] >= 0 and times[-1] <= finished.duration_seconds
    assert [(sentence["from"], sentence["to"]) for sentence in sentences] == [(0, 11), (12, len(TEXT))]


def test_players_get_subtitles(client: Client, finished: VoiceRequest) -> None:
    vtt, srt = (client.get(address(finished, name)) for name in ("captions.vtt", "captions.srt"))
    assert vtt["Content-Type"] == "text/vtt; charset=utf-8"
    assert vtt.content.decode().startswith("WEBVTT\n\n00:00:00.0")
    assert "\n사과 3개를 샀어요!\n" in vtt.content.decode()
    assert "\n&lt;정말&gt;요?\n" in vtt.content.decode()
    assert srt["Content-Type"] == "application/x-subrip; charset=utf-8"
    assert srt.content.decode().startswith("1\n00:00:00,0")
    assert "\n＜정말＞요?\n" in srt.content.decode()


@pytest.mark.parametrize("state", ["queued", "processing", "failed", "cancelled"])
@pytest.mark.parametrize("name", SUBTITLES)
def test_there_are_no_subtitles_before_the_audio(name: str, state: str, client: Client, member: Member) -> None:
    response = client.get(address(getattr(factories, state)(member), name))
    assert (response.status_code, response.json()["error"]["code"]) == (409, "not_ready")


def test_what_is_not_spoken_has_no_times(client: Client, member: Member) -> None:
    assert client.get(address(factories.queued(member), "captions.json")).json() == {"sentences": []}


def test_times_are_told_sentence_by_sentence(client: Client, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    request = factories.queued(member, text="하나. 둘.")
    told: list[list[str]] = []
    store_sentence = VoiceRequest.store_sentence

    def then_ask(self: VoiceRequest, sentence: StoredSentence) -> bool:
        stored = store_sentence(self, sentence)
        sentences = client.get(address(request, "captions.json")).json()["sentences"]
        told.append([word["text"] for sentence in sentences for word in sentence["words"]])
        return stored

    monkeypatch.setattr(VoiceRequest, "store_sentence", then_ask)
    synthesize_next()
    assert told == [["하나."], ["하나.", "둘."]]


@pytest.mark.parametrize(
    ("name", "accepted"), [("captions.srt", "application/x-subrip"), ("captions.vtt", "text/vtt, */*;q=0.1")]
)
def test_a_client_may_ask_for_the_type_and_gets_errors_as_json(
    name: str, accepted: str, client: Client, member: Member
) -> None:
    headers: Any = {"accept": accepted}
    assert client.get(address(factories.succeeded(member), name), headers=headers).status_code == 200
    refused = client.get(address(factories.queued(member), name), headers=headers)
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/json")
    assert refused.json()["error"]["code"] == "not_ready"
