"""No screen needs what the Content-Security-Policy forbids, in a real browser, and the policy really forbids it."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import bring_voice, log_in
from tests.browser.steps import ask, expect_heard, expect_spoken, open_voice_menu, voices

SPOKEN_WITHIN_MS = 90_000
SCREENS: list[Any] = [
    pytest.param({"width": 1280, "height": 900}, id="desktop"),
    pytest.param({"width": 360, "height": 740}, id="phone"),
]
# The browser tells each breach of the policy to the page and writes it to the console.
TELL = """addEventListener("securitypolicyviolation", (breach) =>
  tellBreach(`${breach.violatedDirective} ${breach.blockedURI} ${breach.sample}`))"""


@pytest.fixture(params=SCREENS)
def context(request: pytest.FixtureRequest, browser: Browser, live_service: str) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=live_service, locale="ko-KR", viewport=request.param)
    yield opened
    opened.close()


@pytest.fixture
def breaches(context: BrowserContext) -> list[str]:
    """Collect what the browser blocks on any page of the context."""
    found: list[str] = []
    context.expose_function("tellBreach", lambda breach: found.append(breach))  # Playwright marks the function
    context.add_init_script(TELL)
    context.on("console", lambda line: found.append(line.text) if "Content Security Policy" in line.text else None)
    return found


def test_the_page(context: BrowserContext, breaches: list[str]) -> None:
    page = context.new_page()
    page.goto("/")
    ask(page, "안전하게 들려주세요.")
    expect_spoken(page)
    expect_heard(page)
    # What is loaded only when it is needed: a menu, a dialog, the pages.
    open_voice_menu(page, voices(page).first)
    page.get_by_role("menuitem", name="나누기").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="내 목소리").click()
    expect(voices(page)).to_have_count(1)
    page.goto("/nowhere")
    expect(page.get_by_role("heading")).to_have_text("여기에는 아무것도 없어요")
    assert breaches == []


def test_the_admin(context: BrowserContext, breaches: list[str], administrator: str, tmp_path: Path) -> None:
    page = context.new_page()
    log_in(page, administrator)
    bring_voice(page, tmp_path)
    expect(page.locator("audio").first).to_be_attached(timeout=SPOKEN_WITHIN_MS)
    page.locator("audio").first.evaluate("audio => audio.play()")

    seen: set[str] = set()
    to_see = {"/admin/"}
    while new := to_see - seen:
        address = sorted(new)[0]
        seen.add(address)
        page.goto(address)
        to_see |= {found for link in page.locator("a[href]").all() if (found := _screen(link.get_attribute("href")))}
    for kind in ("voices/voice/add", "voices/member/add", "voices/voicerequest", "voices/dictionaryentry/import"):
        assert f"/admin/{kind}/" in seen
    assert any(re.search(r"/voice/\d+/change/", address) for address in seen)
    assert breaches == []


def _screen(address: str | None) -> str | None:
    """Return the address without its query if it is another screen of the admin, one of each kind."""
    path = (address or "").partition("?")[0]
    if not path.startswith("/admin/") or "logout" in path or path.endswith(("/r/", ".zip", ".csv")):
        return None
    return path


def test_the_documentation_of_the_api(context: BrowserContext, breaches: list[str]) -> None:
    page = context.new_page()
    page.goto("/api/docs/")
    page.locator("#operations-members-members_list button").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table td.response-col_status:not(.col_header)")).to_contain_text("200")
    assert breaches == []


def test_inline_scripts_and_styles_are_blocked(context: BrowserContext, breaches: list[str]) -> None:
    page = context.new_page()
    page.goto("/")
    page.evaluate(
        """() => {
            const body = document.body;
            body.insertAdjacentHTML("beforeend", "<img src='nowhere' onerror='hacked = 1'><p style='color: red'>");
            const script = document.createElement("script");
            script.text = "hacked = 1";
            body.append(script);
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("typeof hacked") == "undefined"
    assert {breach.split()[0] for breach in breaches} >= {"script-src-attr", "script-src-elem", "style-src-attr"}


OTHER_SITE = """<!doctype html><meta charset="utf-8"><audio controls></audio><script>
async function ask(service) {
  const answer = await fetch(service + "/api/voice-requests/", {
    method: "POST",
    headers: {"Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID()},
    body: JSON.stringify({member: 1, text: "다른 곳에서 불러요."}),
  });
  const asked = await answer.json();
  const events = new EventSource(`${service}/api/voice-requests/${asked.id}/events/`);
  await new Promise((done) => events.addEventListener("status", (event) => {
    if (JSON.parse(event.data).status === "succeeded") { events.close(); done(); }
  }));
  const audio = document.querySelector("audio");
  audio.src = `${service}/api/voice-requests/${asked.id}/audio/`;
  await audio.play();
  return (await (await fetch(audio.src)).arrayBuffer()).byteLength;
}
</script>"""


def test_a_page_of_another_site_can_use_the_api(
    context: BrowserContext, breaches: list[str], live_service: str, other_site: str
) -> None:
    page = context.new_page()
    page.set_default_timeout(SPOKEN_WITHIN_MS)
    page.goto(other_site)
    assert page.evaluate("ask", live_service) > 1000
    assert breaches == []


@pytest.fixture
def other_site() -> Iterator[str]:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(OTHER_SITE.encode())

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()


def test_the_policy_allows_nothing_inline(live_service: str) -> None:
    for path in ("/", "/admin/login/", "/api/docs/", "/api/members/"):
        policy = httpx.get(f"{live_service}{path}").headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
