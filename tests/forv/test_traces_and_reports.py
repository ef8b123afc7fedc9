"""Spans and reports of errors, as a collector and as Sentry get them from the running service: no word of fans."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from testing.processes import REPOSITORY, Service, wait_until
from testing.receiver import Receiver, serving
from tests.conftest import empty_database

COLLECTORS, SENTRYS = "application/x-protobuf", "application/x-sentry-envelope"
WORDS = "비밀문장"
TOKEN = "secret-token-77aa"  # noqa: S105
# As bytes, as Python and JSON escape them, and as addresses do.
SECRETS = [secret.encode() for secret in (WORDS, TOKEN, ascii(WORDS)[1:-1], quote(WORDS))]
# Where an exception's local variables, message and row hold the text.
ADD_CONSTRAINT = "ALTER TABLE voices_voicerequest ADD CONSTRAINT odd_in_{} CHECK ({}) NOT VALID"
IN_WORKER = ADD_CONSTRAINT.format("worker", "text NOT LIKE '%희한%' OR spoken_text = ''")
IN_WEB = ADD_CONSTRAINT.format("web", "text NOT LIKE '%이상%'")


class Observed(Service):
    """A service whose spans and errors go to a receiver of this test."""

    def __init__(self, folder: Path, database: str, voice_model: Path, receiver: Receiver) -> None:
        port = receiver.server_address[1]
        self._receiver = receiver
        super().__init__(
            folder,
            DATABASE_URL=database,
            DJANGO_DEBUG="0",
            SECRET_KEY="a-key-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",  # noqa: S106
            FORV_HTTPS="0",
            FORV_MAX_ATTEMPTS="1",
            FORV_VOICE_MODEL_DIR=str(voice_model),
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}",
            SENTRY_DSN=f"http://key@127.0.0.1:{port}/1",
        )

    def ask(self, text: str, **headers: str) -> httpx.Response:
        """Ask for speech, and wait for its end."""
        asked, how = {"member": 1, "text": text}, {"Prefer": "wait=30", **headers}
        return httpx.post(f"{self.address}/api/voice-requests/", json=asked, headers=how, timeout=60)

    def received(self, content_type: str) -> list[bytes]:
        """Return the bodies of this type, unpacked."""
        return [
            gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
            for headers, body in self._receiver.got
            if headers["content-type"] == content_type
        ]

    def spans(self) -> list[Span]:
        exports = map(ExportTraceServiceRequest.FromString, self.received(COLLECTORS))
        return [
            span
            for export in exports
            for resource in export.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def events(self) -> dict[str, dict[str, Any]]:
        """Return the latest event about an exception, by the id of the HTTP request that led to it."""
        envelopes = self.received(SENTRYS)
        lines = [json.loads(line) for envelope in envelopes for line in envelope.splitlines() if line]
        return {line.get("tags", {}).get("request_id", ""): line for line in lines if "exception" in line}


@pytest.fixture(scope="module")
def service(
    django_db_setup: None, django_db_blocker: Any, voice_model_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Observed]:
    folder = tmp_path_factory.mktemp("observed")
    with django_db_blocker.unblock(), empty_database(f"observed_forv_{os.getpid()}") as database, serving() as receiver:
        running = Observed(folder, database, voice_model_dir, receiver)
        try:
            running.wait_until_up()
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(IN_WORKER)
                connection.execute(IN_WEB)
            yield running
        finally:
            running.stop()


def attributes(span: Span) -> dict[str, str | int]:
    return {
        pair.key: pair.value.int_value if pair.value.HasField("int_value") else pair.value.string_value
        for pair in span.attributes
    }


def test_one_trace_goes_from_the_answer_to_the_storage(service: Observed) -> None:
    given = {"X-Request-ID": "traced.1", "Authorization": "", "Cookie": f"sessionid={TOKEN}"}
    answer = service.ask(f"{WORDS}이에요. 둘이에요.", **given)
    assert answer.status_code == 303
    wait_until(lambda: {"attempt", "POST api/voice-requests/"} <= {span.name for span in of(service, "traced.1")}, 30)

    spans = {span.name: span for span in service.spans() if span.trace_id == of(service, "traced.1")[0].trace_id}
    assert {"POST api/voice-requests/", "attempt", "sentence", "storage save"} <= set(spans)
    assert spans["attempt"].parent_span_id == spans["POST api/voice-requests/"].span_id
    assert spans["storage save"].parent_span_id == spans["attempt"].span_id
    assert attributes(spans["attempt"]) == {"request_id": "traced.1", "attempt": 1, "outcome": "succeeded"}
    assert attributes(spans["POST api/voice-requests/"]) == {"request_id": "traced.1", "http.response.status_code": 303}


def of(service: Observed, request_id: str) -> list[Span]:
    return [span for span in service.spans() if attributes(span).get("request_id") == request_id]


def test_an_error_is_reported_by_its_type_and_place(service: Observed) -> None:
    assert service.ask(f"{WORDS} 이상해요", **{"X-Request-ID": "broken.web"}).status_code == 500
    assert service.ask(f"{WORDS} 희한해요", **{"X-Request-ID": "broken.worker"}).status_code == 500
    wait_until(lambda: {"broken.web", "broken.worker"} <= set(service.events()), 30)

    reported = service.events()
    assert reported["broken.web"]["message"] == "unhandled error in a view"
    assert reported["broken.worker"]["message"] == "request %s: attempt %s failed"
    for event, file in ((reported["broken.web"], "voices/queue.py"), (reported["broken.worker"], "voices/tasks.py")):
        exceptions = event["exception"]["values"]
        assert "IntegrityError" in {exception["type"] for exception in exceptions}
        frames = [frame for exception in exceptions for frame in exception["stacktrace"]["frames"]]
        assert file in {frame["filename"] for frame in frames}
        assert {name for frame in frames for name in frame} <= {"filename", "function", "module", "lineno", "in_app"}


def test_neither_gets_a_word_or_a_key_of_a_fan(service: Observed) -> None:
    """Every way by which the tests of the logs lead texts into errors leads here, too."""
    hostile = [(b"Authorization", f"Bearer {TOKEN}".encode()), (b"User-Agent", WORDS.encode())]
    httpx.get(f"{service.address}/api/voice-requests/?uuid={WORDS}&key={TOKEN}", headers=hostile)
    httpx.get(f"{service.address}/{WORDS}", headers={"Cookie": f"sessionid={TOKEN}"})
    httpx.post(f"{service.address}/api/text-preview/", json={"text": WORDS}, headers=hostile)
    httpx.post(f"{service.address}/api/voice-requests/", content=f'{{"text": "{WORDS}'.encode(), headers=hostile)
    service.ask(f"{WORDS} 희한해요 둘", **{"X-Request-ID": "last.one"})
    wait_until(lambda: "last.one" in service.events(), 30)
    wait_until(lambda: any(span.name == "GET other" for span in service.spans()), 30)

    received = service.received(COLLECTORS) + service.received(SENTRYS)
    assert len(service.events()) >= 3
    assert [secret for body in received for secret in SECRETS if secret in body] == []


@pytest.mark.parametrize("module", ["forv.asgi", "voices.tasks", "voices.worker.cluster"])
def test_nothing_of_either_is_imported_while_they_are_off(module: str) -> None:
    code = f"import sys, django; django.setup(); import {module}\n"
    code += "assert not {'sentry_sdk', 'opentelemetry.sdk', 'opentelemetry.exporter'} & set(sys.modules)"
    off = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "SENTRY_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={**off, "DJANGO_SETTINGS_MODULE": "forv.settings", "DJANGO_DEBUG": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
