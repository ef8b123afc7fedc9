"""Content types other than JSON."""

from rest_framework.renderers import JSONRenderer


class EventStreamRenderer(JSONRenderer):
    """Accepts clients that ask for ``text/event-stream``. It only ever renders errors; the stream is made elsewhere."""

    media_type = "text/event-stream"
    format = "event-stream"
