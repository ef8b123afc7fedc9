"""compose.yaml follows the Compose specification, and passes on every setting."""

import json
import re
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from testing.image_check.dockerfile import read_dockerfile
from testing.processes import REPOSITORY

GIVEN = {"POSTGRES_PASSWORD": "secret", "SECRET_KEY": "secret"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """Read compose.yaml as Compose does where only the variables of GIVEN are set."""
    text = (REPOSITORY / "compose.yaml").read_text(encoding="utf-8")
    inner = re.compile(r"\$\{(\w+)(?::?[-?]([^${}]*))?\}")  # the innermost ones, again and again
    while inner.search(text):
        text = inner.sub(lambda match: GIVEN.get(match[1], match[2] or ""), text)
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def documented_settings() -> set[str]:
    text = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    first_cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for cell in first_cells for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)}


def test_it_follows_the_specification(compose: dict[str, Any]) -> None:
    parsed = PyCompose.from_json(json.dumps(compose))
    assert set(parsed.service_names()) == {"postgres", "migrate", "web", "worker", "proxy", "bucket"}
    compose = {**compose, "services": {**compose["services"], "web": {"imagine": "caddy"}}}
    with pytest.raises(ValueError, match="imagine"):
        PyCompose.from_json(json.dumps(compose))


@pytest.mark.parametrize("service", ["web", "worker", "migrate"])
def test_every_documented_setting_is_passed(service: str, compose: dict[str, Any]) -> None:
    images = read_dockerfile(REPOSITORY / "Dockerfile")
    of_image = {
        pair.partition("=")[0]
        for stage in ("base", "web", "worker")
        for instruction in images[stage].instructions
        if instruction.name == "ENV"
        for pair in instruction.value.split()
    }
    passed = compose["services"][service]["environment"]
    assert documented_settings() - of_image == set(passed) - of_image
    # Without a value, Compose passes on what is set, and nothing otherwise.
    assert {name for name, value in passed.items() if value is not None} == {
        "DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "FORV_HTTPS", "FORV_TRUSTED_PROXIES"
    }  # fmt: skip


@pytest.mark.parametrize("service", ["web", "worker", "migrate"])
def test_a_container_can_write_to_its_volume_only(service: str, compose: dict[str, Any]) -> None:
    options = compose["services"][service]
    assert options["read_only"] is True
    assert options["cap_drop"] == ["ALL"]
    assert [volume for volume in options["volumes"] if not volume.endswith(":ro")] == ["data:/data"]
