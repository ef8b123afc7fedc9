"""No process outlives its parent: an orphaned worker would speak on with nobody to guard or stop it."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """From now on, what this process forks is killed when its parent dies, and so are its own children (Linux)."""
    if sys.platform != "linux":
        return
    prctl = ctypes.CDLL(None).prctl
    forking = os.getpid()

    def before() -> None:
        nonlocal forking
        forking = os.getpid()

    def after_in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # It may have died before we asked.
        if os.getppid() != forking:
            os.kill(os.getpid(), signal.SIGKILL)

    os.register_at_fork(before=before, after_in_child=after_in_child)
