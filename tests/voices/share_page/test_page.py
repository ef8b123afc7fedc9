"""`/s/{token}`: what anybody sees and hears there, in both languages, and when it ends."""

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.test import Client
from PIL import Image

from testing import factories
from testing.factories import Fan
from voices.models import Member, Report, Share, VoiceRequest
from voices.pictures import read_picture
from voices.storage import temporary_url
from voices.synth import encode

TEXT = "오늘도 <고마워> [0.5초] 🎉\n조심히 들어가."


@pytest.fixture(autouse=True)
def nothing_drawn() -> None:
    caches["shares"].clear()


@pytest.fixture
def share(alice: Fan, member: Member) -> Share:
    """Give out a second of sound, which Alice asked for."""
    request = factories.succeeded(member, asker=alice.asker, text=TEXT, format="mp3")
    sound = np.sin(np.arange(22050) * 0.1).astype(np.float32) * np.linspace(0, 1, 22050, dtype=np.float32)
    default_storage.save(request.audio_name, ContentFile(encode(sound, 22050, "mp3")))
    return Share.objects.give_out(request)


def spoken_in(share: Share) -> VoiceRequest:
    assert share.request is not None
    return share.request


def page_of(share: Share) -> str:
    return f"/s/{share.token}"


class TestThePage:
    def test_it_shows_who_says_what_and_that_ai_made_it(self, share: Share, client: Client, member: Member) -> None:
        response = client.get(page_of(share))
        page = response.content.decode()
        assert response.status_code == 200
        assert '<html lang="ko">' in page
        assert "테스트 멤버의 목소리" in page
        assert "오늘도 &lt;고마워&gt; 🎉\n조심히 들어가." in page
        assert "AI로 만든 음성" in page
        assert f'<audio controls preload="metadata" src="{page_of(share)}/audio">' in page

    def test_it_shows_what_is_said_of_ssml(self, share: Share, client: Client) -> None:
        VoiceRequest.objects.update(markup="ssml", text="<speak>안녕<break/></speak>", spoken_text="안녕하세요.")
        page = client.get(page_of(share)).content.decode()
        assert "안녕하세요." in page and "speak" not in page

    def test_it_speaks_english_to_who_reads_english(self, share: Share, client: Client) -> None:
        Member.objects.update(name_en="Test")
        page = html.unescape(client.get(page_of(share), headers={"accept-language": "en"}).content.decode())
        assert '<html lang="en">' in page
        assert "Test's voice" in page
        assert "Speech made by AI" in page
        assert "Hear your own words" in page

    def test_messengers_find_its_card(self, share: Share, client: Client) -> None:
        page = client.get(page_of(share)).content.decode()
        meta = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', page))
        assert meta["og:image"] == f"http://testserver{page_of(share)}/card.png"
        assert meta["og:description"] == "AI로 만든 음성 · 오늘도 &lt;고마워&gt; 🎉 조심히 들어가."
        assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")

    def test_it_gives_no_other_way_to_the_request(self, share: Share, client: Client, alice: Fan) -> None:
        page = client.get(page_of(share)).content.decode()
        for secret in (str(spoken_in(share).pk), spoken_in(share).audio_name, alice.token, str(alice.owner.prefix)):
            assert secret not in page

    def test_no_search_engine_cache_or_other_site_learns_of_it(self, share: Share, client: Client) -> None:
        for path in ("", "/audio", "/card.png", "/reported"):
            response = client.get(f"{page_of(share)}{path}")
            assert response["X-Robots-Tag"] == "noindex, nofollow"
            assert response["Referrer-Policy"] == "no-referrer"
            assert response["Cache-Control"] == "no-store"
            assert not response.cookies

    def test_nothing_in_it_needs_an_exception_from_the_policy(self, share: Share, client: Client) -> None:
        response = client.get(page_of(share))
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        assert not re.search(r"<style|style=|<script>|onclick=", response.content.decode())

    def test_it_looks_as_the_built_page_does(self, share: Share, client: Client, settings: Any, tmp_path: Path) -> None:
        settings.FRONTEND_DIST = tmp_path
        vite = '<link rel="stylesheet" crossorigin href="/static/assets/base-Z_w.css">'
        (tmp_path / "index.html").write_text(f"<head>{vite}</head>", encoding="utf-8")
        assert (
            '<link rel="stylesheet" href="/static/assets/base-Z_w.css">' in client.get(page_of(share)).content.decode()
        )
        (tmp_path / "index.html").unlink()
        assert client.get(page_of(share)).status_code == 200

    def test_the_hue_of_the_member_is_a_style_of_its_own(self, share: Share, client: Client) -> None:
        (style,) = re.findall(r'href="(/s/hue-\d+\.css)"', client.get(page_of(share)).content.decode())
        assert re.fullmatch(r":root \{ --hue: \d+; \}\n", client.get(style).content.decode())

    @pytest.mark.parametrize("path", ["x" * 22, "x" * 21, "%00" * 22, "x" * 22 + "/audio", "../admin/"])
    def test_an_address_that_nobody_gave_out_is_not_found(self, path: str, client: Client, db: None) -> None:
        assert client.get(f"/s/{path}").status_code == 404


