"""Content types other than JSON. Each accepts clients that ask for its type; it only ever renders errors, as JSON."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request


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


class JsonForAll(DefaultContentNegotiation):
    """Renders errors as JSON, whatever the client accepts: those who ask for audio read them, too."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
