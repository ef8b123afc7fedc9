"""What the operator sees of the running service: /metrics of web processes and cluster, and the lines of the log."""

import asyncio
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from testing.processes import Service, free_port, wait_until
from tests.conftest import empty_database
from tests.forv.test_monitoring import named_metrics
from voices.api.gate.refusal import Receive, Scope, Send
from voices.api.gate.watch import Watch
from voices.exposition import is_authorized

TOKEN = "a-token-of-the-operator"  # noqa: S105
OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
WORDS = "비밀문장이에요."

Labels = dict[str, str]


class Watched(Service):
    """A service with two web processes and all that an operator can switch on without a server of somebody else's."""

    def __init__(self, folder: Path, database: str, voice_model: Path) -> None:
        self.metrics_port = free_port()
        super().__init__(
            folder,
            DATABASE_URL=database,
            FORV_METRICS_TOKEN=TOKEN,
            FORV_METRICS_PORT=str(self.metrics_port),
            FORV_LOG_FORMAT="json",
            FORV_SAME_AGAIN_DAYS="1",
            FORV_VOICE_MODEL_DIR=str(voice_model),
            WEB_CONCURRENCY="2",
        )

    def scraped(self, of: str) -> list[tuple[str, Labels, float]]:
        """Return the samples of the web server or of the cluster: name, labels, value."""
        address = self.address if of == "web" else f"http://127.0.0.1:{self.metrics_port}"
        answer = httpx.get(f"{address}/metrics", headers={**OPERATOR, "Host": "10.0.0.7:8000"}, timeout=20)
        assert answer.status_code == 200, answer.text
        families = text_string_to_metric_families(answer.text)
        return [(one.name, one.labels, one.value) for family in families for one in family.samples]

    def value(self, of: str, name: str, **labels: str) -> float:
        """Return the sum of a metric's samples with these labels, of which there must be one."""
        found = [value for each, own, value in self.scraped(of) if each == name and labels.items() <= own.items()]
        assert found, f"no {name} {labels}"
        return sum(found)

    def speak(self, text: str, **headers: str) -> httpx.Response:
        """Ask for speech and wait until it is there."""
        asked = {"member": 1, "text": text}
        answer = httpx.post(
            f"{self.address}/api/voice-requests/", json=asked, headers={"Prefer": "wait=30", **headers}, timeout=60
        )
        assert answer.status_code == 303, answer.text
        return answer

    def logged(self) -> list[dict[str, Any]]:
        """Return the lines of JSON that are in the log."""
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def lines_about(self, request_id: str) -> list[dict[str, Any]]:
        return [line for line in self.logged() if line["request_id"] == request_id]


