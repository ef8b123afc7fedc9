"""Read the Dockerfile: the instructions that ours uses, and no others."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

_COMMENT = re.compile(r"^\s*#.*\n", re.MULTILINE)
_KNOWN = {"ARG", "CMD", "COPY", "ENV", "EXPOSE", "HEALTHCHECK", "RUN", "USER", "WORKDIR"}


@dataclass(frozen=True)
class Instruction:
    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {' '.join(self.value.split())}"


@dataclass
class Stage:
    name: str
    base: str  # the name of an image, or of an earlier stage
    instructions: list[Instruction] = field(default_factory=list)


def read_dockerfile(path: Path) -> dict[str, Stage]:
    """Return the stages by name. Raises ``ValueError`` for what is not understood."""
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for line in _COMMENT.sub("", path.read_text(encoding="utf-8")).replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        name, _, value = line.strip().partition(" ")
        if name == "FROM":
            base, _, stage_name = value.partition(" AS ")
            stage = stages[stage_name] = Stage(stage_name, base)
        elif stage and name in _KNOWN:
            stage.instructions.append(Instruction(name, value.strip()))
        else:
            raise ValueError(f"not understood: {line}")
    return stages


def command_of(value: str) -> list[str]:
    """Return the words of a command in its JSON form."""
    words: list[str] = json.loads(value)
    return words
