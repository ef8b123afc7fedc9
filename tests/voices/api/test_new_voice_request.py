"""POST /api/voice-requests/: what is accepted, what is refused, and how often."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client
from django_q.models import OrmQ

from testing.factories import SENTENCE, files_below
from voices.models import Member, VoiceRequest

ADDRESS = "/api/voice-requests/"
HANGUL = range(ord("가"), ord("힣") + 1)

Post = Callable[..., Any]


@pytest.fixture
def post(client: Client) -> Post:
    def post(body: Any, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(ADDRESS, raw, content_type="application/json", headers=headers)

    return post


def test_a_request_is_accepted_with_its_address_and_one_place_in_the_queue(post: Post, member: Member) -> None:
    response = post({"member": member.pk, "text": SENTENCE, "format": "mp3", "speed": 1.5, "seed": 7})

    assert response.status_code == 202
    row = VoiceRequest.objects.get()
    assert response["Location"] == f"{ADDRESS}{row.pk}/"
    assert (row.member, row.text, row.format, row.speed, row.seed) == (member, SENTENCE, "mp3", 1.5, 7)
    assert response.json()["id"] == str(row.pk)
    assert response.json()["status"] == "queued"
    assert response.json()["queue_position"] == 1
    assert OrmQ.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"speed": 0.5},
        {"speed": 2},
        {"seed": 0},
        {"seed": 2**32 - 1},
        {"uuid": "0b54e3a4-6e83-4a0f-93b5-2a7bd6a9e5d1", "created_at": "2022-08-22T10:15:30.123+09:00"},
        {"created_at": "2022-08-22 10:15:30"},
        {"uuid": "x" * 100},
        {"priority": "interactive"},
        {"uuid": ""},
        {"text": "가" * settings.MAX_TEXT_CHARACTERS},
        {"text": "★ 사랑해 ★ 😀\n\n2022년!"},
        {"unknown": "field"},
    ],
    ids=str,
)
def test_values_at_the_edge_are_accepted(fields: dict[str, Any], post: Post, member: Member) -> None:
    assert post({"member": member.pk, "text": SENTENCE, **fields}).status_code == 202


def test_a_batch_request_says_so_and_stands_behind_what_somebody_waits_for(post: Post, member: Member) -> None:
    body = {"member": member.pk, "text": SENTENCE}
    batch = post({**body, "priority": "batch"}, idempotency_key="b").json()
    assert batch["priority"] == "batch"
    interactive = post(body).json()
    assert (interactive["priority"], interactive["queue_position"]) == ("interactive", 1)
    place = VoiceRequest.objects.get(pk=batch["id"]).place
    assert place
    assert place.position == 2
    assert post({**body, "priority": "batch"}, idempotency_key="b").json()["id"] == batch["id"]
    assert post(body, idempotency_key="b").status_code == 422


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "text/plain", "application/x-unknown"])
def test_json_is_read_whatever_the_content_type_says(content_type: str, client: Client, member: Member) -> None:
    body = json.dumps({"member": member.pk, "text": SENTENCE}, ensure_ascii=False)
    assert client.post(ADDRESS, body.encode(), content_type=content_type).status_code == 202


FIELDS_REFUSED: list[tuple[dict[str, Any], str, str]] = [
    # (what is wrong, code, field)
    ({"member": None}, "missing_field", "member"),
    ({"member": "1"}, "invalid", "member"),
    ({"member": True}, "invalid", "member"),
    ({"member": 1.0}, "invalid", "member"),
    ({"member": {}}, "invalid", "member"),
    ({"member": []}, "invalid", "member"),
    ({"member": 0}, "unknown_member", "member"),
    ({"member": -1}, "unknown_member", "member"),
    ({"member": 2**62}, "unknown_member", "member"),
    ({"member": 2**63}, "unknown_member", "member"),
    ({"member": 10**400}, "unknown_member", "member"),
    ({"text": None}, "missing_field", "text"),
    ({"text": ""}, "empty_text", "text"),
    ({"text": " \n\t\u3000"}, "empty_text", "text"),
    ({"text": 5}, "invalid", "text"),
    ({"text": True}, "invalid", "text"),
    ({"text": ["안녕"]}, "invalid", "text"),
    ({"text": {"안": "녕"}}, "invalid", "text"),
    ({"text": "★★★"}, "nothing_to_say", "text"),
    ({"text": "ㅠㅠ"}, "nothing_to_say", "text"),
    ({"text": "<speak>안녕", "markup": "ssml"}, "ssml_malformed", "text"),
    ({"text": "<speak><audio/>안녕</speak>", "markup": "ssml"}, "ssml_unsupported", "text"),
    ({"text": '<speak><prosody rate="9">안녕</prosody></speak>', "markup": "ssml"}, "ssml_value", "text"),
    ({"text": "<speak> </speak>", "markup": "ssml"}, "nothing_to_say", "text"),
    ({"text": "안녕", "markup": "html"}, "unknown_choice", "markup"),
    ({"text": "안녕[11초]하세요"}, "pause_out_of_range", "text"),
    ({"text": "하나[6초]둘[5초]셋"}, "pause_out_of_range", "text"),
    ({"text": "\u200b"}, "nothing_to_say", "text"),
    ({"text": "😀👍🏽"}, "nothing_to_say", "text"),
    ({"text": "...?!"}, "nothing_to_say", "text"),
    ({"text": "가" * (settings.MAX_TEXT_CHARACTERS + 1)}, "too_long", "text"),
    ({"text": "안녕\0하세요"}, "null_characters_not_allowed", "text"),
    ({"text": "안녕\ud800"}, "surrogate_characters_not_allowed", "text"),
    ({"format": "ogg"}, "unknown_choice", "format"),
    ({"format": "WAV"}, "unknown_choice", "format"),
    ({"format": ""}, "unknown_choice", "format"),
    ({"format": 5}, "unknown_choice", "format"),
    ({"format": ["wav"]}, "unknown_choice", "format"),
    ({"format": None}, "missing_field", "format"),
    ({"speed": 0}, "out_of_range", "speed"),
    ({"speed": 3}, "out_of_range", "speed"),
    ({"speed": -1}, "out_of_range", "speed"),
    ({"speed": 0.49}, "out_of_range", "speed"),
    ({"speed": 10**400}, "out_of_range", "speed"),
    ({"speed": "1.0"}, "invalid", "speed"),
    ({"speed": True}, "invalid", "speed"),
    ({"speed": [1.0]}, "invalid", "speed"),
    ({"speed": None}, "missing_field", "speed"),
    ({"priority": "BATCH"}, "unknown_choice", "priority"),
    ({"priority": 1}, "unknown_choice", "priority"),
    ({"priority": None}, "missing_field", "priority"),
    ({"seed": -1}, "out_of_range", "seed"),
    ({"seed": 2**32}, "out_of_range", "seed"),
    ({"seed": 10**400}, "out_of_range", "seed"),
    ({"seed": 1.5}, "invalid", "seed"),
    ({"seed": "1"}, "invalid", "seed"),
    ({"seed": False}, "invalid", "seed"),
    ({"uuid": 5}, "invalid", "uuid"),
    ({"uuid": None}, "missing_field", "uuid"),
    ({"uuid": "x" * 101}, "unsafe_name", "uuid"),
    *(
        ({field: unsafe}, "unsafe_name", field)
        for field in ("uuid", "created_at")
        for unsafe in (
            "a/b",
            "../../etc/passwd",
            "a..b",
            "..",
            "a\\b",
            "a\nb",
            "a\x1bb",
            "a%2fb",
            "한글",
            "a\0b",
            "a\udfff",
        )
    ),
]


@pytest.mark.parametrize(
    ("wrong", "code", "field"), FIELDS_REFUSED, ids=[ascii(wrong)[:40] for wrong, _, _ in FIELDS_REFUSED]
)
def test_a_wrong_field_is_refused_and_nothing_is_kept(
    wrong: dict[str, Any], code: str, field: str, post: Post, member: Member, media_dir: Path
) -> None:
    assert_refused(post, {"member": member.pk, "text": SENTENCE, **wrong}, 400, code, field)
    assert_nothing_is_kept(media_dir)


@pytest.mark.parametrize("missing", ["member", "text"])
def test_a_missing_field_is_named(missing: str, post: Post, member: Member, media_dir: Path) -> None:
    body = {name: value for name, value in {"member": member.pk, "text": SENTENCE}.items() if name != missing}
    assert_refused(post, body, 400, "missing_field", missing)
    assert_nothing_is_kept(media_dir)


def test_a_byte_order_mark_before_the_body_is_no_harm(client: Client, member: Member) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"member": member.pk, "text": SENTENCE}).encode()
    assert client.generic("POST", "/api/voice-requests/", body, content_type="application/json").status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "malformed_json"),
        (b'{"member": 1', 400, "malformed_json"),
        (b"{'member': 1}", 400, "malformed_json"),
        (b'{"member": 1, "text": "\xec\x95"}', 400, "malformed_json"),
        (b"\xff\xfe\x00", 400, "malformed_json"),
        (b'{"speed": NaN}', 400, "malformed_json"),
        (b'{"speed": -Infinity}', 400, "malformed_json"),
        (b'{"seed": ' + b"9" * 5000 + b"}", 400, "malformed_json"),
        (b"[" * 9000, 400, "malformed_json"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 413, "request_too_large"),
        (b"[" * 9000 + b"]" * 9000, 400, "malformed_json"),
        (b"[]", 400, "invalid"),
        (b"[1, 2]", 400, "invalid"),
        (b"5", 400, "invalid"),
        (b'"text"', 400, "invalid"),
        (b"true", 400, "invalid"),
        (b" " * 1_000_000, 413, "request_too_large"),
        (b'{"text": "' + b"a" * 1_000_000 + b'"}', 413, "request_too_large"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_body_that_is_no_json_object_is_refused(
    body: bytes, status: int, code: str, post: Post, member: Member, media_dir: Path
) -> None:
    assert_refused(post, body, status, code)
    assert_nothing_is_kept(media_dir)


def test_a_member_without_an_active_voice_is_refused(post: Post, member: Member, media_dir: Path) -> None:
    member.voices.update(active=False)
    assert_refused(post, {"member": member.pk, "text": SENTENCE}, 400, "no_voice", "member")
    assert_nothing_is_kept(media_dir)


def test_a_number_too_large_for_a_float_is_refused(post: Post, member: Member) -> None:
    body = b'{"member": %d, "text": "yes", "speed": 1e999}' % member.pk
    assert_refused(post, body, 400, "invalid", "speed")


@pytest.mark.parametrize("body", [b"", b"null"])
def test_no_body_lacks_its_fields(body: bytes, post: Post, db: None) -> None:
    response = post(body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "missing_field")


class TestIdempotencyKey:
    def test_the_same_key_and_body_give_the_same_request(self, post: Post, member: Member) -> None:
        body = {"member": member.pk, "text": SENTENCE}
        first, second = (post(body, idempotency_key="key-1") for _ in range(2))
        assert (first.status_code, second.status_code) == (202, 202)
        assert first.json() == second.json()
        assert first["Location"] == second["Location"]
        assert OrmQ.objects.count() == VoiceRequest.objects.count() == 1

    def test_a_key_that_is_used_again_is_no_error_of_the_database(self, post: Post, member: Member) -> None:
        failed: list[str] = []

        def watch(execute: Any, sql: str, *args: Any) -> Any:
            try:
                return execute(sql, *args)
            except DatabaseError:
                failed.append(sql)  # Postgres writes it to its log, with the text
                raise

        with connection.execute_wrapper(watch):
            statuses = [
                post({"member": member.pk, "text": text}, idempotency_key="key-1").status_code for text in "가나"
            ]
        assert (statuses, failed) == ([202, 422], [])

    def test_the_same_key_with_another_body_is_refused(self, post: Post, member: Member) -> None:
        body = {"member": member.pk, "text": SENTENCE}
        post(body, idempotency_key="key-1")
        for other in ({"text": "다른 말."}, {"speed": 1.5}, {"format": "mp3"}, {"seed": 1}, {"uuid": "a"}):
            assert_refused(post, {**body, **other}, 422, "idempotency_key_reused", idempotency_key="key-1")
        assert OrmQ.objects.count() == VoiceRequest.objects.count() == 1

    def test_other_keys_and_no_key_give_requests_of_their_own(self, post: Post, member: Member) -> None:
        body = {"member": member.pk, "text": SENTENCE}
        for headers in ({"idempotency_key": "a"}, {"idempotency_key": "b"}, {}, {}):
            post(body, **headers)
        assert OrmQ.objects.count() == VoiceRequest.objects.count() == 4

    def test_a_refused_request_does_not_use_up_its_key(self, post: Post, member: Member) -> None:
        assert post({"member": member.pk, "text": ""}, idempotency_key="key-1").status_code == 400
        assert post({"member": member.pk, "text": SENTENCE}, idempotency_key="key-1").status_code == 202

    def test_a_key_that_is_too_long_is_refused(self, post: Post, member: Member, media_dir: Path) -> None:
        body = {"member": member.pk, "text": SENTENCE}
        assert_refused(post, body, 400, "too_long", "Idempotency-Key", idempotency_key="k" * 256)
        assert_nothing_is_kept(media_dir)
        assert post(body, idempotency_key="k" * 255).status_code == 202

    @pytest.mark.django_db(transaction=True)
    def test_of_concurrent_posts_with_one_key_one_makes_the_request(self, member: Member) -> None:
        def post(_: int) -> Any:
            try:
                body = {"member": member.pk, "text": SENTENCE}
                headers = {"idempotency-key": "key-1"}
                return Client().post(ADDRESS, body, content_type="application/json", headers=headers)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            responses = list(pool.map(post, range(8)))
        assert [response.status_code for response in responses] == [202] * 8
        assert len({response.json()["id"] for response in responses}) == 1
        assert OrmQ.objects.count() == VoiceRequest.objects.count() == 1


def assert_refused(post: Post, body: Any, status: int, code: str, field: str | None = None, **headers: str) -> None:
    """Expect this code, with a message in Korean by default and in English if that is asked for."""
    korean, english = post(body, **headers), post(body, accept_language="en", **headers)
    for response in (korean, english):
        assert response.status_code == status, response.content
        error = response.json()["error"]
        assert error["code"] == code
        assert error.get("field") == field
    assert any(ord(character) in HANGUL for character in korean.json()["error"]["message"])
    assert not any(ord(character) in HANGUL for character in english.json()["error"]["message"])
    assert (korean["Content-Language"], english["Content-Language"]) == ("ko", "en")


def assert_nothing_is_kept(media_dir: Path) -> None:
    assert not VoiceRequest.objects.exists()
    assert not OrmQ.objects.exists()
    assert not files_below(media_dir)


class TestAFullQueue:
    @pytest.fixture(autouse=True)
    def two_may_wait(self, settings: Any, post: Post, member: Member) -> None:
        settings.MAX_QUEUED = 2
        for key in ("first", "second"):
            assert post({"member": member.pk, "text": SENTENCE}, idempotency_key=key).status_code == 202

    def test_the_next_is_told_when_to_come_back_and_leaves_nothing_behind(self, post: Post, member: Member) -> None:
        response = post({"member": member.pk, "text": SENTENCE}, accept_language="en")
        assert (response.status_code, response.json()["error"]["code"]) == (429, "queue_full")
        assert int(response["Retry-After"]) >= 1
        assert (VoiceRequest.objects.count(), OrmQ.objects.count()) == (2, 2)

    def test_who_sends_a_request_again_still_finds_it(self, post: Post, member: Member) -> None:
        again = post({"member": member.pk, "text": SENTENCE}, idempotency_key="first")
        assert again.json()["id"] == str(VoiceRequest.objects.get(idempotency_key="first").pk)

    def test_there_is_room_again_once_one_has_been_begun(self, post: Post, member: Member) -> None:
        VoiceRequest.objects.claim_next("a cluster")
        assert post({"member": member.pk, "text": SENTENCE}).status_code == 202
