"""The network goes away and comes back."""

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import ask, audio, expect_heard, expect_spoken, player, speak_button, voices

OFFLINE = re.compile("연결이 끊겼어요")


def test_what_was_asked_offline_is_sent_when_the_network_is_back(page: Page) -> None:
    expect(page.get_by_role("radio").first).to_be_visible()
    page.context.set_offline(True)
    ask(page, "여보세요?")
    expect(speak_button(page)).to_have_text("연결되면 바로 보낼게요", timeout=15_000)
    expect(page.get_by_text(OFFLINE)).to_have_count(1)
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)  # said once, and in one place

    page.context.set_offline(False)
    expect_spoken(page)
    expect(page.get_by_text(OFFLINE)).to_have_count(0)
    expect(voices(page)).to_have_count(1)


def test_a_lost_network_while_it_is_spoken_leaves_no_error_behind(page: Page) -> None:
    ask(page, "끊겨도 이어져요. " * 20)
    page.context.set_offline(True)
    expect(page.get_by_text(OFFLINE)).to_be_visible(timeout=15_000)
    page.context.set_offline(False)
    expect_spoken(page)
    expect_heard(page)
    expect(page.get_by_text(OFFLINE)).to_have_count(0)
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


def test_audio_that_can_not_be_loaded_offline_blames_the_network_and_plays_later(page: Page) -> None:
    ask(page, "나중에 들려요.")
    expect_spoken(page)
    page.reload()
    expect(voices(page)).to_have_count(1)
    player(page).get_by_role("button", name="플레이어 닫기").click()
    page.context.set_offline(True)
    voices(page).first.get_by_role("button", name=re.compile("재생")).click()
    expect(player(page)).to_contain_text("연결되면 다시 들려드릴게요.")
    expect(player(page)).not_to_contain_text("형식")
    page.context.set_offline(False)
    expect(player(page)).not_to_contain_text("연결되면", timeout=15_000)
    expect_heard(page)
    assert not audio(page).evaluate("audio => audio.error")


def test_members_that_could_not_be_loaded_come_by_themselves(page: Page) -> None:
    page.route("**/api/members/", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text(OFFLINE)).to_be_visible(timeout=15_000)
    page.unroute("**/api/members/")
    expect(page.get_by_role("radio").first).to_be_visible(timeout=15_000)
    expect(page.get_by_text(OFFLINE)).to_have_count(0)
