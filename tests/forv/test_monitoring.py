"""The alert rules and the dashboard that ship: promtool takes them, and they name metrics that the service has."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from testing.processes import REPOSITORY

MONITORING = REPOSITORY / "deploy" / "monitoring"
_PATH = f"{REPOSITORY / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
PROMTOOL = shutil.which("promtool", path=_PATH)
NAME = re.compile(r"\bforv_\w+")

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="no promtool: `make test` gets it from Debian's prometheus"
)


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def shown() -> list[str]:
    """Return the expressions of the dashboard."""
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]


def named_metrics() -> set[str]:
    """Return the names of all metrics that the alerts, their tests and the dashboard name."""
    texts = [*shown(), *((MONITORING / name).read_text() for name in ("alerts.yml", "alerts_test.yml"))]
    return {name for text in texts for name in NAME.findall(text)}


def promtool(*arguments: str | Path) -> None:
    assert PROMTOOL
    done = subprocess.run([PROMTOOL, *arguments], cwd=MONITORING, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_promtool_takes_the_configuration_and_the_alerts_fire_when_they_should(tmp_path: Path) -> None:
    for file in MONITORING.glob("*.yml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "metrics_token").write_text("token")
    promtool("check", "config", tmp_path / "prometheus.yml")
    promtool("test", "rules", "alerts_test.yml")


@needs_promtool
def test_promtool_takes_the_expressions_of_the_dashboard(tmp_path: Path) -> None:
    # Grafana's own variable is no PromQL.
    expressions = [expression.replace("$__rate_interval", "5m") for expression in shown()]
    records = [{"record": f"shown:{number}", "expr": expression} for number, expression in enumerate(expressions)]
    file = tmp_path / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": records}]}))
    promtool("check", "rules", file)


def test_each_alert_is_tested_to_fire_and_to_be_silent() -> None:
    tests = yaml.safe_load((MONITORING / "alerts_test.yml").read_text())["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    for fires in (True, False):
        assert {case["alertname"] for case in cases if bool(case["exp_alerts"]) == fires} == {
            rule["alert"] for rule in rules()
        }


def test_the_operator_is_told_what_each_alert_means() -> None:
    told = (REPOSITORY / "docs" / "operations.md").read_text()
    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in told] == []
