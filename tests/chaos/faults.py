"""Faults inside a worker, installed by `tests.chaos.settings`; the service itself does not know of them.

A request's text names its fault: ``안녕하세요. [crash]``. Of ``[crash once]`` only the first attempt crashes, and
``[crash_after 2]`` crashes once the second sentence is stored.
"""

import ctypes
import errno
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core.files.base import ContentFile, File
from django.utils import timezone

from voices.storage import SignedFileSystemStorage

# The tests write here what the storage is to do; the workers write here which process speaks which request.
FOLDER = Path(os.environ.get("CHAOS_FOLDER", "/nonexistent"))
FAULT = re.compile(r"\[(\w+) ?([\d.]*) ?(once)?\]")


def crash(argument: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def segfault(argument: str) -> None:
    ctypes.string_at(0)


def sleep(argument: str) -> None:
    time.sleep(float(argument))


def hang(argument: str) -> None:
    """Hang in a C call that holds the GIL and handles no signal: lock the same mutex twice."""
    mutex = ctypes.create_string_buffer(256)
    c = ctypes.PyDLL(None)
    c.pthread_mutex_lock(mutex)
    c.pthread_mutex_lock(mutex)


def leave(argument: str) -> None:
    sys.exit(3)


def memory(argument: str) -> None:
    raise MemoryError


def error(argument: str) -> None:
    raise RuntimeError("as ordered")


BEFORE_SPEAKING: dict[str, Callable[[str], None]] = {
    function.__name__: function for function in (crash, segfault, sleep, hang, leave, memory, error)
}


class Faults(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        from voices import tasks
        from voices.models import StoredSentence, VoiceRequest

        if offset := float(os.environ.get("CHAOS_CLOCK_SECONDS", "0")):
            set_the_clock_wrong(offset)
        speak, succeed, synthesize_next = tasks.speak, VoiceRequest.succeed, tasks.synthesize_next
        store_sentence = VoiceRequest.store_sentence
        ordered: dict[str, str] = {}

        def faulty_speak(request: VoiceRequest) -> None:
            (FOLDER / f"speaking_{request.pk}").write_text(str(os.getpid()))
            ordered.clear()
            for fault, argument, once in FAULT.findall(request.text):
                if not once or request.attempt == 1:
                    ordered[fault] = argument
                    if fault in BEFORE_SPEAKING:
                        BEFORE_SPEAKING[fault](argument)
            request.text = FAULT.sub("", request.text)
            speak(request)

        def faulty_succeed(self: VoiceRequest, **fields: Any) -> bool:
            if "crash_before_commit" in ordered:
                crash("")
            return succeed(self, **fields)

        def faulty_store_sentence(self: VoiceRequest, sentence: StoredSentence) -> bool:
            held = store_sentence(self, sentence)
            for fault, done in (("crash_after", crash), ("pause_after", lambda argument: sleep("1"))):
                if ordered.get(fault) == str(sentence.number + 1):
                    done("")
            return held

        def faulty_task() -> Any:
            synthesize_next()
            return (lambda: None) if "unpicklable" in ordered else None

        faulty_task.__module__ = "voices.tasks"
        tasks.speak = faulty_speak
        tasks.synthesize_next = faulty_task
        VoiceRequest.succeed = faulty_succeed  # type: ignore[method-assign]
        VoiceRequest.store_sentence = faulty_store_sentence  # type: ignore[method-assign]


def set_the_clock_wrong(seconds: float) -> None:
    """Set the clock of this process wrong."""
    now, seconds_now = timezone.now, time.time
    timezone.now = lambda: now() + timedelta(seconds=seconds)
    time.time = lambda: seconds_now() + seconds


class FaultyStorage(SignedFileSystemStorage):
    """Does what the file ``storage`` in the tests' folder says: ``refuse``, ``cut``, ``full`` or ``hang SECONDS``."""

    def _save(self, name: str, content: File[bytes]) -> str:
        match self._order():
            case ["refuse"]:
                raise ConnectionError("503 Service Unavailable")
            case ["full"]:
                raise OSError(errno.ENOSPC, "No space left on device")
            case ["cut"]:
                audio = content.read()
                super()._save(name, ContentFile(audio[: len(audio) // 2]))
                raise ConnectionResetError("cut off in the upload")
            case ["hang", seconds]:
                time.sleep(float(seconds))
                raise TimeoutError("no answer")
        return super()._save(name, content)

    def delete(self, name: str) -> None:
        if self._order():
            raise ConnectionError("503 Service Unavailable")
        super().delete(name)

    def _order(self) -> list[str]:
        order = FOLDER / "storage"
        return order.read_text().split() if order.exists() else []
