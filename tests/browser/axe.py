"""axe-core, run in a page."""

from typing import Any

from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_violations_of(page: Page, axe_source: str, only_contrast: bool = False) -> list[str]:
    """Return what axe finds wrong with the page as it is now; of colours alone, what depends on them."""
    # A script tag would be blocked by the Content-Security-Policy; evaluate() is not.
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source)
    rules = {"type": "rule", "values": ["color-contrast"]} if only_contrast else {"type": "tag", "values": WCAG}
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    results: dict[str, Any] = page.evaluate("options => axe.run(options)", options)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]
