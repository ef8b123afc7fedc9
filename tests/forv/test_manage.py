"""Debugging is on for developers, by `manage.py` without an environment, and otherwise only if it is asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from testing.processes import REPOSITORY

PRINT_DEBUG = "from django.conf import settings; print(settings.DEBUG)"
BY_MANAGE = ("manage.py", "shell", "--no-imports", "-c", PRINT_DEBUG)
BY_ASGI = ("-c", f"import forv.asgi; {PRINT_DEBUG}")
BY_WSGI = ("-c", f"import forv.wsgi; {PRINT_DEBUG}")
KEY = {"SECRET_KEY": "a-key-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"}


def run(arguments: tuple[str, ...], folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    ours = ("FORV_", "DJANGO_", "DATABASE_", "SECRET_KEY")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env={**inherited, "FORV_DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "debug"),
    [
        (BY_MANAGE, {}, "True"),
        (BY_MANAGE, KEY, "False"),
        (BY_MANAGE, {**KEY, "DJANGO_DEBUG": "1"}, "True"),
        (BY_ASGI, KEY, "False"),
        (BY_ASGI, {"DJANGO_DEBUG": "1"}, "True"),
        (BY_WSGI, KEY, "False"),
    ],
)
def test_debugging_is_on(arguments: tuple[str, ...], environment: dict[str, str], debug: str, tmp_path: Path) -> None:
    completed = run(arguments, tmp_path, **environment)
    assert completed.stdout.strip() == debug, completed.stderr


@pytest.mark.parametrize(
    ("arguments", "environment"), [(BY_MANAGE, {"DJANGO_DEBUG": "0"}), (BY_ASGI, {}), (BY_WSGI, {})]
)
def test_without_debugging_a_missing_key_is_refused(
    arguments: tuple[str, ...], environment: dict[str, str], tmp_path: Path
) -> None:
    completed = run(arguments, tmp_path, **environment)
    assert completed.returncode != 0
    assert "SECRET_KEY" in completed.stderr.splitlines()[-1]
