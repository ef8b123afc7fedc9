"""Shared values without locks: a process that is killed while it holds a lock stops all others for ever."""

import mmap
import os
import time
from contextlib import nullcontext
from multiprocessing.sharedctypes import RawValue

_LOOK_EVERY_SECONDS = 0.05


class Flag:
    """Like `multiprocessing.Event`, for processes that may be killed."""

    def __init__(self) -> None:
        self._byte = mmap.mmap(-1, 1)

    def set(self) -> None:
        self._byte[0] = 1

    def is_set(self) -> bool:
        return self._byte[0] == 1

    def wait(self, timeout: float) -> bool:
        """Wait until the flag is set, at most ``timeout`` seconds. Return whether it is."""
        deadline = time.monotonic() + timeout
        while not self.is_set() and (remaining := deadline - time.monotonic()) > 0:
            time.sleep(min(remaining, _LOOK_EVERY_SECONDS))
        return self.is_set()


class Timer:
    """The seconds that a worker's task may still take; negative while it has no task.

    django-q2's guard counts such a value down under a lock. Here the worker writes the time at which its task must
    end, by the monotonic clock, which all processes share, and the guard's writes are ignored.
    """

    def __init__(self, value: float = -1.0) -> None:
        self._guard_pid = os.getpid()
        self._end = RawValue("d", value)

    @property
    def value(self) -> float:
        end: float = self._end.value
        return end if end < 0 else max(0.0, end - time.monotonic())

    @value.setter
    def value(self, seconds: float) -> None:
        if os.getpid() != self._guard_pid:
            self._end.value = seconds if seconds < 0 else time.monotonic() + seconds

    def get_lock(self) -> nullcontext[None]:
        return nullcontext()
