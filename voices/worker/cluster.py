"""A django-q2 cluster that survives the death of any of its processes, and stops in bounded time.

main (this file's Cluster; sweeps) -> sentinel (guards) -> workers, monitor, pusher
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from uuid import UUID

from django.conf import settings
from django.db import Error, connection, connections
from django_q import cluster
from django_q.worker import worker

from voices.clusters import BEAT_SECONDS
from voices.models import Cluster as ClusterRow
from voices.models import VoiceRequest
from voices.recalls import resume_lost
from voices.samples import ask_for_next_sample, delete_old_greetings
from voices.worker.cluster_id import CLUSTER_ID
from voices.worker.counting import count_finished
from voices.worker.lock_free import Flag, Timer
from voices.worker.metrics_server import serve_metrics
from voices.worker.orphans import die_with_parent
from voices.worker.packet_queue import PacketQueue
from voices.worker.sweeper import (
    delete_objects,
    delete_old_sentences,
    delete_old_transfers,
    delete_stray_audio,
    delete_trials,
    enqueue_missing,
    forget_old_speech,
    forget_unused_listeners,
    sweep,
)
from voices.worker.warm_up import import_for_workers
from voices.worker.webhook_sender import deliver_due

logger = logging.getLogger(__name__)

Jobs = list[tuple[Callable[[], object], float]]

_MINUTE, _HOUR = 60.0, 3600.0
_LOOK_EVERY_SECONDS = 0.1
_KILLED_WITHIN_SECONDS = 1.0


class Sentinel(cluster.Sentinel):
    """django-q2's guard of workers, monitor and pusher, without locks that a killed process could keep."""

    def __init__(self, stop_event: Flag, start_event: Flag) -> None:
        super().__init__(stop_event, start_event, UUID(CLUSTER_ID), start=False)
        # A signal to the whole process group is for the main process, which then sets `stop_event`. Our children
        # inherit this.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # A process group of its own, by which the main process can kill the children that are left.
        os.setpgid(0, 0)
        import_for_workers()
        self.event_out = Flag()
        self.task_queue = PacketQueue(closing=self.event_out)
        self.result_queue = PacketQueue()
        self.start()

    def spawn_worker(self) -> None:
        self.spawn_process(worker, self.task_queue, self.result_queue, Timer(), self.timeout)

    def reincarnate(self, process: BaseProcess) -> None:
        # Only SIGKILL ends a C call that hangs; django-q2 would send SIGTERM.
        process.kill()
        super().reincarnate(process)


class Cluster:
    """The main process: starts the sentinel, sweeps while it lives, and gives back claimed requests at the end."""

    def __init__(self) -> None:
        self._asked_to_stop = False

    def run(self) -> int:
        """Run until SIGTERM or SIGINT, or until the sentinel dies. Return the exit status."""
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._ask_to_stop)
        die_with_parent()
        # Neither connections nor threads survive a fork, so the threads start after it.
        connections.close_all()
        stop, started = Flag(), Flag()
        sentinel = get_context("fork").Process(target=Sentinel, args=(stop, started))
        sentinel.start()
        over = threading.Event()
        sweepers = [threading.Thread(target=_repeat, args=(jobs, over)) for jobs in _jobs()]
        for sweeper in sweepers:
            sweeper.daemon = True
            sweeper.start()
        serve_metrics()

        while sentinel.is_alive() and not self._asked_to_stop:
            time.sleep(_LOOK_EVERY_SECONDS)
        if self._asked_to_stop:
            stop.set()
            sentinel.join(settings.SHUTDOWN_GRACE_SECONDS)
        else:
            logger.critical("the sentinel died with exit code %s", sentinel.exitcode)
        over.set()
        _kill(sentinel)
        _release()
        return 0 if self._asked_to_stop else 1

    def _ask_to_stop(self, signal_number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True


def _jobs() -> list[Jobs]:
    """Return what is done and how often, in seconds; each list is for one thread, with a connection of its own.

    A storage or a webhook that hangs must not delay the sweeper of requests, nor that the beat.
    """
    often = settings.SWEEP_SECONDS
    return [
        [(_beat, BEAT_SECONDS)],
        [(sweep, often)],
        [(deliver_due, often)],
        [
            (delete_stray_audio, often),
            (delete_objects, often),
            (delete_trials, _MINUTE),
            (delete_old_greetings, _MINUTE),
        ],
        [
            (ask_for_next_sample, often),
            (delete_old_sentences, _MINUTE),
            (forget_old_speech, _MINUTE),
            (resume_lost, _MINUTE),
            (forget_unused_listeners, _HOUR),
            (delete_old_transfers, _HOUR),
            (count_finished, often),
        ],
    ]


def _beat() -> None:
    ClusterRow.objects.beat(CLUSTER_ID, settings.WORKERS)
    if settings.BEAT_FILE:
        Path(settings.BEAT_FILE).touch()


def _repeat(jobs: Jobs, over: threading.Event) -> None:
    """Do each job every so many seconds until the end; log their exceptions."""
    due = [time.monotonic() + seconds for _job, seconds in jobs]
    while not over.wait(max(0.0, min(due) - time.monotonic())):
        for number, (job, seconds) in enumerate(jobs):
            if due[number] > time.monotonic():
                continue
            try:
                job()
            except Exception as error:  # each storage has errors of its own
                logger.warning("%s: %s", job.__name__, error)
                connection.close()
            due[number] = time.monotonic() + seconds
    connection.close()


def _kill(sentinel: BaseProcess) -> None:
    """Kill the sentinel and the processes of its group."""
    assert sentinel.pid
    sentinel.kill()
    sentinel.join()
    give_up_at = time.monotonic() + _KILLED_WITHIN_SECONDS
    with suppress(ProcessLookupError):
        # A killed process stays in the group until it is reaped, which may never happen in a container.
        while time.monotonic() < give_up_at:
            os.killpg(sentinel.pid, signal.SIGKILL)
            time.sleep(0.01)


def _release() -> None:
    try:
        if released := VoiceRequest.objects.release(CLUSTER_ID):
            logger.info("%s requests were cut short and are queued again", released)
        enqueue_missing()
        ClusterRow.objects.filter(pk=CLUSTER_ID).delete()
    except Error as error:
        logger.warning("claimed requests are queued again when their leases expire: %s", error)