class TestTheAudio:
    def test_it_plays_in_parts_too(self, share: Share, client: Client) -> None:
        whole = client.get(f"{page_of(share)}/audio")
        assert whole["Content-Type"] == "audio/mpeg"
        part = client.get(f"{page_of(share)}/audio", headers={"range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole.content[10:20])


class TestTheCard:
    def test_it_is_a_picture_of_the_size_that_messengers_take(self, share: Share, client: Client) -> None:
        response = client.get(f"{page_of(share)}/card.png")
        assert response["Content-Type"] == "image/png"
        picture = Image.open(io.BytesIO(response.content))
        assert (picture.format, picture.size) == ("PNG", (1200, 630))

    def test_it_is_drawn_once(self, share: Share, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        first = client.get(f"{page_of(share)}/card.png").content
        monkeypatch.setattr("voices.share_page.card.draw", lambda card: pytest.fail("drawn again"))
        assert client.get(f"{page_of(share)}/card.png").content == first

    def test_a_picture_of_the_member_is_on_it(self, share: Share, client: Client, member: Member) -> None:
        without = client.get(f"{page_of(share)}/card.png").content
        caches["shares"].clear()
        file = io.BytesIO()
        Image.new("RGB", (300, 300), "red").save(file, "PNG")
        file.seek(0)
        member.change_picture(read_picture(file))
        picture = Image.open(io.BytesIO(client.get(f"{page_of(share)}/card.png").content))
        red, green, blue = picture.getpixel((72 + 220, 315))  # type: ignore[misc]  # a tuple for RGB
        assert red > 240 > 20 > max(green, blue)
        shown = re.findall(r'<img src="(/pictures/[^"]+)"', client.get(page_of(share)).content.decode())
        assert client.get(shown[0])["Content-Type"] == "image/webp"
        assert without


End = Callable[[Share, Fan], Any]
ENDS: dict[str, tuple[End, str]] = {
    "withdrawn": (lambda share, alice: alice.client.delete(f"/api/shares/{share.token}/"), "공유를 그만두었어요."),
    "expired": (lambda share, alice: Share.objects.update(expires_at=Now()), "들을 수 있는 기간이 지났어요."),
    "deleted": (
        lambda share, alice: alice.client.delete(f"/api/voice-requests/{spoken_in(share).pk}/"),
        "만든 분이 지웠어요.",
    ),
    "no longer given out": (
        lambda share, alice: VoiceRequest.objects.update(status="failed", audio_name="", error_code="internal_error"),
        "공유를 그만두었어요.",
    ),
}


@pytest.mark.parametrize(("end", "why"), ENDS.values(), ids=ENDS)
def test_when_it_ends_nothing_is_seen_or_heard_any_more_and_the_page_says_why(
    end: End, why: str, share: Share, alice: Fan, client: Client
) -> None:
    for path in ("", "/audio", "/card.png"):
        assert client.get(f"{page_of(share)}{path}").status_code == 200
    end(share, alice)
    response = client.get(page_of(share))
    page = response.content.decode()
    assert response.status_code == 410
    assert "이제 들을 수 없는 목소리예요." in page
    assert why in page
    assert "고마워" not in page
    assert "테스트 멤버" not in page
    for path in ("/audio", "/card.png"):
        assert client.get(f"{page_of(share)}{path}").status_code == 404
    assert client.post(f"{page_of(share)}/report", {"reason": "other"}).status_code == 410


def test_one_rule_says_what_may_be_heard_for_every_address(
    share: Share, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = spoken_in(share)
    request = f"/api/voice-requests/{spoken.pk}/"
    addresses = {
        temporary_url(spoken.audio_name): (200, 404),
        f"{request}audio/": (302, 409),
        f"{request}captions.srt": (200, 409),
        page_of(share): (200, 410),
        f"{page_of(share)}/audio": (200, 404),
    }
    before = {address: client.get(address).status_code for address in addresses}
    monkeypatch.setattr(VoiceRequest, "may_be_given_out", False)
    after = {address: client.get(address).status_code for address in addresses}
    assert {address: (before[address], after[address]) for address in addresses} == addresses
    shown = client.get(request).json()
    assert (shown["audio"], shown["audio_stream"]) == (None, None)


class TestReports:
    def test_it_is_two_presses_and_a_word_of_thanks(self, share: Share, client: Client) -> None:
        page = client.get(page_of(share)).content.decode()
        (action,) = re.findall(r'<form method="post" action="([^"]+)">', page)
        reasons = re.findall(r'<button class="chip" name="reason" value="([^"]+)">', page)
        assert reasons == Report.Reason.values
        # Browsers send no cookie that would have to be checked.
        answer = Client(enforce_csrf_checks=True).post(action, {"reason": reasons[0]}, follow=True)
        assert answer.redirect_chain == [(f"{page_of(share)}/reported", 303)]
        assert "알려 주셔서 고마워요." in answer.content.decode()
        report = Report.objects.get()
        assert (report.share, report.reason, report.handled_at) == (share, reasons[0], None)
        assert "127.0.0.1" not in report.address

    def test_one_network_reports_a_share_once_for_each_reason(self, share: Share, client: Client) -> None:
        for _ in range(3):
            client.post(f"{page_of(share)}/report", {"reason": "hurtful"})
        client.post(f"{page_of(share)}/report", {"reason": "other"})
        client.post(f"{page_of(share)}/report", {"reason": "hurtful"}, REMOTE_ADDR="192.0.2.7")
        assert Report.objects.count() == 3

    @pytest.mark.parametrize("body", [{}, {"reason": "x"}, {"reason": ""}])
    def test_a_reason_is_one_of_those(self, body: dict[str, str], share: Share, client: Client) -> None:
        assert client.post(f"{page_of(share)}/report", body).status_code == 400
        assert not Report.objects.exists()

    def test_so_many_a_minute(self, share: Share, client: Client, settings: Any) -> None:
        settings.CALLS_PER_MINUTE = {**settings.CALLS_PER_MINUTE, "posts": 2}
        settings.FANS_PER_ADDRESS = 1
        answers = [client.post(f"{page_of(share)}/report", {"reason": "other"}).status_code for _ in range(3)]
        assert answers == [303, 303, 429]

    def test_it_stays_when_the_speech_is_deleted(self, share: Share, client: Client) -> None:
        client.post(f"{page_of(share)}/report", {"reason": "other"})
        spoken_in(share).delete()
        assert Report.objects.get().share.request is None


def test_a_share_expires_later_than_its_request_was_made(share: Share) -> None:
    assert share.expires_at > spoken_in(share).queued_at + timedelta(days=29)


def test_audio_that_the_storage_has_lost_leaves_a_page(share: Share, client: Client) -> None:
    default_storage.delete(spoken_in(share).audio_name)
    assert client.get(page_of(share)).status_code == 200
    assert client.get(f"{page_of(share)}/card.png").status_code == 200
    assert client.get(f"{page_of(share)}/audio").status_code == 404
