"""What is refused below /v1/, in the shape that OpenAI's clients read; nothing is then queued."""

from typing import Any

import pytest
from django.test import Client

from testing import factories
from testing.factories import SENTENCE, Fan, client_with, make_api_key
from voices.models import Member, Owner, VoiceRequest
from voices.owners import Asker

SPEECH = "/v1/audio/speech"


def body(**fields: Any) -> dict[str, Any]:
    return {"model": "tts-1", "input": SENTENCE, "voice": "member-1", **fields}


def post(client: Client, content: Any, **headers: str) -> Any:
    english = {"accept-language": "en", **headers}
    return client.post(SPEECH, content, content_type="application/json", headers=english)


def error(response: Any) -> dict[str, Any]:
    """Return the error of an answer, which has every key that OpenAI's have."""
    told: dict[str, Any] = response.json()["error"]
    assert set(told) == {"message", "type", "param", "code"}
    assert told["message"]
    return told


@pytest.mark.parametrize(
    ("wrong", "code", "param"),
    [
        ({"model": "whisper-1"}, "unknown_model", "model"),
        ({"model": None}, "missing_field", "model"),
        ({"model": 1}, "invalid", "model"),
        ({"input": ""}, "empty_text", "input"),
        ({"input": "★"}, "nothing_to_say", "input"),
        ({"input": "가" * 1001}, "too_long", "input"),
        ({"input": [SENTENCE]}, "invalid", "input"),
        ({"voice": "alloy"}, "unknown_voice", "voice"),
        ({"voice": {"id": "alloy"}}, "unknown_voice", "voice"),
        ({"voice": {"name": "member-1"}}, "invalid", "voice"),
        ({"voice": ["member-1"]}, "invalid", "voice"),
        ({"voice": "9" * 40}, "unknown_voice", "voice"),
        ({"voice": "²"}, "unknown_voice", "voice"),
        ({"voice": "a\0b"}, "null_characters_not_allowed", "voice"),
        ({"voice": "a" * 101}, "too_long", "voice"),
        ({"voice": None}, "missing_field", "voice"),
        ({"response_format": "aac"}, "unknown_choice", "response_format"),
        ({"response_format": 3}, "unknown_choice", "response_format"),
        ({"speed": 0.25}, "out_of_range", "speed"),
        ({"speed": 4.0}, "out_of_range", "speed"),
        ({"speed": "1"}, "invalid", "speed"),
        ({"stream_format": "websocket"}, "unknown_choice", "stream_format"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(wrong: dict[str, Any], code: str, param: str, client: Client, member: Member) -> None:
    response = post(client, body(**wrong))
    assert response.status_code == 400
    told = error(response)
    assert (told["type"], told["code"], told["param"]) == ("invalid_request_error", code, param)
    assert not VoiceRequest.objects.exists()


@pytest.mark.parametrize("missing", ["model", "input", "voice"])
def test_a_missing_field_is_named(missing: str, client: Client, member: Member) -> None:
    content = body()
    del content[missing]
    assert error(post(client, content)) == {
        "message": "This field is required.",
        "type": "invalid_request_error",
        "param": missing,
        "code": "missing_field",
    }


def test_what_could_be_asked_for_instead_is_said(client: Client, member: Member, broken_member: Member) -> None:
    broken_member.voices.update(active=False)
    for wrong, said in (
        ({"voice": "alloy"}, "There is no such voice here. Ask for one of: member-1."),
        ({"model": "gpt-5"}, "There is no such model here. Ask for one of: forv, tts-1, tts-1-hd, gpt-4o-mini-tts."),
        ({"response_format": "aac"}, "This can be one of: mp3, opus, flac, wav, pcm."),
        ({"speed": 4}, "Ensure this value is less than or equal to 2.0."),
    ):
        assert error(post(client, body(**wrong)))["message"] == said


def test_korean_is_said_to_who_does_not_ask_for_english(client: Client, member: Member) -> None:
    response = client.post(SPEECH, body(voice="alloy"), content_type="application/json")
    assert response.json()["error"]["message"] == "그런 목소리는 없어요. 이 중에서 골라 주세요: member-1."


def test_a_member_without_a_voice_is_refused(client: Client, member: Member) -> None:
    member.voices.update(active=False)
    assert error(post(client, body()))["code"] == "no_voice"


@pytest.mark.parametrize("content", ["{", "[]", '{"input": NaN}', b"\xff"])
def test_a_body_that_is_no_object_is_refused(content: Any, client: Client, db: None) -> None:
    response = client.post(SPEECH, content, content_type="application/json")
    assert response.status_code == 400
    assert error(response)["code"] in {"malformed_json", "invalid"}


def test_a_key_that_is_not_valid_any_more_is_refused_everywhere(member: Member) -> None:
    client = client_with(make_api_key("a program", revoked=True))
    for response in (
        client.post(SPEECH, body(), content_type="application/json"),
        client.get("/v1/models"),
        client.get("/v1/models/forv"),
        client.get("/v1/audio/models"),
        client.get("/v1/audio/voices"),
    ):
        assert (response.status_code, error(response)["code"]) == (401, "authentication_failed")
        assert error(response)["type"] == "authentication_error"
        assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["", "none", "sk-proj-0123456789", "가"])
def test_a_key_of_another_service_is_none(key: str, member: Member, settings: Any) -> None:
    settings.MAX_WAIT_SECONDS = 0
    client = client_with(key)
    assert client.get("/v1/models").status_code == 200
    assert post(client, body()).status_code == 503
    assert VoiceRequest.objects.get().owner is None
    settings.ANONYMOUS_USE = False
    assert (post(client, body()).status_code, client.get("/v1/models").status_code) == (401, 200)


def test_a_key_that_only_reads_asks_for_nothing(member: Member) -> None:
    reader = client_with(make_api_key("a dashboard", scope=Owner.Scope.READ))
    response = post(reader, body())
    assert (response.status_code, error(response)["type"]) == (403, "permission_error")


@pytest.mark.django_db(transaction=True)
def test_without_anonymous_use_a_key_is_needed(client: Client, alice: Fan, member: Member, settings: Any) -> None:
    settings.ANONYMOUS_USE, settings.MAX_WAIT_SECONDS = False, 0
    for nobody in (client, alice.client):
        response = post(nobody, body())
        assert (response.status_code, error(response)["code"]) == (401, "api_key_required")
    assert post(client_with(make_api_key("a program")), body()).status_code == 503
    assert client.get("/v1/audio/voices").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_posts_are_counted_as_elsewhere(member: Member, settings: Any) -> None:
    settings.MAX_WAIT_SECONDS = 0
    program = client_with(make_api_key("a program", calls_per_minute=2))
    assert [post(program, body()).status_code for _ in range(2)] == [503, 503]
    response = post(program, body())
    assert (response.status_code, error(response)["type"]) == (429, "rate_limit_error")
    assert int(response["Retry-After"]) > 0


def test_what_may_wait_is_bounded_as_elsewhere(member: Member) -> None:
    program = client_with(make_api_key("a program", max_waiting=1))
    factories.queued(member, asker=Asker(Owner.objects.get()))
    response = post(program, body())
    assert (response.status_code, error(response)["code"]) == (429, "too_many_waiting")


@pytest.mark.parametrize("path", ["/v1/", "/v1/chat/completions", "/v1/audio/transcriptions", "/v1/models/a/b"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_is_not_found(method: str, path: str, client: Client) -> None:
    response = getattr(client, method)(path)
    assert (response.status_code, error(response)["code"]) == (404, "not_found")


def test_an_unknown_model_is_not_found(client: Client) -> None:
    response = client.get("/v1/models/whisper-1")
    assert (response.status_code, error(response)["code"]) == (404, "not_found")


def test_a_wrong_method_is_refused(client: Client) -> None:
    response = client.get(SPEECH)
    assert (response.status_code, error(response)["code"]) == (405, "method_not_allowed")
