"""Whether others are served while something hostile goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def served_meanwhile(call: Callable[[], None]) -> Iterator[list[float]]:
    """Let somebody call the service again and again; gives the seconds of each call.

    Raises ``AssertionError`` at the end if a call raised anything: somebody was not served.
    """
    seconds: list[float] = []
    failures: list[Exception] = []
    done = threading.Event()

    def keep_calling() -> None:
        while not (seconds and done.wait(0.05)):
            started = time.monotonic()
            try:
                call()
            except Exception as error:
                failures.append(error)
            seconds.append(time.monotonic() - started)

    thread = threading.Thread(target=keep_calling)
    thread.start()
    try:
        yield seconds
    finally:
        done.set()
        thread.join()
    assert not failures, f"somebody was not served: {failures[0]!r}"
