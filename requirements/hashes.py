"""Write the hashes of all files of each pinned version into requirements files that are written by hand.

python -m requirements.hashes FILE...: pip-compile does it for the others, but it would add what these packages say that
they need (`make requirements`).
"""

import re
import sys
import tempfile
from pathlib import Path

from pip._internal.req.constructors import install_req_from_line
from piptools.repositories import PyPIRepository

_PIN = re.compile(r"^([\w.-]+==[^\s\\]+)")


def with_hashes(text: str, repository: PyPIRepository) -> str:
    """Return the text of a requirements file with new hashes; comments stay."""
    lines = []
    for line in text.splitlines():
        if line.startswith("    --hash="):
            continue
        if pin := _PIN.match(line):
            with repository.allow_all_wheels():
                hashes = sorted(repository.get_hashes(install_req_from_line(pin[1])))
            line = " \\\n    ".join([pin[1], *(f"--hash={digest}" for digest in hashes)])
        lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as cache:
        repository = PyPIRepository([], cache_dir=cache)
        for file in map(Path, sys.argv[1:]):
            file.write_text(with_hashes(file.read_text(encoding="utf-8"), repository), encoding="utf-8")


if __name__ == "__main__":
    main()
