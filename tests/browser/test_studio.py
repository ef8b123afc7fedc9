"""The studio: what is written, how it is read, and what becomes of it."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from testing.processes import wait_until
from tests.browser.steps import (
    BROKEN_MEMBER,
    SPOKEN_WITHIN_MS,
    ask,
    audio,
    expect_heard,
    expect_spoken,
    notice,
    player,
    speak_button,
    studio_status,
    voices,
)

REFUSED_FOR_NOW = {"error": {"code": "queue_full", "message": "요청이 너무 많아요."}}


def test_a_fan_types_and_hears_the_member(page: Page) -> None:
    ask(page, "안녕하세요. 반가워요.")

    expect_spoken(page)
    length = expect_heard(page)
    request = page.evaluate(
        """async () => {
            const id = JSON.parse(localStorage.getItem("forv.current"));
            return (await fetch(`/api/voice-requests/${id}/`)).json();
        }"""
    )
    assert length == pytest.approx(request["duration_seconds"], abs=0.1)
    expect(player(page)).to_contain_text("안녕하세요. 반가워요.")


def test_the_text_and_the_button_are_on_the_first_screen(page: Page) -> None:
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        for part in (page.get_by_role("textbox"), speak_button(page)):
            box = part.bounding_box()
            assert box is not None
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height


def test_a_long_text_and_its_reading_leave_the_button_on_the_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("textbox").fill("오늘도 와 줘서 정말 고마워요. " * 55)
    line = page.get_by_role("button", name=re.compile("이렇게 읽어요"))
    expect(line).to_contain_text("오늘도")
    line.click()
    expect(page.get_by_text("다르게 읽히면 좋을 말을")).to_be_visible()
    expect(speak_button(page)).to_be_in_viewport()


def test_faster_speech_is_shorter_and_its_preview_says_so(page: Page) -> None:
    text = "천천히 말하면 길고 빨리 말하면 짧아요. " * 4

    def seconds(speed: str) -> tuple[int, float]:
        page.locator("summary").click()
        page.get_by_role("slider", name="빠르기").fill(speed)
        page.get_by_role("textbox").fill(text)
        page.wait_for_timeout(1500)  # the preview settles
        shown = page.get_by_role("note").get_by_text(re.compile(r"약 \d+초")).inner_text()
        ask(page, text)
        expect_spoken(page)
        length = expect_heard(page)
        page.reload()
        return int(shown.removeprefix("약 ").removesuffix("초")), length

    slow_shown, slow = seconds("0.5")
    fast_shown, fast = seconds("2")
    assert fast < slow
    assert fast_shown < slow_shown


def test_the_page_shows_what_will_be_said_and_what_not_as_one_types(page: Page) -> None:
    page.get_by_role("textbox").fill("8월 22일에 ★ 만나요")
    preview = page.get_by_role("note", name="이렇게 읽어요")
    expect(preview).to_contain_text("팔월 이십이일에 만나요")
    expect(preview).to_contain_text("★ 건너뜀")
    page.get_by_role("textbox").fill("")
    expect(preview).not_to_contain_text("만나요")


def test_a_suggestion_is_a_start_and_takes_no_text_away(page: Page) -> None:
    page.get_by_role("textbox").fill("내가 쓴 말")
    page.get_by_role("button", name="잘 자").click()
    expect(page.get_by_role("textbox")).to_have_value(re.compile("푹 자"))
    page.get_by_role("button", name="되돌리기").click()
    expect(page.get_by_role("textbox")).to_have_value("내가 쓴 말")


def test_a_pause_is_put_where_the_caret_is_and_is_not_shown_elsewhere(page: Page) -> None:
    box = page.get_by_role("textbox")
    box.fill("하나. 둘.")
    page.locator("summary").click()
    box.evaluate("box => box.setSelectionRange(3, 3)")
    page.get_by_role("button", name="2초 쉼 넣기").click()
    expect(box).to_have_value("하나. [2초] 둘.")
    expect(box).to_be_focused()
    assert box.evaluate("box => box.selectionEnd") == len("하나. [2초]")
    speak_button(page).click()
    expect_spoken(page)
    assert expect_heard(page) > 2
    expect(player(page)).to_contain_text("하나. 둘.")
    expect(voices(page).first).to_contain_text("하나. 둘.")


def test_a_word_is_heard_and_read_otherwise(page: Page) -> None:
    page.get_by_role("textbox").fill("넷플릭스 같이 볼래?")
    page.get_by_role("button", name=re.compile("이렇게 읽어요")).click()
    page.locator(".text-preview-word", has_text="넷플릭스").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("적은 말")).to_have_value("넷플릭스")

    dialog.get_by_label("읽는 법").fill("netflix")
    dialog.get_by_role("button", name="이렇게 읽기").click()
    expect(dialog.get_by_role("alert")).to_have_text("한글로 적어 주세요.")

    dialog.get_by_label("읽는 법").fill("넫플릭쓰")
    dialog.get_by_role("button", name="들어 보기").click()
    wait_until(lambda: bool(dialog.locator("audio").evaluate("audio => audio.currentTime > 0")), 90)

    dialog.get_by_role("button", name="이렇게 읽기").click()
    expect(page.get_by_text("고마워요. 이렇게 읽자고 알렸어요.")).to_be_visible()
    expect(page.locator(".text-preview-word", has_text="넫플릭쓰")).to_be_visible()
    with page.expect_request("**/api/voice-requests/") as sent:
        speak_button(page).click()
    assert (sent.value.post_data_json or {})["readings"] == {"넷플릭스": "넫플릭쓰"}
    expect_spoken(page)
    expect(voices(page)).to_have_count(1)  # the trial stands in no list


def test_text_with_nothing_to_say_is_refused_in_clear_words(page: Page) -> None:
    ask(page, "★★★")
    refusal = page.locator(".text-box").get_by_role("alert")
    expect(refusal).to_have_text(re.compile(r"[가-힣]"))
    expect(page.get_by_text(refusal.inner_text())).to_have_count(1)
    expect(player(page)).to_have_count(0)


def test_empty_text_is_asked_for_beside_its_field(page: Page) -> None:
    speak_button(page).click()
    box = page.get_by_role("textbox")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(re.compile("적어 주세요"))


def test_text_over_the_limit_is_refused_before_it_is_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/voice-requests/" in request.url else None)
    ask(page, "가" * 1001)
    expect(page.locator(".text-box").get_by_role("alert")).to_contain_text("1000자까지")
    expect(page.get_by_text("1001/1000")).to_be_visible()
    assert sent == []


def test_a_broken_voice_says_why_and_the_other_member_still_speaks(page: Page) -> None:
    ask(page, "들리나요?", member=BROKEN_MEMBER)
    expect(studio_status(page)).to_contain_text("만들지 못했어요", timeout=SPOKEN_WITHIN_MS)
    expect(notice(page).get_by_role("alert")).to_have_text(re.compile(r"[가-힣]"))

    notice(page).get_by_role("button", name="다시 시도").click()
    expect(voices(page)).to_have_count(2)
    expect(studio_status(page)).to_contain_text("만들지 못했어요", timeout=SPOKEN_WITHIN_MS)

    ask(page, "저는 들려요.")
    expect_spoken(page)
    expect(notice(page).get_by_role("alert")).to_have_count(0)


def test_a_request_is_stopped_and_leaves_no_card_behind(page: Page) -> None:
    ask(page, "오래 걸리는 긴 이야기예요. " * 60)
    page.get_by_role("button", name="그만두기").click()
    expect(studio_status(page)).to_have_text("그만뒀어요.", timeout=SPOKEN_WITHIN_MS)
    expect(player(page)).to_have_count(0)
    expect(voices(page)).to_have_count(0)
    expect(speak_button(page)).to_have_text("들려주세요")


def test_the_button_becomes_the_progress_and_nothing_jumps(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("textbox").fill("하나예요. 둘이에요. 셋이에요.")
    page.wait_for_timeout(1000)
    before = speak_button(page).bounding_box()
    speak_button(page).click()
    expect(speak_button(page)).to_have_attribute("aria-disabled", "true")
    assert speak_button(page).bounding_box() == before
    assert page.evaluate("scrollY") == 0
    expect_spoken(page)
    assert speak_button(page).bounding_box() == before
    assert page.evaluate("scrollY") == 0


def test_who_is_next_sees_no_place_in_the_queue(page: Page) -> None:
    page.evaluate(
        """() => {
            window.seen = new Set();
            new MutationObserver(() => seen.add(document.querySelector(".speak-label").textContent))
                .observe(document.body, {subtree: true, childList: true, characterData: true});
        }"""
    )
    ask(page, "바로 시작해요.")
    expect_spoken(page)
    seen = page.evaluate("[...seen]")
    assert len(seen) > 1
    assert not any("번째" in label for label in seen)


def test_a_place_in_the_queue_moves(page: Page) -> None:
    places = iter([3, 3, 2, 2])

    def answer(route: Route) -> None:
        answered = route.fetch()
        body = answered.json()
        body.update(status="queued", queue_position=next(places, 2), expected_seconds=30, audio=None)
        route.fulfill(response=answered, json=body)

    page.route("**/events/", lambda route: route.abort())
    page.route(re.compile(r"/api/voice-requests/[0-9a-f-]{36}/$"), answer)
    ask(page, "기다릴게요.")
    expect(speak_button(page)).to_contain_text("3번째로 기다려요", timeout=10_000)
    expect(speak_button(page)).to_contain_text("2번째로 기다려요", timeout=15_000)
    expect(notice(page)).to_contain_text("차례가 움직이지 않고 있어요", timeout=20_000)


def test_a_reload_goes_on_where_it_was(page: Page) -> None:
    ask(page, "다시 열어도 이어져요. " * 12)
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value(re.compile("다시 열어도"))
    expect_spoken(page)
    expect_heard(page)
    page.reload()
    expect(player(page)).to_contain_text("다시 열어도 이어져요.")
    assert audio(page).evaluate("audio => audio.paused")


def test_draft_member_and_settings_are_kept(page: Page) -> None:
    page.get_by_role("radio", name=re.compile(BROKEN_MEMBER)).check(force=True)
    page.get_by_role("textbox").fill("쓰다 만 말")
    page.locator("summary").click()
    page.get_by_role("slider", name="빠르기").fill("1.5")
    page.reload()
    expect(page.get_by_role("radio", name=re.compile(BROKEN_MEMBER))).to_be_checked()
    expect(page.get_by_role("textbox")).to_have_value("쓰다 만 말")
    page.locator("summary").click()
    expect(page.get_by_role("slider", name="빠르기")).to_have_value("1.5")


def test_a_full_queue_counts_down_and_sends_by_itself(page: Page) -> None:
    keys: list[str | None] = []

    def refuse_twice(route: Route) -> None:
        if route.request.method == "POST" and len(keys) < 2:
            keys.append(route.request.header_value("Idempotency-Key"))
            route.fulfill(status=429, headers={"Retry-After": "3"}, json=REFUSED_FOR_NOW)
        else:
            route.continue_()

    page.route("**/api/voice-requests/", refuse_twice)
    ask(page, "문이 열렸네요.")
    expect(speak_button(page)).to_have_text(re.compile("지금 부탁이 많아요. [23]초 뒤에"))
    expect(speak_button(page)).to_have_text(re.compile("지금 부탁이 많아요. 1초 뒤에"))
    expect_spoken(page)
    assert len(set(keys)) == 1
    page.reload()
    expect(voices(page)).to_have_count(1)


def test_waiting_for_a_full_queue_can_be_given_up(page: Page) -> None:
    page.route(
        "**/api/voice-requests/",
        lambda route: route.fulfill(status=429, headers={"Retry-After": "60"}, json=REFUSED_FOR_NOW),
    )
    ask(page, "여보세요?")
    expect(speak_button(page)).to_contain_text("지금 부탁이 많아요")
    page.get_by_role("button", name="그만두기").click()
    expect(speak_button(page)).to_have_text("들려주세요")
    page.reload()
    expect(speak_button(page)).to_have_text("들려주세요")


def test_a_request_is_sent_once_though_its_answer_was_lost(page: Page) -> None:
    sent: list[str | None] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.post_data)
            if len(sent) == 1:
                route.fetch()
                route.abort()
                return
        route.continue_()

    page.route("**/api/voice-requests/", lose_the_first_answer)
    ask(page, "한 번만 말해요.")
    expect_spoken(page)
    assert len(sent) == 2
    page.reload()
    expect(voices(page)).to_have_count(1)


def test_sound_comes_also_where_event_streams_are_blocked(page: Page) -> None:
    page.route("**/events/", lambda route: route.abort())
    ask(page, "그래도 들려요.")
    expect_spoken(page)
    expect_heard(page)


def test_a_token_that_is_no_longer_taken_is_replaced(page: Page) -> None:
    ask(page, "처음 뵙겠습니다.")
    expect_spoken(page)
    page.evaluate("localStorage.setItem('forv.listener.token', 'outdated')")
    page.reload()
    ask(page, "다시 뵙네요.")
    expect(player(page)).to_contain_text("다시 뵙네요.", timeout=SPOKEN_WITHIN_MS)
    page.reload()
    expect(voices(page)).to_have_count(1)


def test_two_tabs_agree(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/")
    expect(voices(other)).to_have_count(0)
    ask(page, "두 창에서 보여요.")
    within_a_second = 1_000
    expect(speak_button(other)).to_have_attribute("aria-disabled", "true", timeout=within_a_second)
    expect_spoken(page)
    expect(voices(other)).to_have_count(1, timeout=within_a_second)
    expect(player(other)).to_be_visible()
    # It plays in the tab that asked for it, and only there.
    expect_heard(page)
    assert other.locator("#root > audio").evaluate("audio => audio.paused")


def test_keyboard_alone_is_enough(page: Page) -> None:
    def tab_to(element: Locator) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if element.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"Tab never reached {element}")

    tab_to(page.get_by_role("radio", checked=True))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    tab_to(page.get_by_role("textbox"))
    page.keyboard.insert_text("자판만으로 부탁해요.")
    tab_to(page.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page.get_by_role("slider", name="빠르기"))
    page.keyboard.press("ArrowRight")
    page.get_by_role("textbox").focus()
    page.keyboard.press("Control+Enter")
    expect_spoken(page)

    tab_to(player(page).get_by_role("button", name="내려받기"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    with page.expect_download():
        page.keyboard.press("Enter")


def test_the_page_asks_nobody_but_its_own_service_and_complains_of_nothing(browser: Browser, live_service: str) -> None:
    context = browser.new_context(base_url=live_service, locale="ko-KR")
    watched = context.new_page()
    asked: set[str] = set()
    complaints: list[str] = []
    watched.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    watched.on("console", lambda message: complaints.append(message.text))
    watched.on("pageerror", lambda error: complaints.append(str(error)))
    watched.goto("/")
    ask(watched, "조용히 들려주세요.")
    expect_spoken(watched)
    expect_heard(watched)
    assert asked == {live_service}
    assert complaints == []
    context.close()
