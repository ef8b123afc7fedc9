"""axe-core, run in a page."""

from typing import Any

from playwright.sync_api import Page


def axe_violations_of(page: Page, axe_source: str) -> list[str]:
    """Return what axe finds wrong with the page as it is now."""
    # A script tag would be blocked by the Content-Security-Policy; evaluate() is not.
    page.evaluate(axe_source)
    results: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]
