import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from testing.processes import wait_until

# The first sentence waits until the worker has loaded the voice.
SPOKEN_WITHIN_MS = 90_000

WORKING_MEMBER = "테스트 멤버"
BROKEN_MEMBER = "고장난 멤버"

PHONE = {"width": 360, "height": 740}


def ask(page: Page, text: str, member: str = WORKING_MEMBER) -> None:
    page.get_by_role("radio", name=re.compile(member)).check()
    page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="들려주세요").click()


def current_request(page: Page) -> Locator:
    return page.get_by_role("region", name="방금 부탁한 목소리")


def earlier_requests(page: Page) -> Locator:
    return page.get_by_role("region", name="지난 목소리").get_by_role("listitem")


def expect_spoken(page: Page) -> None:
    expect(page.get_by_role("status")).to_contain_text("다 됐어요", timeout=SPOKEN_WITHIN_MS)


def expect_sound(audio: Locator) -> None:
    """Expect that the browser has decoded some of the audio and knows its length."""
    decoded = "audio => audio.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && audio.duration > 0"
    wait_until(lambda: audio.evaluate(decoded), 10)


@pytest.fixture
def axe_violations(axe_source: str) -> Callable[[Page], list[str]]:
    def run_axe(page: Page) -> list[str]:
        # A script tag would be blocked by a Content-Security-Policy; evaluate() is not.
        page.evaluate(axe_source)
        results: dict[str, Any] = page.evaluate("axe.run()")
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in results["violations"]
            for node in violation["nodes"]
        ]

    return run_axe


@pytest.mark.parametrize("file_format", ["wav", "mp3", "opus", "flac"])
def test_fan_types_and_hears_the_member(page: Page, file_format: str) -> None:
    page.get_by_role("combobox", name="파일 형식").select_option(file_format)

    ask(page, "안녕하세요. 반가워요.")

    expect_spoken(page)
    expect_sound(page.locator("audio"))


def test_fan_downloads_the_sound_as_a_file(page: Page) -> None:
    ask(page, "내려받을 말이에요.")
    expect_spoken(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="내려받기").click()

    assert download.value.path().read_bytes().startswith(b"RIFF")
    assert page.get_by_role("heading", name="ForV Voices").is_visible(), "the page is still here"


def test_faster_speech_is_shorter(page: Page) -> None:
    def seconds(speed: str) -> float:
        page.get_by_role("slider", name="빠르기").fill(speed)
        ask(page, "천천히 말하면 길고 빨리 말하면 짧아요.")
        expect_spoken(page)
        audio = page.locator("audio").first
        expect_sound(audio)
        return float(audio.evaluate("audio => audio.duration"))

    slow = seconds("0.5")
    page.reload()
    assert seconds("2") < slow


def test_page_shows_what_will_be_said_and_what_not_as_one_types(page: Page) -> None:
    page.get_by_role("textbox").fill("8월 22일에 ★ 만나요")
    preview = page.get_by_role("note", name="이렇게 읽어요")
    expect(preview).to_contain_text("팔월 이십이일에 만나요")
    expect(preview).to_contain_text("★")
    page.get_by_role("textbox").fill("")
    expect(preview).not_to_contain_text("만나요")


def test_text_with_nothing_to_say_is_refused_in_clear_words(page: Page) -> None:
    ask(page, "★★★")

    expect(page.get_by_role("alert")).to_have_text(re.compile(r"[가-힣]"))
    expect(page.locator("audio")).to_have_count(0)


def test_empty_text_is_asked_for_beside_its_field(page: Page) -> None:
    page.get_by_role("button", name="들려주세요").click()

    box = page.get_by_role("textbox")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(re.compile("적어 주세요"))


def test_text_over_the_limit_is_refused_before_it_is_sent(page: Page) -> None:
    ask(page, "가" * 1001)

    expect(page.get_by_role("alert")).to_contain_text("1000자까지")
    expect(page.get_by_text("1000자 중 1001자")).to_be_visible()
    expect(current_request(page)).to_have_count(0)


def test_broken_voice_says_why_and_the_other_member_still_speaks(page: Page) -> None:
    ask(page, "들리나요?", member=BROKEN_MEMBER)

    expect(page.get_by_role("status")).to_contain_text("만들지 못했어요", timeout=SPOKEN_WITHIN_MS)
    expect(current_request(page).get_by_role("alert")).to_have_text(re.compile(r"[가-힣]"))

    current_request(page).get_by_role("button", name="다시 시도").click()
    expect(earlier_requests(page)).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("만들지 못했어요", timeout=SPOKEN_WITHIN_MS)

    ask(page, "저는 들려요.")
    expect_spoken(page)


