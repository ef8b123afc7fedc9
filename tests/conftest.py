"""Fixtures: members, storages and databases for most tests, and the running service for some."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection

from forv import health
from testing.factories import Fan, make_member
from testing.processes import Service
from testing.voice_model import write_voice_model
from voices.models import Member


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Set the database up as pytest-django does, and close all connections before it is dropped."""
    yield
    # A listener that is cancelled while it connects leaves its connection to the garbage collector.
    gc.collect()


@pytest.fixture(scope="session")
def voice_model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a voice model folder: a tiny voice for member 1, and one with truncated weights for member 2."""
    root = tmp_path_factory.mktemp("voice_model")
    write_voice_model(root)
    return root


@pytest.fixture(autouse=True)
def unchecked_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let /readyz check the storage of each test anew."""
    monkeypatch.setattr(health, "_storage_is_ready", health.StorageIsReady())


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Forget the calls of earlier tests."""
    cache.clear()


@pytest.fixture(autouse=True)
def media_dir(tmp_path: Path, settings: Any) -> Path:
    """Use a folder of this test's own for audio."""
    location = tmp_path / "media"
    default = {"BACKEND": "voices.storage.SignedFileSystemStorage", "OPTIONS": {"location": str(location)}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    return location


@pytest.fixture(autouse=True)
def imported_voices_dir(tmp_path: Path, settings: Any) -> Path:
    """Use a folder of this test's own for imported voices."""
    settings.IMPORTED_VOICES_DIR = tmp_path / "imported_voices"
    return settings.IMPORTED_VOICES_DIR  # type: ignore[no-any-return]


@pytest.fixture
def member(db: None, voice_model_dir: Path, settings: Any) -> Member:
    """Create a member that speaks with the tiny voice."""
    settings.VOICE_MODEL_DIR = voice_model_dir
    return make_member(voice_model_dir, 1, "테스트 멤버")


@pytest.fixture
def broken_member(db: None, voice_model_dir: Path, settings: Any) -> Member:
    """Create a member whose weights can't be loaded."""
    settings.VOICE_MODEL_DIR = voice_model_dir
    return make_member(voice_model_dir, 2, "고장난 멤버")


@pytest.fixture
def alice(db: None) -> Fan:
    return Fan("alice")


@pytest.fixture
def bob(db: None) -> Fan:
    return Fan("bob")


@pytest.fixture(scope="session")
def live_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Create a database for the live service and return its address."""
    with django_db_blocker.unblock(), empty_database(f"live_forv_{os.getpid()}") as address:
        yield address


@pytest.fixture
def new_database(db: None) -> Iterator[str]:
    """Create an empty database and return its address."""
    with empty_database(f"new_forv_{os.getpid()}") as address:
        yield address


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    parameters = {
        parameter: value
        for parameter, value in connection.get_connection_params().items()
        if parameter in ("host", "port", "user", "password") and value
    }
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        password = f":{parameters['password']}" if "password" in parameters else ""
        port = f"&port={parameters['port']}" if "port" in parameters else ""
        yield f"postgresql://{parameters['user']}{password}@/{name}?host={parameters['host']}{port}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def live(live_database: str, voice_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Start the service as `make run` does: web process, qcluster, Postgres."""
    service = Service(
        tmp_path_factory.mktemp("live"), DATABASE_URL=live_database, FORV_VOICE_MODEL_DIR=str(voice_model_dir)
    )
    try:
        service.wait_until_up()
        yield service
    finally:
        service.stop()


@pytest.fixture(scope="session")
def live_service(live: Service) -> str:
    """Return the address of the running service."""
    return live.address
