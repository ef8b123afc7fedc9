"""My voices: the rows, the player, and what becomes of what is kept and deleted."""

import re

import httpx
from playwright.sync_api import Browser, Page, expect

from testing.processes import wait_until
from tests.browser.steps import (
    SPOKEN_WITHIN_MS,
    ask,
    audio,
    expect_heard,
    expect_spoken,
    open_voice_menu,
    player,
    studio_status,
    voices,
)


def test_a_row_says_how_long_the_voice_is_before_it_is_played(page: Page) -> None:
    ask(page, "몇 초인지 알아요.")
    expect_spoken(page)
    seconds = expect_heard(page)
    expect(voices(page).first).to_contain_text(f"0:{round(seconds):02}")
    page.reload()
    expect(voices(page).first).to_contain_text(f"0:{round(seconds):02}")
    expect(page.locator("audio[controls]")).to_have_count(0)


def test_earlier_voices_are_played_and_used_again(page: Page) -> None:
    ask(page, "먼저 한 말이에요.")
    expect_spoken(page)
    expect(voices(page)).to_have_count(1)
    page.get_by_role("textbox").fill("다른 말")
    page.reload()

    voices(page).first.get_by_role("button", name=re.compile("재생: 먼저")).click()
    expect_heard(page)
    open_voice_menu(page, voices(page).first)
    page.get_by_role("menuitem", name="이 말로 다시 쓰기").click()
    expect(page.get_by_role("textbox")).to_have_value("먼저 한 말이에요.")


def test_a_voice_is_named_and_starred(page: Page) -> None:
    ask(page, "이름을 지어 줄래요?")
    expect_spoken(page)
    row = voices(page).first
    open_voice_menu(page, row)
    page.get_by_role("menuitem", name="이름 바꾸기").click()
    page.get_by_label("이름", exact=True).fill("첫 목소리")
    page.get_by_label("이름", exact=True).press("Enter")
    expect(row).to_contain_text("첫 목소리")
    row.get_by_role("button", name=re.compile("별표")).click()

    page.reload()
    expect(row).to_contain_text("첫 목소리")
    expect(row.get_by_role("button", name=re.compile("별표"))).to_have_attribute("aria-pressed", "true")


def test_a_deleted_voice_can_be_brought_back_for_a_while(page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for text in ("지울 말이에요.", "남길 말이에요."):
        ask(page, text)
        expect(player(page)).to_contain_text(text, timeout=90_000)
    expect(voices(page)).to_have_count(2)

    def delete() -> None:
        open_voice_menu(page, voices(page).filter(has_text="지울"))
        page.get_by_role("menuitem", name="지우기").click()
        expect(voices(page)).to_have_count(1)

    delete()
    page.get_by_role("button", name="되돌리기").click()
    expect(voices(page)).to_have_count(2)

    delete()
    with page.expect_request(lambda request: request.method == "DELETE", timeout=15_000):
        pass
    page.reload()
    expect(voices(page)).to_have_count(1)
    assert dialogs == []


def test_closing_the_page_deletes_what_was_not_brought_back(page: Page, live_service: str) -> None:
    ask(page, "바로 지워질 말이에요.")
    expect_spoken(page)
    token = page.evaluate("localStorage.getItem('forv.listener.token')")

    def kept() -> int:
        answer = httpx.get(f"{live_service}/api/voice-requests/", headers={"Authorization": f"Bearer {token}"})
        count: int = answer.json()["count"]
        return count

    assert kept() == 1
    open_voice_menu(page, voices(page).first)
    page.get_by_role("menuitem", name="지우기").click()
    expect(voices(page)).to_have_count(0)
    assert kept() == 1
    page.goto("about:blank")
    wait_until(lambda: kept() == 0, 3)


def test_a_voice_is_downloaded_in_the_format_chosen_then(page: Page) -> None:
    ask(page, "오늘도 정말")
    expect_spoken(page)
    for file_format, begins_with in {"WAV": b"RIFF", "MP3": b"", "Opus": b"OggS", "FLAC": b"fLaC"}.items():
        player(page).get_by_role("button", name="내려받기").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=file_format).click()
        assert download.value.suggested_filename == f"테스트 멤버_오늘도 정말.{file_format.lower()}"
        content = download.value.path().read_bytes()
        assert len(content) > 1000
        assert content.startswith(begins_with)
        expect(player(page)).to_be_visible()


