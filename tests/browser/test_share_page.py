"""The page of a share in a real browser: seen, heard and reported by somebody who was sent its address."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from testing.processes import wait_until
from tests.browser.axe import axe_violations_of
from tests.browser.steps import picture

SPOKEN_WITHIN_SECONDS = 90
TEXT = "오늘도 와 줘서 고마워.\n조심히 들어가."
PHONE = ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=640)
DESKTOP = ViewportSize(width=1280, height=800)


class Shared:
    """What somebody has had spoken and given out, and the address of it."""

    def __init__(self, service: str, text: str = TEXT) -> None:
        token = httpx.post(f"{service}/api/listeners/", json={}).json()["token"]
        self._client = httpx.Client(base_url=service, headers={"Authorization": f"Bearer {token}"})
        asked = self._client.post("/api/voice-requests/", json={"member": 1, "text": text, "format": "mp3"})
        self._request = asked.headers["Location"]
        wait_until(lambda: self._status() == "succeeded", SPOKEN_WITHIN_SECONDS)
        share = self._client.post("/api/shares/", json={"request": asked.json()["id"]}).json()
        self.token: str = share["token"]
        self.url: str = share["url"]

    def _status(self) -> str:
        status: str = self._client.get(self._request).json()["status"]
        return status

    def withdraw(self) -> None:
        assert self._client.delete(f"/api/shares/{self.token}/").status_code == 204


@pytest.fixture(scope="module")
def shared(live_service: str) -> Shared:
    return Shared(live_service)


@pytest.fixture
def opened(browser: Browser, shared: Shared) -> Iterator[Callable[..., Page]]:
    """Open the address as somebody who was never here, and fail on anything that the browser complains about."""
    contexts = []
    complaints: list[str] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"locale": "ko-KR", "viewport": PHONE, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(shared.url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def heard_seconds(page: Page) -> float:
    seconds: float = page.locator("audio").evaluate("audio => audio.currentTime")
    return seconds


def test_one_press_plays_it_to_its_end(opened: Callable[..., Page]) -> None:
    page = opened()
    expect(page.get_by_role("heading", name="테스트 멤버의 목소리")).to_be_visible()
    expect(page.get_by_text("AI로 만든 음성", exact=True)).to_be_visible()
    page.get_by_role("button", name="듣기").click()
    expect(page.get_by_role("button", name="멈추기")).to_be_visible()
    wait_until(lambda: heard_seconds(page) > 0.2, 10)
    length = page.locator("audio").evaluate("audio => audio.duration")
    assert length == pytest.approx(float(page.get_by_role("slider").get_attribute("max") or 0), abs=0.1)
    wait_until(lambda: bool(page.locator("audio").evaluate("audio => audio.ended")), length + 20)
    expect(page.get_by_role("button", name="듣기")).to_be_visible()


def test_the_keyboard_goes_to_any_place(opened: Callable[..., Page]) -> None:
    page = opened()
    slider = page.get_by_role("slider", name="위치")
    slider.focus()
    slider.press("End")
    wait_until(lambda: heard_seconds(page) > 1, 10)
    slider.press("Home")
    wait_until(lambda: heard_seconds(page) == 0, 10)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(scheme: str, opened: Callable[..., Page], axe_source: str) -> None:
    page = opened(color_scheme=scheme)
    picture(page, f"shared-{scheme}")
    page.get_by_text("신고하기").click()
    expect(page.get_by_role("button", name="다른 이유예요")).to_be_visible()
    for viewport in (NARROW, PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        picture(page, f"shared-report-{viewport['width']}-{scheme}")
        assert axe_violations_of(page, axe_source) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        play = page.get_by_role("button", name="듣기").bounding_box()
        assert play is not None
        assert play["y"] + play["height"] < viewport["height"]


def test_without_scripts_the_browsers_own_player_plays_it(opened: Callable[..., Page]) -> None:
    page = opened(java_script_enabled=False)
    audio = page.locator("audio[controls]")
    expect(audio).to_be_visible()
    expect(page.get_by_role("button", name="듣기")).to_be_hidden()
    page.get_by_text("신고하기").click()
    page.get_by_role("button", name="다른 이유예요").click()
    expect(page.get_by_text("알려 주셔서 고마워요.")).to_be_visible()


def test_who_reads_english_gets_english(opened: Callable[..., Page]) -> None:
    page = opened(locale="en-US")
    expect(page.get_by_text("Speech made by AI", exact=True)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_two_presses_report_it(opened: Callable[..., Page], axe_source: str) -> None:
    page = opened()
    page.get_by_text("신고하기").click()
    page.get_by_role("button", name="누군가를 괴롭히거나 상처 주는 말이에요").click()
    expect(page.get_by_text("알려 주셔서 고마워요.")).to_be_visible()
    picture(page, "shared-reported")
    assert axe_violations_of(page, axe_source) == []
    page.get_by_role("link", name="돌아가기").click()
    expect(page.get_by_role("button", name="듣기")).to_be_visible()


def test_a_voice_that_was_withdrawn_meanwhile_says_so(browser: Browser, live_service: str, axe_source: str) -> None:
    shared = Shared(live_service, "곧 사라질 말.")
    context = browser.new_context(locale="ko-KR", viewport=PHONE)
    page = context.new_page()
    page.goto(shared.url)
    shared.withdraw()
    page.reload()
    expect(page.get_by_role("heading", name="이제 들을 수 없는 목소리예요.")).to_be_visible()
    expect(page.get_by_text("곧 사라질 말.")).to_have_count(0)
    picture(page, "shared-withdrawn")
    assert axe_violations_of(page, axe_source) == []
    page.get_by_role("link", name="나도 들어 보기").click()
    expect(page).to_have_url(re.compile(rf"^{live_service}/"))
    context.close()
