"""Settings come from the environment; the start stops with the name of one that can't be read."""

import os
import runpy
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

import forv.settings
from testing.processes import REPOSITORY

Load = Callable[..., dict[str, Any]]
GIVEN = {"SECRET_KEY": "a-key-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"}


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Read the settings anew while debugging, from these variables and no others."""
    for name in os.environ:
        if name.startswith(("FORV_", "DJANGO_", "GS_", "DATABASE_")) or name in ("SECRET_KEY", "LOG_LEVEL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FORV_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DJANGO_DEBUG", "1")

    def load(**environment: str) -> dict[str, Any]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(forv.settings.__file__)

    return load


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DJANGO_DEBUG", "perhaps"),
        ("FORV_WORKERS", "two"),
        ("FORV_WORKERS", "0"),
        ("FORV_TORCH_THREADS", "-1"),
        ("FORV_VOICE_MEMORY_MB", "1.5"),
        ("FORV_DEVICE", "tpu"),
        ("FORV_STORAGE", "ftp"),
        ("FORV_AUDIO_URL_SECONDS", "604801"),
        ("FORV_PUBLIC_AUDIO", "1"),
        ("FORV_MAX_TEXT", "0"),
        ("FORV_MAX_TEXT", "9999999"),
        ("FORV_MAX_WAIT_SECONDS", "-1"),
        ("FORV_AUDIO_URL_SECONDS", "an hour"),
        ("FORV_MAX_ATTEMPTS", "0"),
        ("FORV_STORAGE_PATIENCE_SECONDS", "-1"),
        ("FORV_LEASE_SECONDS", "0"),
        ("FORV_TASK_TIMEOUT_SECONDS", ""),
        ("FORV_SWEEP_SECONDS", "0"),
        ("FORV_BATCH_PATIENCE_SECONDS", "-1"),
        ("FORV_ANONYMOUS_USE", "perhaps"),
        ("FORV_POSTS_PER_MINUTE", "0"),
        ("FORV_LISTS_PER_MINUTE", "30/minute"),
        ("FORV_STREAMS_PER_FAN", "0"),
        ("FORV_FANS_PER_ADDRESS", "-1"),
        ("FORV_MAX_QUEUED_PER_FAN", "many"),
        ("FORV_TRUSTED_PROXIES", "-1"),
        ("FORV_HSTS_SECONDS", "a year"),
        ("LOG_LEVEL", "loud"),
        ("FORV_LOG_FORMAT", "xml"),
        ("FORV_METRICS_PORT", "0"),
        ("DATABASE_URL", "mysql://user@host/name"),
        ("DATABASE_URL", "sqlite:///file"),
        ("DATABASE_URL", "not an address"),
        ("DATABASE_URL", "postgresql://host:port/name"),
    ],
)
def test_an_unreadable_value_is_named(name: str, value: str, load: Load) -> None:
    with pytest.raises((ImproperlyConfigured, EnvError), match=name):
        load(**{name: value})


def test_a_pool_size_must_be_a_number(load: Load) -> None:
    with pytest.raises(EnvError, match="DATABASE_POOL_SIZE"):
        load(DATABASE_URL="postgresql:///forv", DATABASE_POOL_SIZE="many")


@pytest.mark.parametrize(
    ("storage", "variable"),
    [("gcs", "GS_BUCKET_NAME"), ("s3", "AWS_STORAGE_BUCKET_NAME"), ("azure", "AZURE_CONNECTION_STRING")],
)
def test_a_bucket_must_be_named(storage: str, variable: str, load: Load) -> None:
    with pytest.raises(EnvError, match=variable):
        load(FORV_STORAGE=storage)


def test_the_start_stops_at_an_unreadable_value() -> None:
    environment = {**os.environ, "FORV_WORKERS": "two"}
    checked = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=REPOSITORY, env=environment, capture_output=True, text=True
    )
    assert checked.returncode != 0
    assert "FORV_WORKERS" in checked.stderr.splitlines()[-1]


def test_debugging_is_off_unless_asked_for(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_DEBUG")
    assert load(**GIVEN)["DEBUG"] is False


class TestSecretKey:
    def test_without_debug_it_must_be_given(self, load: Load) -> None:
        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
            load(DJANGO_DEBUG="0")
        assert load(DJANGO_DEBUG="0", **GIVEN)["SECRET_KEY"] == GIVEN["SECRET_KEY"]

    @pytest.mark.parametrize("weak", ["changeme", "a" * 60, "django-insecure"])
    def test_without_debug_a_weak_one_is_refused(self, weak: str, load: Load) -> None:
        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is too weak"):
            load(DJANGO_DEBUG="0", SECRET_KEY=weak)
        assert load(DJANGO_DEBUG="1", SECRET_KEY=weak)["SECRET_KEY"] == weak

    def test_it_is_generated_once_in_a_private_file(self, load: Load, tmp_path: Path) -> None:
        made = load()["SECRET_KEY"]
        assert len(made) >= 50
        assert load()["SECRET_KEY"] == made
        kept = tmp_path / "data" / "secret_key"
        assert kept.read_text() == made
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    def test_a_given_key_is_not_written_to_disk(self, load: Load, tmp_path: Path) -> None:
        load(**GIVEN)
        assert not (tmp_path / "data").exists()

    def test_concurrent_first_starts_get_the_same_key(self, load: Load) -> None:
        with ThreadPoolExecutor(8) as pool:
            assert len({settings["SECRET_KEY"] for settings in pool.map(lambda _: load(), range(8))}) == 1


class TestDatabase:
    def test_without_a_url_it_is_the_embedded_one(self, load: Load) -> None:
        assert load()["DATABASES"]["default"]["ENGINE"] == "forv.embedded_postgres"

    def test_the_url_is_used(self, load: Load) -> None:
        database = load(DATABASE_URL="postgresql://user:pass@host:5433/name")["DATABASES"]["default"]
        assert (database["HOST"], database["PORT"], database["NAME"]) == ("host", 5433, "name")
        assert "pool" not in database.get("OPTIONS", {})

    def test_web_processes_share_their_connections(self, load: Load) -> None:
        database = load(DATABASE_URL="postgresql:///name", DATABASE_POOL_SIZE="5")["DATABASES"]["default"]
        assert database["OPTIONS"]["pool"]["max_size"] == 5
        assert database["CONN_MAX_AGE"] == 0


def test_all_origins_are_allowed_unless_some_are_named(load: Load) -> None:
    assert load()["CORS_ALLOW_ALL_ORIGINS"] is True
    named = load(FORV_CORS_ORIGINS="https://a.example,https://b.example")
    assert named["CORS_ALLOW_ALL_ORIGINS"] is False
    assert named["CORS_ALLOWED_ORIGINS"] == ["https://a.example", "https://b.example"]


def test_a_queue_row_is_locked_for_as_long_as_its_task_may_take(load: Load) -> None:
    queue = load(FORV_TASK_TIMEOUT_SECONDS="10")["Q_CLUSTER"]
    assert (queue["timeout"], queue["retry"]) == (10, 10)


class TestHttps:
    def test_it_is_demanded_unless_debugging_or_switched_off(self, load: Load) -> None:
        names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")
        debugging = load()
        assert not any(debugging[name] for name in names)
        production = load(DJANGO_DEBUG="0", **GIVEN)
        assert all(production[name] for name in names)
        without = load(FORV_HTTPS="0")
        assert not any(without[name] for name in names)

    def test_a_proxy_is_believed_only_if_there_is_one(self, load: Load) -> None:
        assert load()["SECURE_PROXY_SSL_HEADER"] is None
        behind = load(DJANGO_DEBUG="0", **GIVEN)
        assert (behind["TRUSTED_PROXIES"], behind["REST_FRAMEWORK"]["NUM_PROXIES"]) == (1, 1)
        assert behind["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
        assert load(FORV_TRUSTED_PROXIES="0")["SECURE_PROXY_SSL_HEADER"] is None

    def test_the_sites_own_names_may_post_to_the_admin(self, load: Load) -> None:
        hosts = "voices.example.com,.example.org,*"
        production = load(DJANGO_DEBUG="0", ALLOWED_HOSTS=hosts, **GIVEN)
        assert production["CSRF_TRUSTED_ORIGINS"] == ["https://voices.example.com", "https://*.example.org"]
        named = load(CSRF_TRUSTED_ORIGINS="https://front.example")
        assert named["CSRF_TRUSTED_ORIGINS"] == ["https://front.example"]


@pytest.mark.parametrize(
    ("environment", "origin"),
    [
        ({"FORV_STORAGE": "gcs", "GS_BUCKET_NAME": "sounds"}, "https://storage.googleapis.com"),
        (
            {"FORV_STORAGE": "s3", "AWS_STORAGE_BUCKET_NAME": "sounds"},
            "https://sounds.s3.ap-northeast-2.amazonaws.com",
        ),
        (
            {"FORV_STORAGE": "s3", "AWS_STORAGE_BUCKET_NAME": "sounds", "AWS_S3_ENDPOINT_URL": "http://bucket:5000/s3"},
            "http://bucket:5000",
        ),
        (
            {
                "FORV_STORAGE": "azure",
                "AZURE_CONTAINER": "sounds",
                "AZURE_CONNECTION_STRING": "AccountName=forv;AccountKey=a2V5;EndpointSuffix=core.windows.net",
            },
            "https://forv.blob.core.windows.net",
        ),
    ],
)
def test_audio_of_a_bucket_may_be_played(environment: dict[str, str], origin: str, load: Load) -> None:
    policy = load(**environment)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert origin in policy["media-src"]
    assert origin in policy["img-src"]


def test_a_bucket_answers_the_pages_that_the_api_answers(load: Load) -> None:
    assert load()["BUCKET_CORS_ORIGINS"] == ["*"]
    named = load(ALLOWED_HOSTS="voices.example.com", FORV_CORS_ORIGINS="https://fans.example.com")
    assert named["BUCKET_CORS_ORIGINS"] == ["https://voices.example.com", "https://fans.example.com"]
