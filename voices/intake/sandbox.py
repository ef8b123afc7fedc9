"""Start the child process that reads strangers' files, and bound what it may take."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from voices.intake.model_paths import ModelPaths
from voices.intake.refusal import Refusal, Refused
from voices.intake.settings import AcousticModelSettings, Converted

WALL_SECONDS = 60.0  # long, because other processes may be busy; what counts is CPU_SECONDS of the child
MAX_ANSWER_BYTES = 8 * 1024**2
WEIGHTS, SETTINGS = "model.safetensors", "settings.json"

# -I: no folder and no variable of the caller decides what is imported.
_COMMAND = (sys.executable, "-I", "-B", "-c")
_ROOT = str(Path(__file__).resolve().parents[2])
# The module's name takes MODULE's place.
_START = f"import sys; sys.path.insert(0, {_ROOT!r}); from MODULE import main; main()"
# Threads of numpy's algebra would reserve memory for each core.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

logger = logging.getLogger(__name__)


def convert(files: ModelPaths, folder: Path) -> Converted:
    """Let a child read the files of a model; write `WEIGHTS` and `SETTINGS` into `folder`, which must exist.

    Raises:
        Refused: the child refuses a file, or breaks its bounds while it reads.
        OSError: a file can't be read, `folder` can't be written, or no child can be started.
    """
    with ExitStack() as stack:
        try:
            parts = {part: stack.enter_context(path.open("rb")) for part, path in files}
        except FileNotFoundError as error:
            (part,) = (part for part, path in files if str(path) == error.filename)
            raise Refused(part, "missing") from error
        weights = stack.enter_context((folder / WEIGHTS).open("wb"))
        answer = stack.enter_context(tempfile.TemporaryFile())
        numbers = {
            "kind": files.kind,
            "parts": {part: file.fileno() for part, file in parts.items()},
            "weights_out": weights.fileno(),
            "answer_out": answer.fileno(),
        }
        opened = [*(file.fileno() for file in parts.values()), weights.fileno(), answer.fileno()]
        run_child("voices.intake.child", numbers, opened)
        answer.seek(0)
        found = _decoded(answer.read(MAX_ANSWER_BYTES))
    if isinstance(found, Refusal):
        raise Refused(found.part, found.code, **found.parameters)
    if isinstance(found.model, AcousticModelSettings) != (files.kind == "glow_tts"):
        raise Refused("config", "unreadable")
    (folder / SETTINGS).write_bytes(msgspec.json.encode(found))
    return found


def read_settings(folder: Path) -> Converted:
    """Return the settings that `convert` wrote into `folder`. Raises OSError, or msgspec.DecodeError if damaged."""
    return msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Converted)


def run_child(module: str, given: dict[str, Any], descriptors: list[int]) -> None:
    """Run the `main` of a module in a child to its end. What it has answered tells whether it succeeded.

    Args:
        module: of `voices.intake`; it gives up its privileges before it reads.
        given: what it is told, as JSON in its first argument.
        descriptors: of the open files that it gets; it can open no others.
    """
    with tempfile.TemporaryDirectory(prefix="empty-") as empty:
        child = subprocess.Popen(
            [*_COMMAND, _START.replace("MODULE", module), json.dumps(given)],
            stdin=subprocess.DEVNULL,
            pass_fds=descriptors,
            env=_ENVIRONMENT,
            cwd=empty,
            start_new_session=True,
        )
        try:
            status = child.wait(WALL_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
    if status != 0:
        logger.warning("a file's reader ended with %s (pid %s)", "a timeout" if status is None else status, child.pid)


def _decoded(answer: bytes) -> Converted | Refusal:
    if not answer:
        raise OSError("the process that reads voices' files could not start, or not give up its privileges")
    if not answer.strip():  # killed by a bound
        return Refusal("needs_too_much", "weights")
    try:
        return msgspec.json.decode(answer, type=Converted | Refusal)
    except msgspec.DecodeError:
        return Refusal("unreadable", "weights")
