"""Measure the page in Chromium: its first content, what moves, its scripts, and from the click to the sound.

    python -m bench.page [--rounds 10]

Runs the whole service as `make run` does, with a demo voice and one worker. Each round is a visitor who was never here.
The sound counts from the click to the `playing` event of the audio element.
"""

import argparse
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.first_sound import members
from bench.report import load, spread
from testing.processes import Service, wait_until

ONE_SENTENCE = "{}번째로 와 줘서 정말 고마워요."
THOUSAND_CHARACTERS = ONE_SENTENCE + " 오늘도 와 줘서 정말 고마워요." * 57
SETTINGS = {
    "FORV_FANS_PER_ADDRESS": "1000",
    "FORV_POSTS_PER_MINUTE": "10000",
    "FORV_SAME_AGAIN_DAYS": "0",  # each text is spoken
    "FORV_STREAMS_PER_FAN": "1000",
    "FORV_WORKERS": "1",
}
WITHIN_SECONDS = 60
CHROMIUM = (
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
)

# Before anything of the page: what moves, and when things happen after the click.
WATCH = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const {value, hadRecentInput} of list.getEntries()) if (!hadRecentInput) window.shifted += value;
    }).observe({type: "layout-shift", buffered: true});
    window.moments = {};
    addEventListener("click", ({target, timeStamp}) => {
        if (target.closest(".speak-button")) window.moments.click = timeStamp;
    }, true);
    for (const event of ["loadstart", "loadedmetadata", "playing"])
        addEventListener(event, ({target, timeStamp}) => {
            if (window.moments.click && target.matches("#root > audio")) window.moments[event] ??= timeStamp;
        }, true);
"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# Milliseconds from the click to each step, by the name of the step.
STEPS = """() => {
    const {click, loadstart, loadedmetadata, playing} = window.moments;
    const {startTime, responseEnd} = performance.getEntriesByType("resource").find(
        ({name, startTime}) => startTime >= click && name.endsWith("/api/voice-requests/"));
    return {
        "the request is sent": startTime - click,
        "it is taken": responseEnd - click,
        "its stream is asked for": loadstart - click,
        "the stream begins": loadedmetadata - click,
        "it plays": playing - click,
    };
}"""
SCRIPTS = """performance.getEntriesByType("resource").filter(({name}) => name.endsWith(".js"))
    .map(({name, encodedBodySize}) => [name, encodedBodySize])"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else arguments.rounds
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        service = Service(Path(folder), **SETTINGS)
        try:
            service.wait_until_up()
            measure(browser, service, rounds)
            print(load())
        finally:
            service.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or playwright.chromium.executable_path
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM, *sandbox])
        yield browser
        browser.close()


def measure(browser: Browser, service: Service, rounds: int) -> None:
    """Print what each visitor had to wait for, once the greetings are spoken."""
    wait_until(lambda: all(member["sample"] for member in members(service) if member["has_voice"]), 120)
    painted: list[float] = []
    shifts: list[float] = []
    scripts: dict[str, int] = {}
    steps: dict[str, list[dict[str, float]]] = {ONE_SENTENCE: [], THOUSAND_CHARACTERS: []}
    for number in range(rounds + 1):
        for text, found in steps.items():
            with visitor(browser, service) as page:
                shown, scripts = page.evaluate(PAINTED), dict(page.evaluate(SCRIPTS))
                heard = ask(page, text.format(number)[:1000])
                if number == 0:
                    continue  # the first sentences warm the browser, the service and the worker
                painted.append(shown)
                shifts.append(page.evaluate("window.shifted"))
                found.append(heard)
    print(f"first content, ms          {spread(painted)}")
    print(f"layout shift               {max(shifts, default=0):.4f} at most")
    print(f"script at first, bytes     {sum(scripts.values())} in {len(scripts)} files, compressed as sent")
    print("milliseconds from the click")
    for name, found in (("one sentence", steps[ONE_SENTENCE]), ("1,000 characters", steps[THOUSAND_CHARACTERS])):
        for step in found[0]:
            print(f"{name + ': ' + step:<43}{spread([times[step] for times in found])}")


@contextmanager
def visitor(browser: Browser, service: Service) -> Iterator[Page]:
    """Open the page as a new visitor, once it shows the members."""
    context = browser.new_context(base_url=service.address, locale="ko-KR", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto("/")
    page.get_by_role("radio").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def ask(page: Page, text: str) -> dict[str, float]:
    """Press the button; return the milliseconds to each step on the way to the sound."""
    shifted = page.evaluate("window.shifted")
    page.get_by_role("textbox").fill(text)
    page.get_by_role("note").get_by_text(re.compile("초")).wait_for()
    # What grows with the text is no shift: people see themselves type.
    page.evaluate("shifted => { window.shifted = shifted; }", shifted)
    page.locator("button.speak-button").click()
    wait_until(lambda: bool(page.evaluate("window.moments.playing")), WITHIN_SECONDS)
    heard: dict[str, float] = page.evaluate(STEPS)
    if (stop := page.get_by_role("button", name="그만두기")).is_visible():
        stop.click()  # the next visitor shall find the worker idle
        page.locator("button.speak-button[aria-disabled=false]").wait_for()
    return heard


if __name__ == "__main__":
    main()
