"""Random faults, several at a time. The seed is printed; `CHAOS_SEED=… make chaos` repeats the same faults."""

import random
import threading
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest

from testing.processes import wait_until
from tests.chaos.world import Cluster, World, ask
from voices.models import Member, VoiceRequest

TEXTS = ["안녕.", "안녕. [sleep 1]", "안녕. [crash once]", "안녕. [crash_before_commit once]", "안녕. [error once]"]
EVENTS = ["kill", "kill", "freeze", "kill a head", "stop", "end connections", "storage"]


class Mix:
    """Two clusters of two workers that suffer a sequence of faults."""

    def __init__(self, world: World, member: Member, chance: random.Random) -> None:
        self.world, self.member, self.chance = world, member, chance
        self.clusters = [self._cluster(), self._cluster()]
        self.happened: Counter[str] = Counter()

    def play(self, n_requests: int, seconds: float, events: list[str]) -> None:
        """Submit `n_requests` within about `seconds`, with a fault after every few, and wait until all have ended."""
        requests: list[VoiceRequest] = []
        started = time.monotonic()
        while len(requests) < n_requests:
            for _ in range(self.chance.randint(1, 5)):
                client = self.chance.choice(["", "fan-1", "fan-2"])
                text = self.chance.choices(TEXTS, [10, 4, 1, 1, 1])[0]
                requests.append(ask(self.member, text, client_uuid=client, priority=self.chance.randint(0, 1)))
            event = self.chance.choice(events)
            self.happened[event] += 1
            # A process that is to be killed may be dead already.
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                self._happen(event)
            time.sleep(max(0.0, started + seconds * len(requests) / n_requests - time.monotonic()))
        took = time.monotonic() - started
        done = self.world.ended(*requests, within=max(180, seconds))
        ends = Counter(row.error_code or row.status for row in done)
        print(f"{len(done)} requests in {took:.0f} s; {dict(self.happened)}; {dict(ends)}")
        print(f"attempts: {dict(sorted(Counter(row.attempt for row in done).items()))}")
        assert set(ends) <= {"succeeded", "attempts_exhausted", "storage_unavailable", "internal_error"}
        # Stray audio is deleted, and no finished request changes.
        wait_until(lambda: self.world.stray_files() == [], 60)
        self.world.ended(*requests)

    def _happen(self, event: str) -> None:
        number = self.chance.randrange(2)
        cluster = self.clusters[number]
        match event:
            case "kill":
                self.chance.choice(cluster.sentinel.children()).kill()
            case "freeze":
                frozen = self.chance.choice(cluster.sentinel.children())
                frozen.suspend()
                threading.Timer(self.chance.uniform(1, 8), resume, [frozen]).start()
            case "kill a head":
                head = self.chance.choice([psutil.Process(cluster.main.pid), cluster.sentinel])
                head.kill()
                assert cluster.main.wait(20) != 0
                self.clusters[number] = self._cluster()
            case "stop":
                assert cluster.stop() == 0
                self.clusters[number] = self._cluster()
            case "end connections":
                self.world.postgres.end_connections()
            case "storage":
                self.world.order(self.chance.choice(["refuse", "cut", "full"]))
                time.sleep(self.chance.uniform(0, 2))
                self.world.order("")
            case "restart":
                self.world.postgres.stop()
                time.sleep(self.chance.uniform(0, 5))
                self.world.postgres.start()

    def _cluster(self) -> Cluster:
        return self.world.cluster(
            workers=2,
            CHAOS_RETRY="2",
            FORV_TASK_TIMEOUT_SECONDS="10",
            FORV_LEASE_SECONDS="3",
            FORV_STORAGE_PATIENCE_SECONDS="10",
        )


def resume(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.resume()


def test_a_little_of_everything(world: World, member: Member, chance: random.Random) -> None:
    Mix(world, member, chance).play(25, 15, EVENTS)


@pytest.mark.chaos
@pytest.mark.timeout(1200)
def test_ten_minutes_of_everything(world: World, member: Member, chance: random.Random) -> None:
    Mix(world, member, chance).play(500, 600, [*EVENTS, "restart"])
