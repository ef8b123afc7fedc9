"""Content types besides JSON."""

from rest_framework.renderers import JSONRenderer


class EventStreamRenderer(JSONRenderer):
    """Lets a client ask for ``text/event-stream``; what it gets before the stream is an error."""

    media_type = "text/event-stream"
    format = "event-stream"
