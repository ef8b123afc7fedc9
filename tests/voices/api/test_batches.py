"""/api/batches/: several lines as one job."""

import asyncio
import io
import json
import zipfile
from typing import Any

import pytest
import soundfile
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient, Client

from testing import factories
from testing.factories import Fan, reloaded
from voices.api.batches import file_name
from voices.models import Member, VoiceRequest
from voices.tasks import synthesize_next


def post(client: Client, **body: Any) -> Any:
    headers = {"accept-language": "en"}
    return client.post("/api/batches/", body, content_type="application/json", headers=headers)


def content(response: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in response])

    return asyncio.run(read())


def test_each_line_is_a_request_behind_those_of_fans(alice: Fan, member: Member) -> None:
    lines = ["안녕하세요.", {"text": "<speak>반가워요.</speak>", "markup": "ssml", "speed": 1.5, "seed": 3}]
    response = post(alice.client, member=member.pk, lines=lines, format="mp3", speed=0.8)
    assert response.status_code == 202
    shown = response.json()
    assert response["Location"] == f"/api/batches/{shown['id']}/"
    assert (shown["total"], shown["done"], shown["failed"], shown["archive"]) == (2, 0, 0, None)
    assert [(line["number"], line["status"]) for line in shown["lines"]] == [(1, "queued"), (2, "queued")]
    first, second = VoiceRequest.objects.order_by("batch_number")
    assert (first.speed, first.markup, first.format, first.priority) == (0.8, "none", "mp3", 1)
    assert (second.speed, second.markup, second.seed, second.owner) == (1.5, "ssml", 3, alice.owner)
    single = factories.queued(member)
    assert next(request.pk for request in VoiceRequest.objects.queued().in_order()) == single.pk


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([], "invalid", "lines"),
        (["안녕"] * 51, "too_long", "lines"),
        (["안녕", "★"], "nothing_to_say", "lines.1.text"),
        (["안녕", 7], "invalid", "lines.1"),
        ([{"text": "안녕", "speed": 3}], "out_of_range", "lines.0.speed"),
        ([{"text": "안녕", "member": 10**6}], "unknown_member", "lines.0.member"),
        ([{"speed": 1}], "missing_field", "lines.0.text"),
        ([{"text": "<speak>", "markup": "ssml"}], "ssml_malformed", "lines.0.text"),
    ],
)
def test_a_line_that_is_refused_is_named_and_nothing_is_asked_for(
    lines: list[Any], code: str, field: str, alice: Fan, member: Member
) -> None:
    error = post(alice.client, member=member.pk, lines=lines).json()["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert not VoiceRequest.objects.exists()


def test_more_lines_than_may_wait_are_refused_together(alice: Fan, member: Member, settings: Any) -> None:
    settings.MAX_QUEUED_PER_FAN = 2
    response = post(alice.client, member=member.pk, lines=["하나.", "둘.", "셋."])
    assert (response.status_code, response.json()["error"]["code"]) == (429, "too_many_waiting")
    assert not VoiceRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_spoken_comes_as_a_zip_or_as_one_file(alice: Fan, client: Client, member: Member) -> None:
    batch = post(alice.client, member=member.pk, lines=["안녕하세요, 3개!", "깨진 줄.", "끝."]).json()["id"]
    address = f"/api/batches/{batch}/"
    assert client.get(f"{address}archive.zip").json()["error"]["code"] == "not_ready"
    first, second, third = VoiceRequest.objects.order_by("batch_number")
    assert factories.claimed(second).fail("voice_runaway", "")
    for _ in range(2):
        synthesize_next()

    shown = client.get(address).json()
    assert (shown["done"], shown["failed"]) == (3, 1)
    assert [line["error"] and line["error"]["code"] for line in shown["lines"]] == [None, "voice_runaway", None]
    archived = client.get(shown["archive"])
    assert (archived.status_code, archived["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(content(archived))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["01_테스트-멤버_안녕하세요-세-개.wav", "03_테스트-멤버_끝.wav"]
        lengths = [len(soundfile.read(io.BytesIO(archive.read(name)))[0]) for name in archive.namelist()]
    joined = client.get(shown["joined"])
    assert joined["Content-Disposition"] == f'attachment; filename="{batch}.wav"'
    samples, rate = soundfile.read(io.BytesIO(content(joined)))
    assert len(samples) == sum(lengths) + round(0.6 * rate)
    assert reloaded(first).status == reloaded(third).status == "succeeded"


def test_cancelling_ends_what_has_not_ended(alice: Fan, bob: Fan, member: Member) -> None:
    batch = post(alice.client, member=member.pk, lines=["하나.", "둘."]).json()["id"]
    assert factories.claimed(VoiceRequest.objects.get(batch_number=1)).fail("voice_runaway", "")
    refused = bob.client.post(f"/api/batches/{batch}/cancel/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_yours")
    shown = alice.client.post(f"/api/batches/{batch}/cancel/").json()
    assert [line["status"] for line in shown["lines"]] == ["failed", "cancelled"]
    assert (shown["done"], shown["failed"], shown["archive"], shown["joined"]) == (2, 2, None, None)


def test_the_same_key_gives_the_same_batch(alice: Fan, bob: Fan, member: Member) -> None:
    def again(fan: Fan, *lines: Any) -> Any:
        body = {"member": member.pk, "lines": list(lines)}
        return fan.client.post("/api/batches/", body, "application/json", headers={"idempotency-key": "k"})

    first = again(alice, "하나.", "둘.")
    assert again(alice, "하나.", {"text": "둘."}).json() == first.json()
    for other in (["하나."], ["하나.", "둘.", "셋."], ["하나.", {"text": "둘.", "seed": 1}]):
        refused = again(alice, *other)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "idempotency_key_reused")
    single = {"member": member.pk, "text": "하나."}
    assert (
        alice.client.post(
            "/api/voice-requests/", single, "application/json", headers={"idempotency-key": "k"}
        ).status_code
        == 422
    )
    assert VoiceRequest.objects.count() == 2
    assert again(bob, "하나.", "둘.").json()["id"] != first.json()["id"]
    assert again(alice, "★").json()["error"]["code"] == "nothing_to_say"


@pytest.mark.django_db(transaction=True)
def test_its_changes_are_a_stream_of_events(alice: Fan, member: Member) -> None:
    batch = post(alice.client, member=member.pk, lines=["하나.", "둘."]).json()["id"]
    first, second = VoiceRequest.objects.order_by("batch_number")
    steps = iter(
        [
            lambda: factories.claimed(first),
            lambda: reloaded(first).succeed(audio_name="a.wav", **factories.SOUND),
            lambda: reloaded(second).cancel(),
        ]
    )

    async def follow() -> list[dict[str, Any]]:
        response: Any = await AsyncClient().get(f"/api/batches/{batch}/events/")
        assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
        seen = []
        async for event in response.streaming_content:
            name, data, *_ = event.decode().split("\n")
            assert name == "event: status"
            seen.append(json.loads(data.removeprefix("data: ")))
            if step := next(steps, None):
                await sync_to_async(step)()
        return seen

    seen = async_to_sync(follow)()
    assert [[line["status"] for line in shown["lines"]] for shown in seen] == [
        ["queued", "queued"],
        ["processing", "queued"],
        ["succeeded", "queued"],
        ["succeeded", "cancelled"],
    ]
    assert (seen[-1]["done"], seen[-1]["failed"]) == (2, 1)


@pytest.mark.parametrize("rest", ["", "archive.zip", "joined/", "events/"])
def test_an_unknown_batch_is_not_found(rest: str, client: Client, db: None) -> None:
    response = client.get(f"/api/batches/00000000-0000-0000-0000-000000000000/{rest}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_a_name_in_the_archive_leaves_no_folder(member: Member) -> None:
    line = VoiceRequest(member=Member(name="../../etc"), spoken_text="가/나\\다:*?\n라" + "마" * 50, batch_number=7)
    assert file_name(line) == "07_etc_가-나-다-라마마마마마마마마마마마마마.wav"