def test_request_is_cancelled_while_it_waits(page: Page) -> None:
    ask(page, "오래 걸리는 긴 이야기예요. " * 60)

    current_request(page).get_by_role("button", name="취소").click()

    expect(page.get_by_role("status")).to_have_text("취소했어요.", timeout=SPOKEN_WITHIN_MS)
    expect(page.locator("audio")).to_have_count(0)


def test_earlier_requests_stay_until_they_are_deleted(page: Page) -> None:
    ask(page, "나중에 다시 들을 말이에요.")
    expect_spoken(page)

    page.reload()
    earlier = earlier_requests(page)
    expect(earlier).to_have_count(1)
    expect(earlier).to_contain_text("나중에 다시 들을 말이에요.")
    earlier.locator("audio").evaluate("audio => audio.play()")
    expect_sound(earlier.locator("audio"))

    page.once("dialog", lambda dialog: dialog.accept())
    earlier.get_by_role("button", name="지우기").click()
    expect(earlier).to_have_count(0)
    expect(page.get_by_role("heading", name="지난 목소리")).to_be_focused()


def test_another_fan_does_not_see_them(page: Page, browser: Browser, live_service: str) -> None:
    ask(page, "나만 볼 수 있어요.")
    expect_spoken(page)

    other = browser.new_context(base_url=live_service, locale="ko-KR").new_page()
    other.goto("/")
    expect(other.get_by_text("아직 없어요.")).to_be_visible()
    other.context.close()


def test_another_who_knows_its_uuid_does_not_see_them_either(page: Page, browser: Browser, live_service: str) -> None:
    ask(page, "이름을 알아도 볼 수 없어요.")
    expect_spoken(page)
    uuid = page.evaluate("localStorage.getItem('forv.listener')")

    other = browser.new_context(base_url=live_service, locale="ko-KR").new_page()
    other.goto("/")
    other.evaluate("uuid => localStorage.setItem('forv.listener', uuid)", uuid)
    other.reload()
    expect(other.get_by_text("아직 없어요.")).to_be_visible()
    other.context.close()


def test_a_visitor_who_asks_for_nothing_gets_no_token(page: Page) -> None:
    expect(page.get_by_text("아직 없어요.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_token_that_is_no_longer_taken_is_replaced(page: Page) -> None:
    ask(page, "처음 뵙겠습니다.")
    expect_spoken(page)
    page.evaluate("localStorage.setItem('forv.listener.token', 'outdated')")

    page.reload()
    ask(page, "다시 뵙네요.")
    expect_spoken(page)
    page.reload()
    expect(earlier_requests(page)).to_have_count(1)


def test_lost_network_is_named_and_a_later_try_works(page: Page) -> None:
    expect(page.get_by_role("radio").first).to_be_visible()
    page.context.set_offline(True)
    ask(page, "여보세요?")
    expect(page.get_by_role("alert")).to_contain_text("연결하지 못했어요", timeout=15_000)

    page.context.set_offline(False)
    page.get_by_role("button", name="들려주세요").click()
    expect_spoken(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_request_is_sent_once_though_its_answer_was_lost(page: Page) -> None:
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
    expect(earlier_requests(page)).to_have_count(1)


def test_who_is_refused_in_a_rush_is_let_in_without_a_word(page: Page) -> None:
    refused: list[str | None] = []

    def refuse_twice(route: Route) -> None:
        if route.request.method == "POST" and len(refused) < 2:
            refused.append(route.request.header_value("Idempotency-Key"))
            route.fulfill(status=429, headers={"Retry-After": "0"}, json={"error": {"code": "busy", "message": "…"}})
        else:
            route.continue_()

    page.route("**/api/voice-requests/", refuse_twice)
    ask(page, "문이 열렸네요.")
    expect_spoken(page)
    assert len(refused) == 2
    assert len(set(refused)) == 1


def test_full_queue_says_when_to_try_again(page: Page) -> None:
    page.route(
        "**/api/voice-requests/",
        lambda route: route.fulfill(
            status=429,
            headers={"Retry-After": "30"},
            json={"error": {"code": "queue_full", "message": "요청이 너무 많아요."}},
        ),
    )
    ask(page, "여보세요?")

    expect(page.locator("form").get_by_role("alert")).to_have_text(
        "요청이 너무 많아요. 30초 뒤에 다시 시도할 수 있어요."
    )


def test_sound_comes_also_where_event_streams_are_blocked(page: Page) -> None:
    page.route("**/events/", lambda route: route.abort())

    ask(page, "그래도 들려요.")

    expect_spoken(page)
    expect_sound(page.locator("audio"))


def test_keyboard_alone_is_enough(page: Page) -> None:
    def tab_to(element: Locator) -> None:
        for _ in range(20):
            page.keyboard.press("Tab")
            if element.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"Tab never reached {element}")

    tab_to(page.get_by_role("radio", checked=True))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name=re.compile(WORKING_MEMBER))).to_be_checked()
    tab_to(page.get_by_role("textbox"))
    page.keyboard.insert_text("자판만으로 부탁해요.")
    tab_to(page.get_by_role("slider"))
    page.keyboard.press("ArrowRight")
    tab_to(page.get_by_role("combobox"))
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+Enter")

    expect_spoken(page)
    tab_to(page.get_by_role("link", name="내려받기"))
    with page.expect_download():
        page.keyboard.press("Enter")


