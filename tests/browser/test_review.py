"""The review in a real browser: by keys, one player at a time, new rows by themselves; on a phone, without barriers.

Each state leaves a picture in ``.artifacts/screenshots/``, to be looked at.
"""

import re

from playwright.sync_api import Locator, Page, expect

from testing.processes import wait_until
from tests.browser.axe import axe_violations_of
from tests.browser.steps import picture

SPOKEN_WITHIN_MS = 90_000
WAITING = "/admin/voices/voicerequest/?waits=review"


def ask(page: Page, text: str) -> str:
    """Ask for a text, as a fan would; return the request's id."""
    request_id: str = page.evaluate(
        """async (text) => {
            const listed = await (await fetch("/api/members/")).json();
            const member = (listed.results ?? listed).find((one) => one.name === "테스트 멤버").id;
            const body = JSON.stringify({ member, text });
            const headers = { "Content-Type": "application/json" };
            return (await (await fetch("/api/voice-requests/", { method: "POST", headers, body })).json()).id;
        }""",
        text,
    )
    return request_id


def review_of(page: Page, request_id: str) -> str:
    told: str = page.evaluate(
        "async (id) => (await (await fetch(`/api/voice-requests/${id}/`)).json()).review.status", request_id
    )
    return told


def row(page: Page, request_id: str) -> Locator:
    return page.locator(f"#result_list tbody:has([data-request='{request_id}'])")


def test_requests_are_reviewed_by_keys(admin_page: Page, axe_source: str) -> None:
    page = admin_page
    page.goto(WAITING)
    first = ask(page, "번호는 010-1234-5678이에요.")
    page.reload()
    expect(row(page, first).locator("audio")).to_be_visible(timeout=SPOKEN_WITHIN_MS)
    # What comes while the list is open is shown by itself, and spoken soon after.
    second = ask(page, "여기로 와요, https://example.com/ ★")
    expect(row(page, second).locator("audio")).to_be_visible(timeout=SPOKEN_WITHIN_MS)
    picture(page, "review-list-1280")
    assert axe_violations_of(page, axe_source) == []

    # One player at a time.
    players = page.locator("#result_list audio")
    for number in range(2):
        players.nth(number).evaluate("audio => audio.play()")
        wait_until(
            lambda: int(page.evaluate("[...document.querySelectorAll('audio')].filter(a => !a.paused).length")) <= 1, 5
        )
    page.evaluate("document.querySelectorAll('audio').forEach(audio => audio.pause())")

    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(row(page, second)).to_have_class(re.compile("review-current"))
    page.keyboard.press("a")
    expect(page.get_by_text("승인했어요.")).to_be_visible()
    expect(row(page, second)).to_have_count(0)
    assert review_of(page, second) == "approved"

    expect(row(page, first)).to_have_class(re.compile("review-current"))
    page.keyboard.press("r")
    picture(page, "review-reasons-1280")
    page.keyboard.press("2")
    expect(page.get_by_text("거절했어요.")).to_be_visible()
    assert review_of(page, first) == "rejected"


def test_it_is_reviewed_on_a_phone_and_on_the_page_of_a_request(admin_page: Page, axe_source: str) -> None:
    page = admin_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(WAITING)
    asked = ask(page, "메일은 fan@example.com으로 보내 줘요.")
    page.reload()
    expect(row(page, asked).locator("audio")).to_be_visible(timeout=SPOKEN_WITHIN_MS)
    picture(page, "review-list-390")
    assert axe_violations_of(page, axe_source) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    row(page, asked).get_by_role("link", name="메일은").click()
    expect(page.get_by_role("button", name="승인")).to_be_visible()
    picture(page, "request-390")
    page.set_viewport_size({"width": 1280, "height": 800})
    picture(page, "request-1280")
    assert axe_violations_of(page, axe_source) == []
    page.get_by_role("button", name="승인").click()
    expect(page.get_by_text("승인했어요.")).to_be_visible()
    assert review_of(page, asked) == "approved"
