"""Spans that are sent to a collector over OTLP/HTTP; the SDK reads its address and more from variables ``OTEL_…``."""

import os
from contextlib import AbstractContextManager
from functools import cache

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

os.environ.setdefault("OTEL_SERVICE_NAME", "forv-voices")
_SENT_EVERY_MS = 1000
_TRACEPARENT = "traceparent"
_propagator = TraceContextTextMapPropagator()


def span(name: str, parent: str) -> AbstractContextManager[Span]:
    """Start a span that is the current one within; exceptions are not recorded."""
    context = _propagator.extract({_TRACEPARENT: parent}) if parent else None
    # The SDK's thread does not survive a fork: each process has its own.
    return _tracer(os.getpid()).start_as_current_span(
        name, context, record_exception=False, set_status_on_exception=False
    )


def fail(current: Span, error_type: str) -> None:
    """Mark a span as failed."""
    current.set_attribute("error.type", error_type)
    current.set_status(Status(StatusCode.ERROR))


def traceparent() -> str:
    """Return the current span as a header has it; "" for none."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(_TRACEPARENT, "")


@cache
def _tracer(process_id: int) -> Tracer:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=_SENT_EVERY_MS))
    return provider.get_tracer(trace.__name__)
