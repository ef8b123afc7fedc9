"""A Postgres that the tests may stop, and clusters on it whose processes they may kill."""

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from testing.factories import make_member
from tests.chaos.world import Postgres, World
from voices.models import Member


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="chaos_", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder) / "postgres")
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def database(postgres: Postgres, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Connect Django in this process to that Postgres."""
    own = DatabaseWrapper({**connections["default"].settings_dict, **postgres.django_settings}, "default")
    tests, connections["default"] = connections["default"], own
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        yield
        own.close()
    connections["default"] = tests


@pytest.fixture
def world(
    postgres: Postgres, database: None, django_db_blocker: Any, tmp_path: Path, voice_model_dir: Path, settings: Any
) -> Iterator[World]:
    settings.VOICE_MODEL_DIR = voice_model_dir
    with django_db_blocker.unblock():
        world = World(postgres, tmp_path, voice_model_dir)
        try:
            yield world
        finally:
            postgres.start()
            world.end()


@pytest.fixture
def member(world: World, voice_model_dir: Path) -> Member:
    return make_member(voice_model_dir, 1, "테스트 멤버")


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Return a random generator whose seed is printed; `CHAOS_SEED=… make chaos` uses the same again."""
    seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"CHAOS_SEED={seed}")
    return random.Random(seed)
