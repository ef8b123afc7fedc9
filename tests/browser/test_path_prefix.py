"""The page below a path of its host, behind a proxy that takes the path away."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from forv.supervisor import procfile
from testing.prefix_proxy import prefix_proxy
from testing.processes import REPOSITORY, Service, answers, free_port, wait_until
from tests.browser.steps import ask, expect_heard, expect_spoken, player, voices

PREFIX = "/fans/voice"


@pytest.fixture(scope="module")
def below_a_path(live: Service, live_database: str, voice_model_dir: Path) -> Iterator[str]:
    """Start another web process of the live service, which knows the path, and a proxy; return the address."""
    port = free_port()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DATABASE_URL": live_database,
        "DJANGO_DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "forv.settings",
        "FORV_DATA_DIR": str(live.data_dir),
        "FORV_PATH_PREFIX": PREFIX,
        "FORV_VOICE_MODEL_DIR": str(voice_model_dir),
        "PORT": str(port),
    }
    command = procfile()["web"]
    web = subprocess.Popen(["/bin/sh", "-c", f"exec {command}"], cwd=REPOSITORY, env=environment)
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 90)
        with prefix_proxy(PREFIX, port) as address:
            yield address
    finally:
        web.terminate()
        web.wait(30)


def test_a_fan_hears_and_shares_below_the_path(browser: Browser, below_a_path: str) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{below_a_path}/")
    ask(page, "길 아래에서도 들려요.")
    expect_spoken(page)
    expect_heard(page)

    page.get_by_role("link", name="내 목소리").click()
    expect(page).to_have_url(f"{below_a_path}/voices")
    page.reload()
    expect(voices(page)).to_have_count(1)
    player(page).get_by_role("button", name="나누기").click()
    shared = page.get_by_role("dialog").get_by_label("나눌 주소", exact=True)
    expect(shared).to_have_value(re.compile(re.escape(f"{below_a_path}/s/")))
    page.goto(shared.input_value())
    page.get_by_role("button", name="듣기").click()
    wait_until(lambda: bool(page.locator("audio").evaluate("audio => audio.currentTime > 0")), 30)

    page.goto(f"{below_a_path}/nowhere")
    page.get_by_role("link", name="처음으로 가기").click()
    expect(page).to_have_url(re.compile(f"{below_a_path}/?$"))
    page.goto(f"{below_a_path}/admin")
    expect(page).to_have_url(re.compile(f"{below_a_path}/admin/login/"))
    assert [url for url in asked if not url.startswith(below_a_path)] == []
    context.close()
