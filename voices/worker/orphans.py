"""End processes whose parent is dead: nothing would guard or stop an orphaned worker."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent_from_now() -> None:
    """Let the kernel kill this process when its parent dies (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def die_with_parent() -> None:
    """From now on, let the kernel kill forked processes, and theirs, when their parent dies (Linux only)."""
    if sys.platform != "linux":
        return
    prctl = ctypes.CDLL(None).prctl
    forking = os.getpid()

    def before() -> None:
        nonlocal forking
        forking = os.getpid()

    def after_in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have died before the call.
        if os.getppid() != forking:
            os.kill(os.getpid(), signal.SIGKILL)

    os.register_at_fork(before=before, after_in_child=after_in_child)
