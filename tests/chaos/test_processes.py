"""Each process of a cluster is killed, hangs, or is stopped."""

import os
import signal
import time

import psutil
import pytest

from testing.factories import reloaded
from testing.processes import wait_until
from tests.chaos.world import World, alive, ask, now
from voices.models import Member, VoiceRequest

pytestmark = pytest.mark.chaos

LEASE, SWEEP, ATTEMPTS = 10.0, 2.0, 3


@pytest.mark.parametrize("role", ["worker", "monitor", "pusher"])
def test_an_idle_process_is_killed(role: str, world: World, member: Member) -> None:
    cluster = world.cluster()
    world.ended(ask(member))
    killed = cluster.workers[0] if role == "worker" else getattr(cluster, role)
    killed.kill()
    request = ask(member)
    asked = now()
    waited = world.began(request, 1, within=20) - asked
    print(f"{role} killed: next request began after {waited:.1f} s")
    assert waited < 5
    world.ended(request)


def test_a_worker_is_killed_while_it_speaks(world: World, member: Member) -> None:
    world.cluster()
    request = ask(member, "안녕하세요. [sleep 60 once]")
    world.speaking(request).kill()
    killed = now()
    waited = world.began(request, 2, within=30) - killed
    print(f"busy worker killed: new attempt after {waited:.1f} s")
    assert waited < LEASE + SWEEP + 1
    (done,) = world.ended(request)
    assert (done.status, done.attempt) == ("succeeded", 2)


FOUR_SENTENCES = "하나. 둘. 셋. 넷."


def attempts_of_sentences(request: VoiceRequest) -> list[int]:
    """Return which attempt spoke each sentence."""
    return list(request.sentences.order_by("number").values_list("attempt", flat=True))


def test_a_worker_is_killed_between_two_sentences(world: World, member: Member) -> None:
    world.cluster(FORV_LEASE_SECONDS="3")
    (whole,) = world.ended(ask(member, FOUR_SENTENCES, seed=7))
    (done,) = world.ended(ask(member, f"{FOUR_SENTENCES} [crash_after 2 once]", seed=7))
    assert (done.status, done.attempt) == ("succeeded", 2)
    assert attempts_of_sentences(done) == [1, 1, 2, 2]
    assert world.sounds_like(done, whole)


def test_a_worker_is_frozen_between_two_sentences_and_wakes(world: World, member: Member) -> None:
    world.cluster(workers=2, FORV_LEASE_SECONDS="3")
    (whole,) = world.ended(ask(member, FOUR_SENTENCES))
    request = ask(member, f"{FOUR_SENTENCES} [pause_after 2 once]")
    frozen = world.speaking(request)
    wait_until(lambda: reloaded(request).sentences_done == 2, 20)
    frozen.suspend()
    (done,) = world.ended(request)
    frozen.resume()
    # It wakes up, speaks its third sentence, and can't store it.
    time.sleep(3)
    assert attempts_of_sentences(done) == [1, 1, 2, 2]
    assert world.sounds_like(done, whole)
    world.ended(request)


def test_a_worker_is_killed_between_upload_and_commit(world: World, member: Member) -> None:
    world.cluster(FORV_TASK_TIMEOUT_SECONDS="5", FORV_LEASE_SECONDS="3")
    (done,) = world.ended(ask(member, "안녕하세요. [crash_before_commit once]"))
    assert (done.status, done.attempt) == ("succeeded", 2)
    assert len(world.stray_files()) == 1
    wait_until(lambda: world.stray_files() == [], 20)
    world.ended(done)


@pytest.mark.parametrize("fault", ["segfault", "crash"])
def test_a_text_kills_every_worker_that_speaks_it(fault: str, world: World, member: Member) -> None:
    world.cluster(FORV_LEASE_SECONDS="3")
    deadly = ask(member, f"안녕하세요. [{fault}]")
    others = [ask(member) for _ in range(5)]
    done, *rest = world.ended(deadly, *others, within=90)
    assert (done.status, done.error_code, done.attempt) == ("failed", "attempts_exhausted", ATTEMPTS)
    assert {(other.status, other.attempt) for other in rest} == {("succeeded", 1)}


def test_a_worker_is_frozen_past_its_lease_and_wakes(world: World, member: Member) -> None:
    world.cluster(workers=2)
    request = ask(member, "안녕하세요. [sleep 1 once]", client_uuid="fan", client_created_at="2022-08-22")
    frozen = world.speaking(request)
    frozen.suspend()
    (done,) = world.ended(request)
    assert (done.status, done.attempt) == ("succeeded", 2)
    before = VoiceRequest.objects.filter(pk=request.pk).values().get()
    frozen.resume()
    # It wakes up, speaks on, stores its audio, and finds that it no longer holds the request.
    time.sleep(3)
    assert VoiceRequest.objects.filter(pk=request.pk).values().get() == before
    assert [name for name in world.stray_files() if "/fan_" not in name] == []
    world.ended(request)


