"""A real Chromium, and the running service of the fixture `live_service`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from testing.processes import REPOSITORY, Service
from testing.tiny_voice import write_tiny_voice

PASSWORD = "a long enough one"  # noqa: S105
FRONTEND = Path(__file__).parents[2] / "frontend"

# Chromium calls Google's services at every start; the tests need no network.
STAY_HOME = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


# Not for the whole session: while Playwright runs, its event loop makes Django refuse database calls in this thread.
@pytest.fixture(scope="package")
def browser(live_service: str) -> Iterator[Browser]:
    arguments = [*STAY_HOME, "--autoplay-policy=no-user-gesture-required"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(chromium).exists():
            pytest.skip("needs Chromium: apt-get install chromium, or playwright install chromium")
        running = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, live_service: str) -> Iterator[Page]:
    """Open the page as a new visitor with a Korean browser."""
    context = browser.new_context(base_url=live_service, locale="ko-KR")
    opened = context.new_page()
    opened.goto("/")
    yield opened
    context.close()


@pytest.fixture(scope="package")
def administrator(live: Service, live_database: str) -> str:
    """Create a superuser and return the name."""
    name = "creator"
    subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--username", name, "--email", "a@b.example"],
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": live_database, "DJANGO_SUPERUSER_PASSWORD": PASSWORD},
        check=True,
        capture_output=True,
    )
    return name


@pytest.fixture
def admin_page(browser: Browser, live_service: str, administrator: str) -> Iterator[Page]:
    """Open the admin in Korean, logged in."""
    context = browser.new_context(base_url=live_service, locale="ko-KR")
    opened = context.new_page()
    log_in(opened, administrator)
    yield opened
    context.close()


def log_in(page: Page, name: str) -> None:
    page.goto("/admin/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()


def bring_voice(page: Page, folder: Path) -> None:
    """Add a new voice to the member that speaks, by the admin's form; its files are written to a folder."""
    write_tiny_voice(folder, 7)
    page.goto("/admin/voices/voice/add/")
    page.locator("#id_member").select_option(label="테스트 멤버")
    page.locator("#id_mode").select_option("pronounced")
    page.locator("#id_glow_tts").set_input_files(folder / "glow-tts/7/7g_checkpoint_1.pth.tar")
    page.locator("#id_glow_tts_config").set_input_files(folder / "glow-tts/7/7g_config.json")
    page.locator("#id_hifigan").set_input_files(folder / "hifigan-v2/7/7h_checkpoint_1.pth.tar")
    page.locator("#id_hifigan_config").set_input_files(folder / "hifigan-v2/7/7h_config.json")
    page.get_by_role("button", name="저장", exact=True).click()


@pytest.fixture(scope="session")
def axe_source() -> str:
    axe = FRONTEND / "node_modules/axe-core/axe.min.js"
    if not axe.exists():
        pytest.skip("needs axe-core: npm --prefix frontend ci")
    return axe.read_text(encoding="utf-8")
