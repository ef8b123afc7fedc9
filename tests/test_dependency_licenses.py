"""Every package that is installed is listed with its licence, and none is under the GPL."""

from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from requirements.licenses import TRAINING, Package, gpl_packages, main, metadata_license, pins

GPL_CLASSIFIER = "License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)"


def install(folder: Path, name: str, *license_fields: str) -> PathDistribution:
    """Write a package's metadata as pip does, and nothing else of it."""
    metadata = folder / f"{name}-1.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *license_fields]))
    return PathDistribution(metadata.parent)


@pytest.mark.parametrize(
    ("fields", "stated"),
    [
        (["License-Expression: apache-2.0 or mit", "License: whatever"], "Apache-2.0 OR MIT"),
        (["License: BSD-3-Clause", "Classifier: License :: OSI Approved :: BSD License"], "BSD-3-Clause"),
        (["License: Apache 2.0", "Classifier: License :: OSI Approved :: BSD License"], "BSD License"),
        (["Classifier: License :: OSI Approved :: A", "Classifier: License :: OSI Approved :: B"], "A, B"),
    ],
)
def test_the_most_exact_statement_counts(tmp_path: Path, fields: list[str], stated: str) -> None:
    assert metadata_license(install(tmp_path, "stated", *fields)) == stated


def test_a_package_that_states_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="silent states no licence"):
        metadata_license(install(tmp_path, "silent"))


@pytest.mark.parametrize(
    ("license_", "is_gpl"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("BSD-3-Clause AND GPL-2.0-or-later", True),
        ("GPLv3", True),
        ("GNU General Public License v3 or later (GPLv3+)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("GNU Library or Lesser General Public License (LGPL)", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MPL-2.0", False),
    ],
)
def test_gpl_is_told_from_lgpl(license_: str, is_gpl: bool) -> None:
    assert Package("any", "1.0", license_).is_gpl is is_gpl


def test_a_gpl_package_is_found_wherever_it_is_pinned_but_for_training() -> None:
    gpl = Package("konlpy", "0.6.0", "GPL-3.0-or-later")
    assert gpl_packages({"Web process": [gpl]}) == [gpl]
    assert gpl_packages({TRAINING: [gpl]}) == []


def test_the_check_fails_when_konlpy_is_installed_though_no_file_pins_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "konlpy", "License: GPL v3", f"Classifier: {GPL_CLASSIFIER}")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "konlpy 1.0 is under GNU General Public License" in str(main(["--check"]))


def test_only_pins_are_read_from_a_requirements_file(tmp_path: Path) -> None:
    file = tmp_path / "some.txt"
    file.write_text("# Why.\n-c web.txt\nJinja2==3.1.6\npython_dateutil==4.0.0 ; python_version > '3'\n")
    assert list(pins(file)) == [("jinja2", "3.1.6"), ("python-dateutil", "4.0.0")]
