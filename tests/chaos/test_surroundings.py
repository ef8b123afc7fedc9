"""The database, the queue, the storage and the API fail while the cluster works."""

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from django_q.models import OrmQ
from django_q.tasks import async_task

from forv.supervisor import procfile
from testing.crowd import crowd
from testing.factories import reloaded
from testing.processes import REPOSITORY, answers, free_port, wait_until
from tests.chaos.world import World, ask, now
from voices.audio_objects import attempt_audio_name
from voices.models import Member, VoiceRequest

pytestmark = pytest.mark.chaos

ATTEMPTS = 3


def restart(world: World) -> None:
    world.postgres.stop()
    world.postgres.start()


def away_for_30_seconds(world: World) -> None:
    world.postgres.stop()
    time.sleep(30)
    world.postgres.start()


@pytest.mark.parametrize(
    "outage", [restart, lambda world: world.postgres.end_connections(), away_for_30_seconds],
    ids=["restarted", "connections ended", "away for 30 s"],
)  # fmt: skip
def test_the_database_goes_away(outage: Callable[[World], None], world: World, member: Member) -> None:
    world.cluster(workers=2, FORV_TASK_TIMEOUT_SECONDS="120")
    # When the database goes away, one request is in the middle, one ends during the outage, and one is queued.
    long, short, waiting = ask(member, "안녕. [sleep 40]"), ask(member, "안녕. [sleep 2]"), ask(member)
    world.speaking(long), world.speaking(short)
    outage(world)
    back = now()
    done = world.ended(long, short, waiting, within=120)
    assert {one.status for one in done} == {"succeeded"}
    short_ended = world.status_log(short)[-1][2] - back
    print(f"attempts: {[one.attempt for one in done]}; the short one ended {short_ended:.1f} s after the outage")
    asked, next_one = now(), ask(member)
    assert world.began(next_one, 1, within=30) - asked < 5
    world.ended(next_one)


class TestQueue:
    def test_its_rows_are_deleted(self, world: World, member: Member) -> None:
        requests = [ask(member) for _ in range(3)]
        OrmQ.objects.all().delete()
        world.cluster()
        assert {one.status for one in world.ended(*requests)} == {"succeeded"}

    def test_the_secret_key_changes(self, world: World, member: Member) -> None:
        requests = [ask(member) for _ in range(3)]
        world.cluster(SECRET_KEY="another")  # noqa: S106
        assert {(one.status, one.attempt) for one in world.ended(*requests)} == {("succeeded", 1)}

    def test_a_row_is_of_a_version_before_or_not_ours(self, world: World, member: Member) -> None:
        request = ask(member)
        OrmQ.objects.all().delete()
        async_task("voices.tasks.synthesize_request", str(request.pk), task_name=str(request.pk))
        OrmQ.objects.create(key="forv", payload="no payload at all", lock="2020-01-01T00:00:00Z")
        cluster = world.cluster()
        assert world.ended(request)[0].status == "succeeded"
        wait_until(lambda: not OrmQ.objects.exists(), 10)
        assert all(process.is_running() for process in cluster.workers)


class TestStorage:
    @pytest.mark.parametrize(
        ("order", "code"),
        [
            ("refuse", "storage_unavailable"),
            ("cut", "storage_unavailable"),
            ("hang 5", "storage_unavailable"),
            ("full", "disk_full"),
        ],
    )
    def test_it_fails_and_comes_back(self, order: str, code: str, world: World, member: Member) -> None:
        world.cluster(FORV_TASK_TIMEOUT_SECONDS="8", FORV_LEASE_SECONDS="3", FORV_STORAGE_PATIENCE_SECONDS="10")
        world.order(order)
        (given_up,) = world.ended(ask(member))
        assert (given_up.status, given_up.error_code, given_up.attempt) == ("failed", code, ATTEMPTS)
        patient = ask(member)
        wait_until(lambda: reloaded(patient).attempt == 1, 20)
        world.order("")
        assert world.ended(patient)[0].status == "succeeded"
        wait_until(lambda: world.stray_files() == [], 30)

    @pytest.mark.timeout(400)
    @pytest.mark.parametrize("order", ["refuse", "hang 20"])
    def test_it_is_away_for_two_minutes(self, order: str, world: World, member: Member) -> None:
        world.cluster(FORV_TASK_TIMEOUT_SECONDS="15")
        world.order(order)
        caught = ask(member)
        time.sleep(110)
        late = ask(member)
        time.sleep(10)
        world.order("")
        back = now()
        done = world.ended(caught, late, within=180)
        waited = [world.status_log(one)[-1][2] - back for one in done]
        print(f"attempts: {[one.attempt for one in done]}; ended {[f'{s:.1f}' for s in waited]} s after it was back")
        assert {one.status for one in done} == {"succeeded"}
        wait_until(lambda: world.stray_files() == [], 60)

    def test_it_never_answers(self, world: World, member: Member) -> None:
        """The worker's time limit ends an attempt whose storage hangs."""
        world.cluster(
            FORV_TASK_TIMEOUT_SECONDS="3",
            FORV_LEASE_SECONDS="3",
            FORV_MAX_ATTEMPTS="2",
            FORV_STORAGE_PATIENCE_SECONDS="2",
        )
        world.order("hang 1000")
        (done,) = world.ended(ask(member))
        assert (done.status, done.error_code, done.attempt) == ("failed", "timed_out", 2)

    def test_the_disk_is_really_full(self, world: World, member: Member) -> None:
        request = VoiceRequest(member=member)
        folder = world.media / Path(attempt_audio_name(request)).parent
        folder.mkdir(parents=True)
        for attempt in range(1, ATTEMPTS + 1):
            (folder / f"{attempt}_voice.wav.part").symlink_to("/dev/full")
        world.cluster(FORV_STORAGE_PATIENCE_SECONDS="10")
        (done,) = world.ended(ask(member, id=request.pk))
        assert (done.status, done.error_code, done.attempt) == ("failed", "disk_full", ATTEMPTS)
        assert not any(folder.glob("*"))
        assert Path("/dev/full").exists()