def test_focus_is_always_visible(page: Page) -> None:
    expect(page.get_by_role("radio").first).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
                const focused = document.activeElement;
                const shown = focused.closest(".member-card") ?? focused;
                return getComputedStyle(shown).outlineStyle;
            }"""
        )
        assert outline == "solid"


def test_screen_reader_hears_names_for_everything(page: Page) -> None:
    expect(page.get_by_role("radio").first).to_be_visible()
    expect(page.locator("body")).to_match_aria_snapshot(
        """
        - banner:
          - heading "ForV Voices" [level=1]
          - paragraph
          - button "English"
        - main:
          - group "누구의 목소리로 들을까요?":
            - radio /테스트 멤버/ [checked]
            - radio /고장난 멤버/
          - textbox "무슨 말을 들려드릴까요?"
          - slider /빠르기/
          - combobox "파일 형식"
          - button "들려주세요"
          - region "지난 목소리":
            - heading "지난 목소리" [level=2]
        """
    )


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_axe_finds_no_barriers(page: Page, axe_violations: Callable[[Page], list[str]], color_scheme: str) -> None:
    page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    expect(page.get_by_role("radio").first).to_be_visible()
    assert axe_violations(page) == []

    page.get_by_role("button", name="들려주세요").click()
    assert axe_violations(page) == []

    ask(page, "들리나요?", member=BROKEN_MEMBER)
    expect(page.get_by_role("status")).to_contain_text("만들지 못했어요", timeout=SPOKEN_WITHIN_MS)
    assert axe_violations(page) == []

    ask(page, "들려요 ★")
    expect_spoken(page)
    assert axe_violations(page) == []


def test_phone_shows_everything_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    ask(page, "띄어쓰기없이아주길게적은말도화면밖으로나가지않아요" * 5)
    expect_spoken(page)
    page.get_by_role("textbox").fill("다음 말이에요.")
    ask(page, "다음 말이에요.")
    expect(earlier_requests(page)).to_have_count(1)
    expect_spoken(page)  # its “Cancel” must not disappear while the buttons are measured

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44, "a finger needs 44 pixels"


def test_page_speaks_english_too(page: Page, browser: Browser, live_service: str) -> None:
    context = browser.new_context(base_url=live_service, locale="en-US")
    english = context.new_page()
    english.goto("/")
    expect(english.get_by_role("button", name="Speak")).to_be_visible()
    expect(english.locator("html")).to_have_attribute("lang", "en")

    english.get_by_role("button", name="한국어").click()
    expect(english.locator("html")).to_have_attribute("lang", "ko")
    english.reload()
    expect(english.get_by_role("button", name="들려주세요")).to_be_visible()
    context.close()


def test_page_asks_nobody_but_its_own_service(browser: Browser, live_service: str) -> None:
    context = browser.new_context(base_url=live_service, locale="ko-KR")
    watched = context.new_page()
    hosts: set[str] = set()
    complaints: list[str] = []
    watched.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    watched.on("console", lambda message: complaints.append(message.text))
    watched.on("pageerror", lambda error: complaints.append(str(error)))

    watched.goto("/")
    ask(watched, "조용히 들려주세요.")
    expect_spoken(watched)

    assert hosts == {urlsplit(live_service).netloc}
    assert complaints == []
    context.close()
