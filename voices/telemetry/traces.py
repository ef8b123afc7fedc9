"""Spans of OpenTelemetry, if ``OTEL_EXPORTER_OTLP_ENDPOINT`` names a collector; else nothing of it is imported.

A span has a name, its times, and attributes of our own: routes, codes, numbers. It never has an exception's message,
which may quote a text, nor the id by which a request can be heard.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

if settings.TRACES:
    from voices.telemetry import otlp

MAX_LENGTH = 55  # of a `traceparent` (https://www.w3.org/TR/trace-context/)


Attributes = dict[str, str | float]


@contextmanager
def span(name: str, parent: str = "", **attributes: str | float) -> Iterator[Attributes]:
    """Time what is done within, as part of the span around it, or of ``parent`` (a ``traceparent``).

    More attributes may be added to the dictionary that it gives. An exception ends the span as an error of its type.
    """
    if not settings.TRACES:
        yield {}
        return
    with otlp.span(name, parent) as current:
        try:
            yield attributes
        except BaseException as error:
            otlp.fail(current, type(error).__qualname__)
            raise
        finally:
            current.set_attributes(attributes)


def traceparent() -> str:
    """Return how another process can go on with the span around the call; "" for none."""
    return otlp.traceparent() if settings.TRACES else ""