def test_a_c_call_hangs(world: World, member: Member) -> None:
    timeout = 3
    world.cluster(FORV_TASK_TIMEOUT_SECONDS=str(timeout), FORV_LEASE_SECONDS="3")
    request = ask(member, "안녕하세요. [hang once]")
    hanging = world.speaking(request)
    began = time.monotonic()
    wait_until(lambda: not alive(hanging), 20)
    took = time.monotonic() - began
    print(f"hung C call: killed after {took:.1f} s with a timeout of {timeout} s")
    assert took < timeout + 4
    assert world.ended(request)[0].status == "succeeded"


@pytest.mark.parametrize("fault", ["leave", "memory", "error"])
def test_an_attempt_raises_any_exception(fault: str, world: World, member: Member) -> None:
    cluster = world.cluster()
    always, once = world.ended(ask(member, f"[{fault}] 안녕."), ask(member, f"[{fault} once] 안녕."))
    assert (always.status, always.error_code, always.attempt) == ("failed", "internal_error", ATTEMPTS)
    assert (once.status, once.attempt) == ("succeeded", 2)
    assert all(alive(worker) for worker in cluster.workers)


def test_a_result_cannot_be_pickled(world: World, member: Member) -> None:
    cluster = world.cluster(CHAOS_RETRY="2")
    odd, next_one = world.ended(ask(member, "안녕. [unpicklable]"), ask(member))
    assert [(one.status, one.attempt) for one in (odd, next_one)] == [("succeeded", 1)] * 2
    assert all(alive(one) for one in [*cluster.workers, cluster.monitor])


@pytest.mark.parametrize("how", ["main", "group", "twice"])
@pytest.mark.parametrize("seconds", [2, 60])
def test_a_cluster_is_asked_to_stop(how: str, seconds: int, world: World, member: Member) -> None:
    cluster = world.cluster()
    running, waiting = ask(member, f"안녕하세요. [sleep {seconds}]"), ask(member)
    world.speaking(running)
    processes = cluster.processes()
    started = time.monotonic()
    if how == "group":
        for process in processes:
            process.terminate()
    else:
        cluster.main.terminate()
    if how == "twice":
        time.sleep(0.3)
        cluster.main.send_signal(signal.SIGINT)
    assert cluster.main.wait(20) == 0
    print(f"stopped ({how}, {seconds} s of work left) after {time.monotonic() - started:.1f} s")
    assert not any(alive(process) for process in processes)
    running, waiting = reloaded(running), reloaded(waiting)
    assert (waiting.status, waiting.attempt) == ("queued", 0)
    if seconds == 2:
        assert (running.status, running.attempt) == ("succeeded", 1)
    else:
        assert (running.status, running.attempts_left) == ("queued", ATTEMPTS)


@pytest.mark.parametrize("head", ["sentinel", "main"])
def test_the_main_process_or_the_sentinel_is_killed(head: str, world: World, member: Member) -> None:
    cluster = world.cluster()
    request = ask(member, "안녕하세요. [sleep 60 once]")
    world.speaking(request)
    processes = cluster.processes()
    psutil.Process(cluster.main.pid).kill() if head == "main" else cluster.sentinel.kill()
    started = time.monotonic()
    assert cluster.main.wait(5) != 0
    wait_until(lambda: not any(alive(process) for process in processes), 5)
    print(f"{head} killed: no process left after {time.monotonic() - started:.1f} s")
    if head == "sentinel":
        assert reloaded(request).status == "queued"
    world.cluster()
    assert world.ended(request)[0].status == "succeeded"


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_no_cluster_is_left(how: str, world: World, member: Member) -> None:
    cluster = world.cluster()
    world.ended(ask(member))
    request = ask(member, "안녕하세요. [sleep 60]")
    world.speaking(request)
    place = reloaded(request).place
    assert place and not place.worker_away
    if how == "killed":
        psutil.Process(cluster.main.pid).kill()
    else:
        cluster.stop()
    gone = time.monotonic()
    wait_until(lambda: all(place and place.worker_away for place in [reloaded(request).place]), 10)
    print(f"{how}: told as away after {time.monotonic() - gone:.1f} s")
    assert time.monotonic() - gone < 5


def test_two_clusters_get_every_queue_row_repeatedly(world: World, member: Member) -> None:
    for _ in range(2):
        world.cluster(CHAOS_RETRY="2")
    requests = [ask(member, f"안녕. [sleep {5 if number % 10 == 0 else 0.1}]") for number in range(40)]
    done = world.ended(*requests, within=120)
    assert {(one.status, one.attempt) for one in done} == {("succeeded", 1)}


def test_the_clock_of_a_machine_is_wrong(world: World, member: Member) -> None:
    world.cluster(CHAOS_CLOCK_SECONDS="300")
    world.cluster(CHAOS_CLOCK_SECONDS="-300")
    slow = ask(member, "안녕하세요. [sleep 15]")
    done = world.ended(slow, *(ask(member) for _ in range(10)))
    assert {(one.status, one.attempt) for one in done} == {("succeeded", 1)}
    assert all(one.started_at and one.finished_at and one.queued_at <= one.started_at for one in done)


def test_no_process_is_left() -> None:
    assert not [child for child in psutil.Process(os.getpid()).children() if "qcluster" in child.cmdline()]
