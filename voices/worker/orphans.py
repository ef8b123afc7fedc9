"""End processes whose parent is dead: nothing would guard or stop an orphaned worker."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Let the kernel kill this process when its parent, of this process id, dies (Linux only)."""
    if sys.platform == "linux":
        _die_with(parent, ctypes.CDLL(None).prctl)


def die_with_parent() -> None:
    """From now on, let the kernel kill forked processes, and theirs, when their parent dies (Linux only)."""
    if sys.platform != "linux":
        return
    prctl = ctypes.CDLL(None).prctl
    forking = os.getpid()

    def before() -> None:
        nonlocal forking
        forking = os.getpid()

    os.register_at_fork(before=before, after_in_child=lambda: _die_with(forking, prctl))


def _die_with(parent: int, prctl: Callable[[int, int], int]) -> None:
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the call.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