def test_the_word_that_is_spoken_is_lit_and_the_place_can_be_chosen(page: Page) -> None:
    ask(page, "하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열")
    expect_spoken(page)
    length = expect_heard(page)
    lit = player(page).locator("[data-now=true]")
    expect(lit).to_have_count(1)
    slider = player(page).get_by_role("slider", name="들을 곳")
    slider.fill(str(round(length * 0.95, 1)))
    expect(lit).to_have_text(re.compile("아홉|열"))
    assert audio(page).evaluate("audio => audio.currentTime") > length / 2


def test_words_are_known_while_later_sentences_are_spoken(page: Page) -> None:
    ask(page, "하나 둘 셋입니다. " * 80)
    expect(player(page).locator("[data-word]").first).to_be_visible(timeout=SPOKEN_WITHIN_MS)
    expect(studio_status(page)).not_to_contain_text("다 됐어요", timeout=1)
    expect_spoken(page)
    expect(player(page).locator("[data-word]")).to_have_count(240)


def test_another_take_is_another_voice(page: Page) -> None:
    ask(page, "다른 느낌으로요.")
    expect_spoken(page)
    with page.expect_request("**/api/voice-requests/") as sent:
        player(page).get_by_role("button", name="다른 느낌으로 다시").click()
    assert (sent.value.post_data_json or {})["seed"] > 0
    expect(voices(page)).to_have_count(2)


def test_the_player_goes_on_from_page_to_page(page: Page) -> None:
    ask(page, "페이지를 옮겨도 이어져요. " * 6)
    expect_spoken(page)
    expect_heard(page)
    page.get_by_role("link", name="내 목소리").click()
    expect(page).to_have_url(re.compile("/voices$"))
    before = audio(page).evaluate("audio => audio.currentTime")
    page.wait_for_timeout(700)
    assert audio(page).evaluate("audio => audio.currentTime") > before
    assert not audio(page).evaluate("audio => audio.paused")
    page.get_by_role("link", name="ForV Voices").click()
    expect(player(page)).to_be_visible()


def test_another_fan_does_not_see_them(page: Page, browser: Browser, live_service: str) -> None:
    ask(page, "나만 볼 수 있어요.")
    expect_spoken(page)
    uuid = page.evaluate("localStorage.getItem('forv.listener')")

    other = browser.new_context(base_url=live_service, locale="ko-KR").new_page()
    other.goto("/")
    expect(other.get_by_text("아직 없어요.")).to_be_visible()
    # Nor does who knows the name that the browser has for itself.
    other.evaluate("uuid => localStorage.setItem('forv.listener', uuid)", uuid)
    other.reload()
    expect(other.get_by_text("아직 없어요.")).to_be_visible()
    other.context.close()


def test_a_visitor_who_asks_for_nothing_gets_no_token(page: Page) -> None:
    expect(page.get_by_text("아직 없어요.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_voices_are_carried_to_another_device(page: Page, browser: Browser, live_service: str) -> None:
    ask(page, "다른 기기에서도 들려요.")
    expect_spoken(page)
    page.goto("/voices")
    with page.expect_response("**/api/transfers/") as made:
        page.get_by_role("button", name="다른 기기에서 듣기").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()

    other = browser.new_context(base_url=live_service, locale="ko-KR").new_page()
    other.goto(f"/voices#transfer={made.value.json()['code']}")
    other.get_by_role("button", name="이어 듣기").click()
    expect(voices(other)).to_have_count(1)
    expect(voices(other)).to_contain_text("다른 기기에서도 들려요.")
    assert "transfer" not in other.url

    other.goto(f"/voices#transfer={made.value.json()['code']}")
    other.reload()
    other.get_by_role("button", name="이어 듣기").click()
    expect(other.get_by_role("alertdialog").get_by_role("alert")).to_have_text(re.compile("[가-힣]"))
    other.context.close()
