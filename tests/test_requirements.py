"""What is installed has a hash in the repository, and the audit tells vulnerabilities from silence."""

import re
from pathlib import Path
from typing import Any

import pytest

from requirements import audit
from testing.processes import REPOSITORY

FILES = sorted((REPOSITORY / "requirements").glob("*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_pin_has_hashes(file: Path) -> None:
    # A line that ends in a backslash goes on.
    lines = file.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert pinned
    assert all(re.match(r"[\w.-]+==\S+", line) for line in pinned)
    without = [line for line in pinned if "--hash=sha256:" not in line]
    assert without == (["torch==2.13.0"] if file.name == "torch.txt" else [])


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile"])
def test_only_torch_is_installed_without_hashes(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8").replace("\\\n", " ")
    installs = [part for part in re.split(r"\n|&&", text) if " install " in part and "requirements/" in part]
    assert installs
    without = [part for part in installs if "--require-hashes" not in part and "$(HASHED)" not in part]
    assert len(without) == 1
    assert re.findall(r"requirements/\S+\.txt", without[0]) == ["requirements/torch.txt"]


AUDITED: dict[str, Any] = {
    "dependencies": [
        {"name": "sound", "version": "1.0", "vulns": []},
        {"name": "weak", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]},
        {"name": "strange", "skip_reason": "Dependency not found"},
    ]
}


def test_a_vulnerability_is_named_with_the_version_that_mends_it() -> None:
    assert list(audit.python_vulnerabilities(AUDITED)) == ["weak 1.0: PYSEC-1, mended in 1.1"]
    assert audit.python_audited(AUDITED) == 2
    page = {"vulnerabilities": {"weak": {"range": "<2", "severity": "high"}}}
    assert list(audit.page_vulnerabilities(page)) == ["weak <2: high"]


def test_a_vulnerability_fails_and_silence_does_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"npm": '{"message": "405"}', "python": '{"dependencies": []}'}

    class Done:
        stderr = "not reached"

        def __init__(self, command: list[str], **how: Any) -> None:
            self.stdout = answers["npm" if command[0] == "npm" else "python"]

    monkeypatch.setattr("requirements.audit.subprocess.run", Done)
    assert audit.main() == 0
    assert capsys.readouterr().out.count("could not be asked") == 2
    answers["npm"] = '{"vulnerabilities": {"weak": {"range": "<2", "severity": "high"}}}'
    assert audit.main() == 1
    assert "weak <2: high" in capsys.readouterr().out
