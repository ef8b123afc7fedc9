"""Build a stage of the Dockerfile: each instruction that changes files is an overlay's layer, kept by its content."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path

from testing.image_check.bases import base_layers
from testing.image_check.dockerfile import Instruction, Stage, command_of
from testing.processes import REPOSITORY

# How pip and npm reach their registries is this machine's matter.
_OF_MACHINE = re.compile(r"(PIP_|npm_config_|https?_proxy|HTTPS?_PROXY|NO_PROXY)")
_PREPARE = """
set -e
mount -t overlay overlay -o lowerdir="$LOWER",upperdir="$UPPER",workdir="$WORK" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount -t tmpfs tmpfs "$ROOT/run"
cp /etc/resolv.conf "$ROOT/run/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$ROOT/run/ca.crt"
for folder in $MOUNTS; do mkdir -p "$ROOT/run$folder"; mount --bind "$folder" "$ROOT/run$folder"; done
[ -L "$ROOT/etc/resolv.conf" ] || ln -sf /run/resolv.conf "$ROOT/etc/resolv.conf"
"""


@dataclass
class Image:
    layers: list[Path]  # the first is the lowest
    environment: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "root"
    command: list[str] = field(default_factory=list)
    health_command: list[str] = field(default_factory=list)
    history: list[tuple[str, Path]] = field(default_factory=list)  # what made which layer

    @property
    def lower(self) -> str:
        """The layers as overlayfs names them, the highest first."""
        return ":".join(str(layer) for layer in reversed(self.layers))


class Builder:
    """Builds stages once each, in a folder that keeps their layers."""

    def __init__(self, stages: dict[str, Stage], folder: Path, arguments: dict[str, str], mounts: list[Path]) -> None:
        self.stages, self.folder, self.arguments, self.mounts = stages, folder, arguments, mounts
        self.built: dict[str, Image] = {}

    def build(self, name: str) -> Image:
        if name not in self.built:
            stage = self.stages[name]
            if stage.base in self.stages:
                image = replace(self.build(stage.base), command=[], health_command=[])
                image.layers, image.history = [*image.layers], [*image.history]
                image.environment, image.arguments = {**image.environment}, {}
            else:
                layers = base_layers(stage.base, self.folder)
                image = Image(layers, history=[(f"FROM {stage.base}", layer) for layer in layers])
            for instruction in stage.instructions:
                self._apply(image, instruction)
            self.built[name] = image
        return self.built[name]

    def _apply(self, image: Image, instruction: Instruction) -> None:
        value = instruction.value
        match instruction.name:
            case "ENV":
                for pair in shlex.split(value):
                    variable, _, content = pair.partition("=")
                    image.environment[variable] = _filled_in(content, {**image.environment, **image.arguments})
            case "ARG":
                name, _, default = value.partition("=")
                image.arguments[name] = self.arguments.get(name, default)
            case "WORKDIR":
                image.folder = value
            case "USER":
                image.user = value
            case "CMD":
                image.command = command_of(value)
            case "HEALTHCHECK":
                image.health_command = command_of(value[value.index("CMD ") + 4 :])
            case "COPY" | "RUN":
                self._add_layer(image, instruction)

    def _add_layer(self, image: Image, instruction: Instruction) -> None:
        copy = instruction.name == "COPY"
        known = [instruction.value, image.folder, *map(str, image.layers), str(sorted(image.environment.items()))]
        known += [str(sorted(image.arguments.items()))]
        known += self._copied(instruction.value) if copy else []
        key = hashlib.sha256("\0".join(known).encode()).hexdigest()[:16]
        layer = self.folder / "layers" / key
        if not layer.exists():
            print(f"  {str(instruction)[:110]}", flush=True)
            with tempfile.TemporaryDirectory(dir=self.folder) as work:
                for part in ("upper", "work", "root", "source"):
                    Path(work, part).mkdir(mode=0o755)
                if copy:
                    self._copy(image, instruction.value, Path(work))
                else:
                    self._run(image, instruction.value, Path(work))
                layer.parent.mkdir(exist_ok=True)
                Path(work, "upper").rename(layer)
        image.layers.append(layer)
        image.history.append((str(instruction), layer))

    def _copied(self, value: str) -> list[str]:
        """Return what tells whether the copied files are others than last time."""
        if value.startswith("--from="):
            stage = value.split()[0].removeprefix("--from=")
            return [str(layer) for layer in self.build(stage).layers]
        return [
            f"{path} {hashlib.sha256((REPOSITORY / path).read_bytes()).hexdigest()}"
            for path in _context_files()
            if any(_is_below(path, source) for source in value.split()[:-1])
        ]

    def _copy(self, image: Image, value: str, work: Path) -> None:
        *sources, target = value.split()
        destination = work / "upper" / os.path.normpath(Path(image.folder, target)).lstrip("/")
        if sources[0].startswith("--from="):
            stage = self.build(sources.pop(0).removeprefix("--from="))
            destination.parent.mkdir(parents=True, exist_ok=True)
            script = 'mount -t overlay overlay -o lowerdir="$LOWER" "$ROOT" && cp -a "$ROOT/$FROM" "$TO"'
            variables = {"LOWER": stage.lower, "ROOT": str(work / "source"), "FROM": sources[0], "TO": str(destination)}
            _in_own_mounts(script, variables)
            return
        into = target.endswith("/")
        for source in sources:
            for path in (path for path in _context_files() if _is_below(path, source)):
                folder = (REPOSITORY / source).is_dir()
                inside = os.path.relpath(path, source) if folder else Path(path).name if into else ""
                copied = destination / inside if inside else destination
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(REPOSITORY / path, copied, follow_symlinks=False)

    def _run(self, image: Image, command: str, work: Path) -> None:
        machine = {name: content for name, content in os.environ.items() if _OF_MACHINE.match(name)}
        inside = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "DEBIAN_FRONTEND": "noninteractive",
            **machine,
            **image.arguments,
            **image.environment,
            **dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), "/run/ca.crt"),
        }
        for mount in self.mounts:
            inside = {name: content.replace(str(mount), f"/run{mount}") for name, content in inside.items()}
        words = [f"{name}={content}" for name, content in inside.items()]
        start = [
            "chroot",
            "$ROOT",
            "env",
            "-i",
            *words,
            "/bin/sh",
            "-c",
            f"mkdir -p {image.folder}; cd {image.folder}; {command}",
        ]
        quoted = " ".join('"$ROOT"' if word == "$ROOT" else shlex.quote(word) for word in start)
        _in_own_mounts(
            f"{_PREPARE}\n{quoted}",
            {
                "LOWER": image.lower,
                "UPPER": str(work / "upper"),
                "WORK": str(work / "work"),
                "ROOT": str(work / "root"),
                "MOUNTS": " ".join(map(str, self.mounts)),
            },
        )
        shutil.rmtree(work / "work", ignore_errors=True)


def _in_own_mounts(script: str, variables: dict[str, str]) -> None:
    """Run a script whose mounts nobody else sees, and which end with it."""
    subprocess.run(
        [
            "setpriv",
            "--pdeathsig",
            "KILL",
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "/bin/sh",
            "-c",
            script,
        ],
        env={**os.environ, **variables},
        check=True,
    )


def _filled_in(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda match: variables[match[1]], text)


def _is_below(path: str, source: str) -> bool:
    return path == source or path.startswith(f"{source}/")


def _context_files() -> list[str]:
    """Return the files of the repository that a build may copy: those of git, without those of .dockerignore."""
    ignored = [line for line in (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines() if line]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(
        path
        for path in set(listed.stdout.splitlines())
        if (REPOSITORY / path).is_file()
        and not any(fnmatch(path, pattern) or fnmatch(path, f"{pattern}/*") for pattern in ignored)
    )
