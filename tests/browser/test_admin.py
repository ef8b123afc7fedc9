"""The admin in a real browser, with a real worker behind it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import bring_voice

SPOKEN_WITHIN_MS = 60_000


def test_a_voice_is_brought_heard_activated_and_left(admin_page: Page, tmp_path: Path) -> None:
    page = admin_page
    bring_voice(page, tmp_path)

    # A worker checks it, and the page shows that by itself.
    activate = page.get_by_role("button", name="멤버의 목소리로 쓰기")
    expect(activate).to_be_visible(timeout=SPOKEN_WITHIN_MS)
    expect(page.locator("audio")).to_have_count(1)
    page.get_by_label("들어 볼 문장").fill("미리 들어 볼게요.")
    page.get_by_role("button", name="말해 보기").click()
    expect(page.locator("audio")).to_have_count(2, timeout=SPOKEN_WITHIN_MS)
    page.locator("audio").first.evaluate("audio => audio.play()")

    activate.click()
    expect(page.get_by_text("이제부터 테스트 멤버님이 이 목소리로 말합니다.")).to_be_visible()
    page.get_by_role("button", name="이전 목소리로 되돌리기").click()
    expect(page.get_by_text("테스트 멤버님이 다시 이 목소리로 말합니다.")).to_be_visible()
