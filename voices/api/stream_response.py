"""An answer of unknown length."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from django.http import StreamingHttpResponse

UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # without the latter, nginx buffers the stream


class StreamResponse(StreamingHttpResponse):
    """Streams what a generator yields, and closes the generator as soon as the client has gone.

    Django closes only a wrapper, and leaves the generator to the garbage collector: what it counts or holds would stay
    so until then.
    """

    def __init__(self, pieces: AsyncGenerator[bytes], **options: Any) -> None:
        super().__init__(pieces, headers=UNBUFFERED, **options)
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces
