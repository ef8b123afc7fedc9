"""What a fan sees of a voice that staff hold back, approve and reject."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from testing.processes import REPOSITORY
from tests.browser.steps import ask, expect_heard, expect_spoken, notice, player, voices


@pytest.fixture
def decide(live_database: str) -> Callable[[str], None]:
    """Decide of the latest request, as the desk does: `hold`, `approve`, or `reject` for a reason."""

    def run(decision: str) -> None:
        script = (
            "from voices.decisions import *; from voices.models import VoiceRequest; "
            f"request = VoiceRequest.objects.latest('queued_at'); {decision}"
        )
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", script],
            cwd=REPOSITORY,
            env={**os.environ, "DATABASE_URL": live_database},
            check=True,
            capture_output=True,
        )

    return run


def test_what_is_held_back_is_heard_once_it_is_approved_and_gone_once_it_is_rejected(
    page: Page, decide: Callable[[str], None]
) -> None:
    ask(page, "누가 먼저 들어 보나요?")
    expect_spoken(page)
    expect_heard(page)
    row = voices(page).first

    decide("hold(request, None)")
    page.reload()
    expect(notice(page)).to_contain_text("확인이 끝나면")
    expect(row).to_contain_text("먼저 확인하고 있어요.")
    expect(row.get_by_role("button", name="재생")).to_have_count(0)
    expect(player(page)).to_have_count(0)

    decide("approve(request, None)")
    expect(player(page)).to_be_visible(timeout=15_000)  # the page follows the request until it is decided
    row.get_by_role("button", name="재생").click()
    expect_heard(page)

    decide("reject(request, RejectionReason.HURTFUL, None)")
    page.reload()
    expect(notice(page).get_by_role("alert")).to_contain_text("상처")
    expect(row).to_contain_text("상처")
    expect(row.get_by_role("button", name="재생")).to_have_count(0)
    expect(player(page)).to_have_count(0)
    page.get_by_role("textbox").fill("다른 말")
    expect(notice(page).get_by_role("alert")).to_have_count(0)
