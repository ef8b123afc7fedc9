"""Content types other than JSON: each accepts clients that ask for its type. It only ever renders errors, as JSON."""

from rest_framework.renderers import JSONRenderer


class EventStreamRenderer(JSONRenderer):
    """Accepts clients that ask for ``text/event-stream``; the stream is made in events.py."""

    media_type = "text/event-stream"
    format = "event-stream"


class SubRipRenderer(JSONRenderer):
    """Accepts clients that ask for SubRip, which captions.py writes."""

    media_type = "application/x-subrip"
    format = "srt"


class WebVttRenderer(JSONRenderer):
    """Accepts clients that ask for WebVTT, which captions.py writes."""

    media_type = "text/vtt"
    format = "vtt"
