"""How the page looks: without barriers, at every width, in both languages and both colour schemes.

Each state leaves a picture in ``.artifacts/screenshots/``, to be looked at.
"""

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import axe_violations_of
from tests.browser.steps import (
    BROKEN_MEMBER,
    SPOKEN_WITHIN_MS,
    ask,
    expect_spoken,
    open_voice_menu,
    picture,
    player,
    speak_button,
    studio_status,
    voices,
)

# Adds up how far the parts of the page have moved without being touched.
WATCH_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted += shift.value;
    }).observe({type: "layout-shift", buffered: true});
"""


def look(page: Page, axe_source: str, state: str) -> None:
    """Look for barriers on a phone and on a desktop, in light and dark, and keep a picture of each."""
    for color_scheme in ("light", "dark"):
        page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        for width, height in ((390, 844), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            picture(page, f"{state}-{width}-{color_scheme}")
            barriers = axe_violations_of(page, axe_source, only_contrast=color_scheme == "dark")
            assert barriers == [], (state, width, color_scheme)


def test_no_state_has_barriers(page: Page, axe_source: str) -> None:
    expect(page.get_by_role("radio").first).to_be_visible()
    look(page, axe_source, "first")
    speak_button(page).click()
    look(page, axe_source, "no-text")
    ask(page, "들리나요?", member=BROKEN_MEMBER)
    expect(studio_status(page)).to_contain_text("만들지 못했어요", timeout=SPOKEN_WITHIN_MS)
    look(page, axe_source, "failed")
    ask(page, "넷플릭스 ★ 볼래요?")
    expect_spoken(page)
    expect(player(page)).to_be_visible()
    page.get_by_role("button", name=re.compile("이렇게 읽어요")).click()
    page.locator("summary").click()
    look(page, axe_source, "spoken")
    page.locator(".text-preview-word").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page, axe_source, "reading")
    page.keyboard.press("Escape")
    player(page).get_by_role("button", name="나누기").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    look(page, axe_source, "share")
    page.keyboard.press("Escape")
    open_voice_menu(page, voices(page).first)
    # A menu closes when the window changes: its picture is taken as it is.
    picture(page, "menu")
    assert axe_violations_of(page, axe_source) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="내 목소리").click()
    expect(page.get_by_role("heading", name="내 목소리", level=1)).to_be_visible()
    look(page, axe_source, "voices")
    page.goto("/members/test")
    expect(page.get_by_role("radio").first).to_be_visible()
    look(page, axe_source, "member")
    page.goto("/nowhere")
    look(page, axe_source, "nowhere")


def test_nothing_is_wider_than_the_window_and_all_can_be_touched(page: Page) -> None:
    ask(page, "띄어쓰기없이아주길게적은말도화면밖으로나가지않아요" * 5)
    expect_spoken(page)
    expect(voices(page)).to_have_count(1)
    for width in (320, 390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        picture(page, f"long-words-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for button in (
            page.locator(".button:not(.skip), .icon-button, .chip, .player-toggle, .voice-play")
            .filter(visible=True)
            .all()
        ):
            box = button.bounding_box()
            assert box is not None and min(box["width"], box["height"]) >= 43.5, (width, button)


def test_a_thousand_characters_and_fifty_rows_are_shown(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, "처음 한 말이에요.")
    expect_spoken(page)

    def fifty(route: Any) -> None:
        answer = route.fetch()
        body = answer.json()
        first = body["results"][0]
        body["results"] = [{**first, "id": first["id"][:-2] + f"{n:02}", "text": f"{n}번째 말" * 9} for n in range(50)]
        route.fulfill(response=answer, json=body)

    page.route("**/api/voice-requests/?page=1", fifty)
    page.goto("/voices")
    expect(voices(page)).to_have_count(50)
    picture(page, "fifty-rows-390")
    page.goto("/")
    page.get_by_role("textbox").fill("오늘도 와 줘서 정말 고마워요. " * 58)
    picture(page, "thousand-characters-390")
    expect(speak_button(page)).to_be_in_viewport(ratio=1)
    # The button covers nothing of the studio.
    for height in (844, 640):
        page.set_viewport_size({"width": 390, "height": height})
        line, button = page.locator(".text-preview").bounding_box(), speak_button(page).bounding_box()
        assert line is not None and button is not None
        assert line["y"] + line["height"] <= button["y"], height


def test_nothing_moves_by_itself(browser: Browser, live_service: str) -> None:
    context = browser.new_context(base_url=live_service, locale="ko-KR", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(WATCH_SHIFTS)
    page.goto("/")
    ask(page, "가만히 있어요.")
    expect_spoken(page)
    expect(player(page)).to_be_visible()
    expect(player(page).get_by_role("button", name="나누기")).to_be_visible()
    assert page.evaluate("shifted") < 0.001
    context.close()


def test_the_focus_is_always_visible(page: Page) -> None:
    expect(page.get_by_role("radio").first).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => {
                const focused = document.activeElement;
                const around = focused.closest(".face-choice, .text-box, .waveform-bars");
                return [focused, around].some((part) => part && getComputedStyle(part).outlineStyle === "solid");
            }"""
        )
        assert shown, page.evaluate("document.activeElement.outerHTML")


def test_the_page_speaks_english_too(browser: Browser, live_service: str) -> None:
    context = browser.new_context(base_url=live_service, locale="en-US", viewport={"width": 390, "height": 844})
    english = context.new_page()
    english.goto("/")
    expect(english.get_by_role("button", name="Say it")).to_be_visible()
    expect(english.locator("html")).to_have_attribute("lang", "en")
    picture(english, "english-390")
    assert english.evaluate("document.documentElement.scrollWidth") <= 390

    english.get_by_role("button", name="한국어").click()
    expect(english.locator("html")).to_have_attribute("lang", "ko")
    english.reload()
    expect(english.get_by_role("button", name="들려주세요")).to_be_visible()
    context.close()


def test_no_sign_is_shown_as_a_box(page: Page) -> None:
    """The font that ships has Hangul; icons are drawn, and no emoji stands in the page's own words."""
    has_font = "document.fonts.ready.then(() => document.fonts.check('16px \"Pretendard Variable\"', '목소리'))"
    assert page.evaluate(has_font)
    words = page.locator("body").inner_text()
    assert not re.search("[\U0001f000-\U0001faff☀-➿]", words)


def test_the_page_can_be_installed(page: Page, live_service: str) -> None:
    manifest = page.request.get("/static/manifest.webmanifest")
    body = manifest.json()
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    sizes = {icon["sizes"] for icon in body["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in body["icons"]:
        assert page.request.get(f"/static/{icon['src']}").ok
    session = page.context.new_cdp_session(page)
    read = session.send("Page.getAppManifest")
    assert read["errors"] == []
    assert read["url"] == f"{live_service}/static/manifest.webmanifest"
