"""The web process with the settings of production, behind a proxy that speaks HTTPS with browsers."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from testing.processes import REPOSITORY, answers, free_port, wait_until

HOST = "voices.example.com"
SITE = f"https://{HOST}"
# What compose.yaml and its proxy give.
PRODUCTION = {
    "DJANGO_DEBUG": "0",
    "SECRET_KEY": "a-key-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": f"{HOST},localhost",
    "FORV_HTTPS": "1",
}
PASSWORD = "a long enough one"  # noqa: S105
OF_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "forv.settings", **PRODUCTION, **more}


@pytest.mark.parametrize("more", [{}, {"FORV_HSTS_SUBDOMAINS": "1"}])
def test_the_deployment_check_finds_nothing(more: dict[str, str], tmp_path: Path) -> None:
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=REPOSITORY,
        env=environment(FORV_DATA_DIR=str(tmp_path), DATABASE_URL="postgresql:///nothing", **more),
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr


@pytest.fixture(scope="module")
def production(live_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the web process as its image does and return its address."""
    port = free_port()
    of_web = (REPOSITORY / "Dockerfile").read_text().partition(" AS web\n")[2].partition("\nFROM ")[0]
    command = json.loads(of_web.partition("\nCMD ")[2])
    variables = environment(
        FORV_DATA_DIR=str(tmp_path_factory.mktemp("production")), DATABASE_URL=live_database, PORT=str(port)
    )
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=REPOSITORY, env=variables, check=True)
    # Into the folder that the settings name; it is ignored by git.
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=REPOSITORY, env=variables, check=True
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(command, cwd=REPOSITORY, env={**variables, "PATH": path})
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(f"{address}/healthz"), 60)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def test_a_probe_needs_no_https(production: str) -> None:
    for path in ("/healthz", "/readyz"):
        assert httpx.get(f"{production}{path}", headers={"Host": "localhost"}).status_code == 200


def test_everything_else_is_sent_to_https(production: str) -> None:
    for path in ("/", "/api/members/", "/admin/", "/healthz/more"):
        answer = httpx.get(f"{production}{path}", headers={"Host": HOST})
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{SITE}{path}")


def test_behind_its_proxy_it_answers_with_hsts_and_a_policy(production: str) -> None:
    answer = httpx.get(f"{production}/api/members/", headers=OF_PROXY)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_errors_carry_the_policy_too(production: str) -> None:
    for path in ("/nowhere", "/api/nowhere/"):
        answer = httpx.get(f"{production}{path}", headers=OF_PROXY)
        assert answer.status_code == 404
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_staff_log_in_behind_the_proxy(production: str, live_database: str) -> None:
    variables = environment(DATABASE_URL=live_database, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--username", "https", "--email", "a@b.example"],
        cwd=REPOSITORY,
        env=variables,
        check=True,
        capture_output=True,
    )
    with httpx.Client(base_url=production, headers=OF_PROXY) as browser:
        form = browser.get("/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)
        assert token
        # A browser sends cookies with “Secure” over HTTPS only, which ends at the proxy here.
        cookies = {cookie.name: cookie.value or "" for cookie in browser.cookies.jar}
        assert all(cookie.secure for cookie in browser.cookies.jar)
        answered = browser.post(
            "/admin/login/",
            data={"username": "https", "password": PASSWORD, "csrfmiddlewaretoken": token[1]},
            headers={"Origin": SITE, "Referer": f"{SITE}/admin/login/", "Cookie": f"csrftoken={cookies['csrftoken']}"},
        )
        assert answered.status_code == 302
        assert {cookie.name for cookie in browser.cookies.jar if cookie.secure} == {"csrftoken", "sessionid"}
        foreign = browser.post(
            "/admin/login/",
            data={"username": "https", "password": PASSWORD, "csrfmiddlewaretoken": token[1]},
            headers={"Origin": "https://evil.example", "Cookie": f"csrftoken={cookies['csrftoken']}"},
        )
        assert foreign.status_code == 403
