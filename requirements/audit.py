"""Ask the advisories of PyPI and npm for known vulnerabilities of the pinned packages: `make audit`.

Exit status 1 if there is one. A service that can't be reached, or that doesn't know the packages, is told and fails
nothing: whoever is offline must be able to work.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).parent
FRONTEND = REQUIREMENTS.parent / "frontend"
FILES = ("web.txt", "web-no-deps.txt", "worker.txt", "worker-no-deps.txt", "dev.txt", "audit.txt")


def python_vulnerabilities(report: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each vulnerability in the report of pip-audit."""
    for package in report["dependencies"]:
        for found in package.get("vulns", []):
            mended = ", ".join(found["fix_versions"]) or "no version"
            yield f"{package['name']} {package['version']}: {found['id']}, mended in {mended}"


def python_audited(report: dict[str, Any]) -> int:
    """Return how many packages the advisories know at all; pip-audit only skips the others."""
    return sum("skip_reason" not in package for package in report["dependencies"])


def page_vulnerabilities(report: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each vulnerable package in the report of npm."""
    for name, found in report["vulnerabilities"].items():
        yield f"{name} {found['range']}: {found['severity']}"


def main() -> int:
    return _audit_python() | _audit_page()


def _audit_python() -> int:
    files = [argument for name in FILES for argument in ("-r", str(REQUIREMENTS / name))]
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    done = subprocess.run([*command, "--format", "json", *files], capture_output=True, text=True)
    report = _parsed(done.stdout)
    if "dependencies" not in report:
        return _not_reached("PyPI", done.stderr)
    if not (audited := python_audited(report)):
        return _not_reached("PyPI", "it knows none of the packages")
    return _tell(f"Python: {audited} of {len(report['dependencies'])} packages", [*python_vulnerabilities(report)])


def _audit_page() -> int:
    done = subprocess.run(["npm", "audit", "--json"], cwd=FRONTEND, capture_output=True, text=True)
    report = _parsed(done.stdout)
    if "vulnerabilities" not in report:
        return _not_reached("npm", str(report.get("message", done.stderr)))
    return _tell("page", [*page_vulnerabilities(report)])


def _parsed(text: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return parsed


def _not_reached(service: str, reason: str) -> int:
    lines = reason.strip().splitlines() or ["no answer"]
    print(f"{service}'s advisories could not be asked: {lines[-1]}")
    return 0


def _tell(what: str, vulnerabilities: list[str]) -> int:
    print("\n".join([f"{what}: {len(vulnerabilities)} known vulnerabilities", *vulnerabilities]))
    return 1 if vulnerabilities else 0


if __name__ == "__main__":
    sys.exit(main())