@pytest.fixture(scope="module")
def service(
    django_db_setup: None, django_db_blocker: Any, voice_model_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    with django_db_blocker.unblock(), empty_database(f"watched_forv_{os.getpid()}") as database:
        running = Watched(tmp_path_factory.mktemp("watched"), database, voice_model_dir)
        try:
            running.wait_until_up()
            running.speak(WORDS)
            yield running
        finally:
            running.stop()


def test_metrics_are_for_who_has_the_token(service: Watched) -> None:
    for address in (service.address, f"http://127.0.0.1:{service.metrics_port}"):
        for authorization in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"):
            headers = [(b"Authorization", authorization.encode())]
            refused = httpx.get(f"{address}/metrics", headers=headers)
            assert (refused.status_code, "forv_" in refused.text) == (401, False)
    assert httpx.get(f"http://127.0.0.1:{service.metrics_port}/", headers=OPERATOR).status_code == 404


def test_without_a_token_there_are_no_metrics() -> None:
    passed_on = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        passed_on.append(scope["path"])

    async def nothing(*_: Any) -> Any: ...

    for authorization in (b"", b"Bearer ", b"Bearer " + TOKEN.encode()):
        scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": [(b"authorization", authorization)]}
        asyncio.run(Watch(application)(scope, nothing, nothing))
    assert passed_on == ["/metrics"] * 3
    assert not is_authorized("Bearer ")


def test_web_processes_count_requests_by_route(service: Watched) -> None:
    post, before = {"method": "POST", "route": "api/voice-requests/"}, {}
    before = {status: counted(service, status=status, **post) for status in ("303", "400")}
    service.speak("또 다른 말이에요.")
    for body in ({}, {"member": 1, "text": ""}, {"member": 1, "text": WORDS * 1000}):
        assert httpx.post(f"{service.address}/api/voice-requests/", json=body).status_code == 400
    after = {status: counted(service, status=status, **post) for status in ("303", "400")}
    assert after == {"303": before["303"] + 1, "400": before["400"] + 3}
    # A refusal of the gate, a path of nobody, and a method of nobody make no labels of their own.
    assert httpx.delete(f"{service.address}/{WORDS}").status_code == 403
    assert httpx.request("BREW", f"{service.address}/coffee").status_code == 403
    assert httpx.post(f"{service.address}/api/voices/", content=b"x").status_code == 401
    assert counted(service, method="DELETE", route="other", status="403") == 1
    assert counted(service, method="other", route="other", status="403") == 1
    assert counted(service, method="POST", route="api/voices/", status="401") == 1
    assert service.value("web", "forv_http_request_seconds_count", **post) == sum(after.values())


def counted(service: Watched, **labels: str) -> float:
    """Return how many such requests both web processes have counted; 0 for none."""
    samples = service.scraped("web")
    return sum(
        value for name, own, value in samples if name == "forv_http_requests_total" and labels.items() <= own.items()
    )


def test_workers_count_and_time_what_they_speak(service: Watched) -> None:
    names = ("forv_waiting_seconds", "forv_first_sound_seconds", "forv_real_time_factor")
    before = {name: service.value("worker", f"{name}_count") for name in names}
    spoken = service.value("worker", "forv_audio_seconds_total")
    service.speak("하나. 둘.")
    more = {name: service.value("worker", f"{name}_count") - before[name] for name in names}
    # One request of two sentences.
    assert list(more.values()) == [1, 1, 2]
    assert service.value("worker", "forv_audio_seconds_total") > spoken
    assert service.value("worker", "forv_speaking_seconds_total") > 0
    assert 0 < service.value("worker", "forv_first_sound_seconds_sum") < 60
    assert service.value("worker", "forv_attempts_total", outcome="succeeded") >= 1
    assert service.value("worker", "forv_quality_gate_total", verdict="passed") >= 1
    assert service.value("worker", "forv_voices_loaded") == 1
    assert service.value("worker", "forv_voice_bytes") > 1000
    assert service.value("worker", "forv_voice_load_seconds_count") >= 1
    assert service.value("worker", "forv_storage_seconds_count", operation="save", outcome="ok") >= 1
    assert service.value("worker", "forv_requests_finished_total", purpose="fan", status="succeeded") >= 1


def test_the_same_again_is_counted_by_who_gave_it(service: Watched) -> None:
    again = service.value("web", "forv_same_again_total")
    service.speak(WORDS)
    assert service.value("web", "forv_same_again_total") == again + 1


def test_each_knows_how_the_queue_stands(service: Watched) -> None:
    for of in ("web", "worker"):
        assert service.value(of, "forv_database_up") == 1
        assert service.value(of, "forv_workers") == 1
        assert service.value(of, "forv_queue_processing") == 0
        for priority in ("interactive", "batch"):
            assert service.value(of, "forv_queue_requests", priority=priority) == 0
            assert service.value(of, "forv_queue_oldest_seconds", priority=priority) == 0


def test_one_id_goes_from_the_answer_to_the_last_line_of_the_worker(service: Watched) -> None:
    answer = service.speak("이름이 있는 말이에요.", **{"X-Request-ID": "of-the-proxy.7"})
    assert answer.headers["X-Request-ID"] == "of-the-proxy.7"
    wait_until(lambda: any("succeeded" in line["message"] for line in service.lines_about("of-the-proxy.7")), 20)
    lines = service.lines_about("of-the-proxy.7")
    assert {line["logger"] for line in lines} == {"voices.api.gate.watch", "voices.tasks"}
    assert len({line["process"] for line in lines}) == 2
    assert "이름이" not in service.log()


def test_an_id_that_could_not_stand_in_a_line_is_replaced(service: Watched) -> None:
    for given in ("", "x" * 65, "two words", 'a"b', "한글".encode().decode("latin-1")):
        answer = httpx.get(f"{service.address}/healthz", headers=[(b"X-Request-ID", given.encode("latin-1"))])
        made = answer.headers["X-Request-ID"]
        assert len(made) == 32 and made != given


def test_requests_that_are_answered_at_one_time_keep_their_own_ids(service: Watched) -> None:
    with ThreadPoolExecutor(8) as many:
        ids = [f"at-once-{number}" for number in range(40)]
        answers = many.map(
            lambda own: httpx.get(f"{service.address}/readyz", headers={"X-Request-ID": own}, timeout=60), ids
        )
        assert [answer.headers["X-Request-ID"] for answer in answers] == ids


def test_what_a_killed_worker_counted_stays_and_its_voices_do_not(service: Watched) -> None:
    spoken = service.value("worker", "forv_audio_seconds_total")
    begun = [line for line in service.logged() if line["message"].endswith("attempt 1 begins")]
    loads = service.value("worker", "forv_voice_load_seconds_count")

    def is_replaced() -> bool:
        loaded = service.value("worker", "forv_voices_loaded")
        assert loaded <= 1
        return loaded == 1 and service.value("worker", "forv_voice_load_seconds_count") > loads

    psutil.Process(begun[-1]["process"]).kill()
    wait_until(is_replaced, 60)
    assert service.value("worker", "forv_audio_seconds_total") >= spoken


def test_every_metric_that_alerts_and_dashboard_name_is_there(service: Watched) -> None:
    there = {name for of in ("web", "worker") for name, _, _ in service.scraped(of)}
    assert len(named_metrics()) > 15
    assert named_metrics() - there == set()
