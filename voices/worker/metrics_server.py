"""The `/metrics` of a cluster, on a port of its own: a cluster serves nothing else over HTTP."""

import logging
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.conf import settings

from voices import exposition

logger = logging.getLogger(__name__)


class _Handler(BaseHTTPRequestHandler):
    timeout = 10  # seconds, for a client that sends nothing

    def do_GET(self) -> None:
        if self.path != exposition.PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif not exposition.is_authorized(self.headers.get("Authorization", "")):
            self.send_error(HTTPStatus.UNAUTHORIZED)
        else:
            content = exposition.exposition()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", exposition.CONTENT_TYPE)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: a line for each scrape, with whatever address was asked for."""


def serve_metrics() -> None:
    """Serve in a thread of the main process, if ``FORV_METRICS_TOKEN`` is set. A port that is taken is only logged."""
    if not settings.METRICS_TOKEN:
        return
    try:
        server = ThreadingHTTPServer((settings.METRICS_HOST, settings.METRICS_PORT), _Handler)
    except OSError as error:
        logger.warning("no metrics of this cluster: port %s: %s", settings.METRICS_PORT, error)
        return
    threading.Thread(target=server.serve_forever, daemon=True).start()
