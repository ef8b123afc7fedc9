"""Messages between processes, any of which may be killed at any time."""

import os
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from threading import Timer as Later
from typing import Any

import pytest

from voices.worker.lock_free import Flag, Timer
from voices.worker.packet_queue import STOP, PacketQueue


def forked(target: Callable[..., Any], *args: Any) -> BaseProcess:
    process = get_context("fork").Process(target=target, args=args, daemon=True)
    process.start()
    return process


def test_messages_come_in_order() -> None:
    queue = PacketQueue()
    assert queue.empty() and queue.qsize() == 0
    for message in ({"a": 1}, None, STOP):
        queue.put(message)
    assert not queue.empty() and queue.qsize() == 1
    assert [queue.get() for _ in range(3)] == [{"a": 1}, None, STOP]
    assert queue.empty()


def test_each_message_has_one_reader_even_if_waiting_readers_are_killed() -> None:
    """`multiprocessing.Queue` hangs after the first of these kills."""
    queue, results = PacketQueue(), PacketQueue()

    def read() -> None:
        while True:
            results.put((os.getpid(), queue.get()))

    seen: list[int] = []
    for number in range(20):
        readers = [forked(read) for _ in range(2)]
        time.sleep(0.02)
        readers[0].kill()
        readers[0].join()
        queue.put(number)
        pid, message = results.get()
        assert pid == readers[1].pid
        seen.append(message)
        readers[1].kill()
        readers[1].join()
    assert seen == list(range(20))


class Unpicklable:
    def __reduce__(self) -> str:
        raise RuntimeError("not even this")


@pytest.mark.parametrize("message", [lambda: None, Unpicklable(), b"x" * 10**6], ids=["lambda", "raises", "too large"])
def test_a_message_that_cannot_be_sent_is_dropped(message: Any) -> None:
    queue = PacketQueue()
    queue.put(message)
    queue.put("next")
    assert queue.get() == "next"


def test_a_bounded_queue_holds_one_message_until_it_is_closing() -> None:
    closing = Flag()
    queue = PacketQueue(closing)
    queue.put(1)
    started = time.monotonic()  # before the timer starts, or its wait could begin earlier than ours
    Later(0.2, closing.set).start()
    queue.put(2)
    assert time.monotonic() - started >= 0.2
    assert queue.get() == STOP


def test_a_flag_wakes_waiting_processes() -> None:
    flag = Flag()
    assert flag.wait(0.01) is False
    process = forked(flag.set)
    assert flag.wait(10) is True
    process.join()


class TestTimer:
    def test_it_counts_down_from_what_the_worker_sets(self) -> None:
        timer = Timer()
        assert timer.value == -1

        def set_timer(seconds: float) -> None:
            timer.value = seconds

        for seconds, after, expected in ((0.2, 0.0, False), (0.2, 0.3, True), (-1, 0.0, False)):
            forked(set_timer, seconds).join()
            time.sleep(after)
            assert (timer.value == 0) is expected

    def test_writes_of_the_guard_are_ignored(self) -> None:
        timer = Timer()

        def set_timer() -> None:
            timer.value = 100

        forked(set_timer).join()
        with timer.get_lock():
            timer.value -= 50
        assert 99 < timer.value <= 100


def test_a_timer_stays_usable_after_its_worker_is_killed() -> None:
    def set_for_ever(timer: Timer) -> None:
        while True:
            timer.value = 5

    for _ in range(5):
        timer = Timer()
        process = forked(set_for_ever, timer)
        while timer.value < 0:  # a busy machine takes its time to start a process
            time.sleep(0.001)
        time.sleep(0.02)
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert 0 < timer.value <= 5