class Web:
    """Run the web process without a worker."""

    def __init__(self, world: World) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {procfile()['web']}"],
            cwd=REPOSITORY,
            env={**world.environment, "PORT": str(self.port), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: answers(f"{self.address}/healthz"), 30)

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()


def body(member: Member) -> dict[str, object]:
    return {"member": member.pk, "text": "안녕하세요."}


class TestApi:
    def test_it_is_killed_while_it_accepts(self, world: World, member: Member) -> None:
        accepted: list[str] = []

        def post(web: Web) -> None:
            with suppress(httpx.TransportError):
                while True:
                    response = httpx.post(f"{web.address}/api/voice-requests/", json=body(member), timeout=10)
                    assert response.status_code == 202
                    accepted.append(response.json()["id"])

        for _ in range(3):
            with Web(world) as web:
                clients = [threading.Thread(target=post, args=(web,)) for _ in range(4)]
                for client in clients:
                    client.start()
                time.sleep(1.5)
                web.process.send_signal(signal.SIGKILL)
                for client in clients:
                    client.join()
        rows = list(VoiceRequest.objects.all())
        print(f"{len(accepted)} answers, {len(rows)} rows, {OrmQ.objects.count()} queue rows")
        assert set(accepted) <= {str(row.pk) for row in rows}
        assert OrmQ.objects.count() == len(rows)
        world.cluster(workers=2)
        assert {one.status for one in world.ended(*rows, within=120)} == {"succeeded"}

    def test_two_hundred_ask_at_one_moment(self, world: World, member: Member) -> None:
        world.cluster()
        wishes = [{**body(member), "uuid": f"fan-{number}"} for number in range(200)]
        with Web(world) as web:
            fans = asyncio.run(crowd(web.port, "/api/voice-requests/", wishes))
        codes = Counter(answer.status for answers, _seconds in fans for answer in answers)
        print(f"answers: {dict(codes)}; the last fan was accepted after {max(seconds for _, seconds in fans):.1f} s")
        assert codes == {202: 200, 429: codes[429]}
        assert codes[429] > 0
        accepted = {json.loads(answers[-1].body)["id"] for answers, _seconds in fans}
        assert accepted == {str(pk) for pk in VoiceRequest.objects.values_list("pk", flat=True)}
        done = world.ended(*VoiceRequest.objects.all(), within=120)
        assert {(one.status, one.attempt) for one in done} == {("succeeded", 1)}

    def test_the_database_is_away(self, world: World, member: Member) -> None:
        request = ask(member)
        detail = f"/api/voice-requests/{request.pk}/"
        with Web(world) as web:
            assert httpx.get(f"{web.address}{detail}").status_code == 200
            with httpx.stream("GET", f"{web.address}{detail}events/", timeout=60) as stream:
                events = stream.iter_lines()
                assert json.loads(next_data(events))["status"] == "queued"
                world.postgres.stop()
                slowest = 0.0
                for method, path in [
                    ("GET", "/api/members/"),
                    ("GET", detail),
                    ("GET", f"{detail}events/"),
                    ("GET", f"{detail}audio/"),
                    ("POST", f"{detail}cancel/"),
                    ("DELETE", detail),
                    ("POST", "/api/voice-requests/"),
                    ("POST", "/api/texts"),
                    ("GET", "/admin/login/"),
                    ("GET", "/readyz"),
                ]:
                    asked = time.monotonic()
                    content = {**body(member), "uuid": "fan", "created_at": "now", "member_id": member.pk}
                    response = httpx.request(
                        method,
                        f"{web.address}{path}",
                        json=None if method in ("GET", "DELETE") else content,
                        timeout=30,
                    )
                    slowest = max(slowest, time.monotonic() - asked)
                    if path != "/admin/login/":  # this page needs no database
                        assert (response.status_code, response.headers.get("Retry-After")) == (503, "5"), path
                    assert "Traceback" not in response.text
                    if path.startswith("/api/"):
                        assert response.json()["error"]["code"] == "database_unavailable"
                print(f"the slowest 503 took {slowest:.1f} s")
                assert slowest < 5
                world.postgres.start()
                assert reloaded(request).cancel()
                # First the current state, then what has changed.
                assert "cancelled" in (json.loads(next_data(events))["status"] for _ in range(2))
            wait_until(lambda: httpx.get(f"{web.address}/readyz").status_code == 200, 10)
            assert httpx.post(f"{web.address}/api/voice-requests/", json=body(member)).status_code == 202


def next_data(lines: object) -> str:
    return next(line for line in lines if line.startswith("data: ")).removeprefix("data: ")  # type: ignore[attr-defined,no-any-return]
