"""`POST /api/text-preview/`: what would be said."""

from typing import Any

import pytest
from django.test import Client

from voices.models import DictionaryEntry, Member, VoiceRequest


def preview(client: Client, **body: Any) -> Any:
    response = client.post("/api/text-preview/", body, content_type="application/json")
    assert response.status_code == 200, response.content
    return response.json()


def test_preview_says_what_is_said_and_what_is_not(client: Client, member: Member) -> None:
    answer = preview(client, text="사과 3개 ★ 주세요.", member=member.pk)
    assert answer["spoken_text"] == "사과 세 개 주세요."
    assert answer["dropped"] == [{"text": "★", "position": 6}]
    assert answer["pronunciation"]
    assert not VoiceRequest.objects.exists()


def test_tokens_point_back_at_the_original(client: Client, db: None) -> None:
    text = "오늘은 8월 22일, 안녕!"
    (first, *_), *_ = [sentence["tokens"] for sentence in preview(client, text=text)["sentences"]]
    assert text[first["start"] : first["end"]] == "오늘은"
    tokens = [token for sentence in preview(client, text=text)["sentences"] for token in sentence["tokens"]]
    assert " ".join(token["text"] for token in tokens) == preview(client, text=text)["spoken_text"]
    assert all(0 <= token["start"] < token["end"] <= len(text) for token in tokens)


def test_longer_sentences_take_longer_and_speed_shortens_them(client: Client, db: None) -> None:
    short, long = (preview(client, text=text)["seconds"] for text in ("네.", "오늘은 날씨가 참 좋네요."))
    assert 0 < short < long
    assert preview(client, text="네.", speed=2.0)["seconds"] == pytest.approx(short / 2)


@pytest.mark.parametrize("text", ["", "★★★"])
def test_nothing_to_say_is_no_error_while_typing(client: Client, db: None, text: str) -> None:
    assert preview(client, text=text)["sentences"] == []


def test_a_members_own_entry_goes_before_everybodys(client: Client, member: Member) -> None:
    DictionaryEntry.objects.create(written="쿠우", reading="꾸우")
    DictionaryEntry.objects.create(written="쿠우", reading="큐우", member=member)
    assert preview(client, text="쿠우 안녕")["spoken_text"] == "꾸우 안녕"
    assert preview(client, text="쿠우 안녕", member=member.pk)["spoken_text"] == "큐우 안녕"


def test_bad_input_is_refused(client: Client, db: None) -> None:
    response = client.post("/api/text-preview/", {"text": "가" * 1001}, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["error"]["field"] == "text"


def test_ssml_is_previewed_or_refused_in_words(client: Client, db: None) -> None:
    def asked(text: str) -> Any:
        body = {"text": text, "markup": "ssml"}
        headers = {"accept-language": "ko"}
        return client.post("/api/text-preview/", body, content_type="application/json", headers=headers)

    shown = asked('<speak>하나<break time="1s"/>둘</speak>').json()
    assert [sentence["pause_seconds"] for sentence in shown["sentences"]] == [0.0, 1.0]
    refused = asked("<speak>하나<video/></speak>")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ssml_unsupported")
    assert "<video>" in refused.json()["error"]["message"] and "10번째 글자" in refused.json()["error"]["message"]
