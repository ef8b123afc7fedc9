"""The child that reads strangers' files has no privileges, is bounded, and its death is a refusal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from testing.processes import REPOSITORY
from tests.intake.conftest import Intake
from voices.intake import child, sandbox
from voices.intake.refusal import Refusal

TRIES = {
    "opens a file": "open('/etc/hostname')",
    "writes a file": "open('/tmp/written-by-the-child', 'w')",
    "lists a folder": "os.listdir('/')",
    "connects": "socket.socket().connect(('127.0.0.1', 9))",
    "starts a process": "os.fork()",
    "starts a thread": "threading.Thread(target=print).start()",
    "takes 2 GB": "bytearray(2**31)",
    "becomes root": "os.setuid(0)",
    "writes a gigabyte": "[os.write(out, bytes(2**24)) for _ in range(64)]",
}


def tried(code: str) -> str:
    """Run code in a child that has given up its privileges; return the name of the exception that it met."""
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as out:
        source = (
            f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n"
            "import os, socket, threading\n"
            "from voices.intake.child import give_up_privileges\n"
            f"answer, out = {answer.fileno()}, {out.fileno()}\n"
            "give_up_privileges()\n"
            f"try: {code}\n"
            "except BaseException as error: os.write(answer, type(error).__name__.encode())\n"
            "else: os.write(answer, b'done')\n"
        )
        subprocess.run(
            [sys.executable, "-I", "-c", source], pass_fds=[answer.fileno(), out.fileno()], env={}, check=True
        )
        answer.seek(0)
        return answer.read().decode()


@pytest.mark.parametrize("code", TRIES.values(), ids=TRIES)
def test_the_child_can_do_nothing_but_compute(code: str) -> None:
    if "fork" in code or "Thread" in code:
        # Root's own limits do not count, but the child is nobody.
        assert tried(code) in ("BlockingIOError", "RuntimeError")
    elif "setuid" in code and os.geteuid() != 0:
        assert tried(code) == "PermissionError"
    else:
        assert tried(code) in ("OSError", "MemoryError", "PermissionError")


def test_the_child_is_nobody_with_an_empty_environment_in_a_session_of_its_own(tmp_path: Path) -> None:
    assert child.MEMORY_BYTES <= 2**30
    if os.geteuid() == 0:
        with tempfile.TemporaryFile() as out:
            code = (
                f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n"
                "import os\nfrom voices.intake.child import give_up_privileges\n"
                "status = open('/proc/self/status')\ngive_up_privileges()\n"
                f"os.write({out.fileno()}, status.read().encode())"
            )
            subprocess.run([sys.executable, "-I", "-c", code], pass_fds=[out.fileno()], env={}, check=True)
            out.seek(0)
            status = dict(line.split(":\t", 1) for line in out.read().decode().splitlines() if ":\t" in line)
        assert set(status["Uid"].split()) == set(status["Gid"].split()) == {"65534"}
        assert status["Groups"].strip() == ""
        assert int(status["CapEff"], 16) == 0
        assert status["NoNewPrivs"] == "1"


READY = "import json, os, sys; os.write(json.loads(sys.argv[1])['answer_out'], b'\\n')\n"


@pytest.mark.parametrize("start", ["while True: pass", "os.abort()", "os.kill(os.getpid(), 9)", "bytearray(2**40)", ""])
def test_a_child_that_hangs_or_dies_is_a_refusal(
    start: str, files: Path, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_START", READY + start)
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 1.0)
    assert intake(files / "glow_tts", "glow_tts") == Refusal("needs_too_much", "weights")


@pytest.mark.parametrize("start", ["", "import nothing_of_this_name", "while True: pass"])
def test_a_child_that_can_not_begin_is_no_fault_of_the_files(
    start: str, files: Path, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_START", start)
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 1.0)
    with pytest.raises(OSError, match="could not start"):
        intake(files / "glow_tts", "glow_tts")


@pytest.mark.parametrize("answer", [b"{}", b'{"type":"converted","model":7}', b"\xff", b'{"type":"refused","code":1}'])
def test_an_answer_that_is_none_is_a_refusal(
    answer: bytes, files: Path, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = f"import json, os, sys; os.write(json.loads(sys.argv[1])['answer_out'], {answer!r})"
    monkeypatch.setattr(sandbox, "_START", start)
    assert intake(files / "glow_tts", "glow_tts") == Refusal("unreadable", "weights")


def test_the_settings_of_the_other_kind_of_model_are_no_answer(
    files: Path, intake: Intake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    intake(files / "hifigan", "hifigan")
    vocoder = (tmp_path / "converted" / sandbox.SETTINGS).read_bytes()
    start = f"import json, os, sys; os.write(json.loads(sys.argv[1])['answer_out'], {vocoder!r})"
    monkeypatch.setattr(sandbox, "_START", start)
    assert intake(files / "glow_tts", "glow_tts") == Refusal("unreadable", "config")


def test_no_variable_of_the_caller_reaches_the_child(
    files: Path, intake: Intake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for the child")
    start = (
        "import json, os, sys; os.write(json.loads(sys.argv[1])['answer_out'],"
        " json.dumps([dict(os.environ), os.getcwd(), os.listdir(), os.getsid(0) == os.getpid()]).encode())"
    )
    seen: list[bytes] = []

    def see(answer: bytes) -> Refusal:
        seen.append(answer)
        return Refusal("unreadable", "weights")

    monkeypatch.setattr(sandbox, "_START", start)
    monkeypatch.setattr(sandbox, "_decoded", see)
    intake(files / "glow_tts", "glow_tts")
    environment, folder, content, leads_its_session = json.loads(seen[0])
    assert {name for name in environment if name != "LC_CTYPE"} == set(sandbox._ENVIRONMENT)
    assert (content, leads_its_session) == ([], True)
    assert Path(folder) != Path.cwd() and not Path(folder).exists()
