"""The page at / and below, and the answers to unknown addresses."""

import gzip
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client, override_settings

from forv.page import broken
from testing.processes import REPOSITORY
from voices.models import Member

INDEX = '<meta name="forv-base" content="" /><script src="/static/assets/index-1.js"></script>'
FIRST_LOAD_BYTES = 130_000  # of script, gzipped

needs_build = pytest.mark.skipif(not (project.FRONTEND_DIST / "index.html").exists(), reason="needs make setup")


@pytest.fixture
def built(tmp_path: Path, settings: Any) -> Path:
    settings.FRONTEND_DIST = tmp_path
    (tmp_path / "index.html").write_text(INDEX, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/voices"])
def test_the_built_page_is_served_without_caching(client: Client, built: Path, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.content.decode()) == (200, INDEX)
    assert response["Content-Type"].startswith("text/html")
    assert response["Cache-Control"] == "no-cache"


def test_without_a_built_page_the_answer_says_how_to_build_it(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.FRONTEND_DIST = tmp_path
    response = client.get("/")
    assert (response.status_code, b"make setup" in response.content) == (503, True)


def test_the_page_can_only_be_read(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_a_member_has_a_page(client: Client, built: Path, member: Member) -> None:
    assert client.get(f"/members/{member.slug}").status_code == 200
    assert client.get("/members/nobody").status_code == 404


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/nowhere", "/members/", "/voices/1", "/%00", "/하늘"])
def test_an_unknown_address_is_answered_by_the_page_with_404(
    client: Client, built: Path, path: str, debug: bool
) -> None:
    with override_settings(DEBUG=debug):
        response = client.get(path)
    assert (response.status_code, response.content.decode()) == (404, INDEX)
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/media/no-token", "/admin/nowhere/", f"/s/{'A' * 22}"])
def test_what_a_view_does_not_find_is_answered_by_the_page_too(
    admin_client: Client, built: Path, path: str, debug: bool
) -> None:
    with override_settings(DEBUG=debug):
        response = admin_client.get(path)
    assert (response.status_code, response.content.decode()) == (404, INDEX)


def test_an_address_that_lacks_its_last_slash_is_found(client: Client) -> None:
    response = client.get("/admin?next=x")
    assert (response.status_code, response["Location"]) == (301, "/admin/?next=x")


def test_an_error_of_the_service_is_told_in_both_languages(built: Path, rf: Any) -> None:
    (built / "500.html").write_text('<link href="/static/assets/a.css">문제 <p lang="en">wrong</p>', encoding="utf-8")
    response = broken(rf.get("/"))
    assert response.status_code == 500
    assert "문제" in response.content.decode()
    (built / "500.html").unlink()
    assert broken(rf.get("/")).status_code == 500


def test_behind_a_prefix_everything_is_below_it(built: Path) -> None:
    """In a process of its own, since Django reads the prefix once."""
    script = (
        "import django; django.setup()\n"
        "from pathlib import Path\n"
        "from django.conf import settings\n"
        "from django.test import Client\n"
        "from django.urls import reverse\n"
        f"settings.FRONTEND_DIST = Path({str(built)!r})\n"
        "settings.ALLOWED_HOSTS = ['testserver']\n"
        "print(Client().get('/voices').content.decode())\n"
        "print(reverse('voice-request-list'), Client().get('/admin')['Location'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env={"DJANGO_SETTINGS_MODULE": "forv.settings", "DJANGO_DEBUG": "1", "FORV_PATH_PREFIX": "/fans/voice"},
        capture_output=True,
        text=True,
        check=True,
    )
    html, addresses = done.stdout.splitlines()
    assert '<meta name="forv-base" content="/fans/voice" />' in html
    assert 'src="/fans/voice/static/assets/index-1.js"' in html
    assert addresses == "/fans/voice/api/voice-requests/ /fans/voice/admin/"


@needs_build
def test_the_first_load_needs_little_script() -> None:
    html = (project.FRONTEND_DIST / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r'(?:src|modulepreload" crossorigin href)="/static/([^"]+\.js)"', html)
    assert scripts
    size = sum(len(gzip.compress((project.FRONTEND_DIST / name).read_bytes())) for name in scripts)
    assert size <= FIRST_LOAD_BYTES


@needs_build
def test_the_built_page_is_as_the_service_rewrites_it(client: Client, settings: Any) -> None:
    settings.STATIC_URL = "/elsewhere/"
    html = client.get("/").content.decode()
    assert '"/static/' not in html
    assert '<meta name="forv-base" content="" />' in html
