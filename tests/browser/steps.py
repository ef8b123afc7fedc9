"""What a fan does on the page, and what the tests look at there."""

import re

from playwright.sync_api import Locator, Page, expect

from testing.processes import REPOSITORY, wait_until

# The first sentence waits until the worker has loaded the voice.
SPOKEN_WITHIN_MS = 90_000

WORKING_MEMBER = "테스트 멤버"
BROKEN_MEMBER = "고장난 멤버"

SCREENSHOTS = REPOSITORY / ".artifacts" / "screenshots"


def picture(page: Page, name: str) -> None:
    """Keep a picture of the window, to be looked at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def choose(page: Page, member: str) -> None:
    page.get_by_role("radio", name=re.compile(member)).check(force=True)


def ask(page: Page, text: str, member: str = WORKING_MEMBER) -> None:
    choose(page, member)
    page.get_by_role("textbox").fill(text)
    speak_button(page).click()


def speak_button(page: Page) -> Locator:
    """Return the one button, whatever it says at the moment."""
    return page.locator("button.speak-button")


def studio_status(page: Page) -> Locator:
    """Return what a screen reader hears of the request."""
    return page.locator("form").get_by_role("status")


def notice(page: Page) -> Locator:
    """Return the place below the button where failures are named."""
    return page.locator(".studio-notice")


def player(page: Page) -> Locator:
    return page.get_by_role("region", name="플레이어")


def audio(page: Page) -> Locator:
    """Return the audio element of the player."""
    return page.locator("#root > audio")


def voices(page: Page) -> Locator:
    return page.get_by_role("region", name="내 목소리").get_by_role("listitem")


def expect_spoken(page: Page) -> None:
    expect(studio_status(page)).to_contain_text("다 됐어요", timeout=SPOKEN_WITHIN_MS)


def expect_heard(page: Page) -> float:
    """Expect that the player has played some of the audio, and return its length in seconds."""
    wait_until(lambda: bool(audio(page).evaluate("audio => audio.currentTime > 0")), 15)
    # The length of a stream is known when all of it has come.
    wait_until(lambda: bool(audio(page).evaluate("audio => Number.isFinite(audio.duration)")), 60)
    length: float = audio(page).evaluate("audio => audio.duration")
    return length


def open_voice_menu(page: Page, row: Locator) -> None:
    row.get_by_role("button", name=re.compile("더보기")).click()
    expect(page.get_by_role("menu")).to_be_visible()
