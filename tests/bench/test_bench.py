"""Every measurement still runs. What it measures is not tested: that depends on the machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import MODULES
from testing.processes import REPOSITORY

NOT_MEASUREMENTS = {
    "__init__", "__main__", "own_database", "report", "full_size_voice", "piper_medium", "queue_model", "sizing",
    "page",  # needs Chromium and the built page
    "simulate",  # compares, and takes too long to be part of the report; test_sizing.py lets it run
}  # fmt: skip


def test_the_report_has_every_measurement() -> None:
    files = {path.stem for path in (REPOSITORY / "bench").glob("*.py")}
    assert set(MODULES) == files - NOT_MEASUREMENTS


@pytest.mark.parametrize("name", MODULES)
def test_it_runs_with_its_cheapest_settings(name: str, tmp_path: Path) -> None:
    # Not against the tests' database, nor with their settings.
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_DEBUG")}
    own = {"DJANGO_SETTINGS_MODULE": "forv.settings", "FORV_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick"],
        cwd=REPOSITORY,
        env={**inherited, **own},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"## {name}: " in done.stdout
    assert any(character.isdigit() for character in done.stdout.partition("## ")[2])
