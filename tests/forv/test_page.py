"""The page at /."""

from pathlib import Path
from typing import Any

from django.test import Client


def test_the_built_page_is_served_without_caching(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.FRONTEND_DIST = tmp_path
    (tmp_path / "index.html").write_text("<title>목소리</title>", encoding="utf-8")
    response = client.get("/")
    assert (response.status_code, response.content.decode()) == (200, "<title>목소리</title>")
    assert response["Content-Type"].startswith("text/html")
    assert response["Cache-Control"] == "no-cache"


def test_without_a_built_page_the_answer_says_how_to_build_it(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.FRONTEND_DIST = tmp_path
    response = client.get("/")
    assert (response.status_code, b"make setup" in response.content) == (503, True)


def test_the_page_can_only_be_read(client: Client) -> None:
    assert client.post("/").status_code == 405
