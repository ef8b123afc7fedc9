"""The queue between a cluster's processes, any of which may be killed at any time.

`multiprocessing.Queue` guards its pipe with locks: a worker that is killed while it waits keeps one, and the whole
cluster hangs. Here each message is one packet of a socket, which the kernel gives to exactly one reader.
"""

import fcntl
import logging
import pickle
import socket
import struct
import termios
import time
from multiprocessing.connection import wait
from typing import Any

from voices.worker.lock_free import Flag

logger = logging.getLogger(__name__)

# Any kernel takes this as one packet; our messages have some hundred bytes.
_MAX_BYTES = 2**16
_LOOK_EVERY_SECONDS = 0.5
_PUT_EVERY_SECONDS = 0.002
STOP = "STOP"  # what django-q2's loops end with


class PacketQueue:
    """The methods of a queue that django-q2 calls.

    With ``closing``, `put` waits until the queue is empty, so that it holds one message at most, and `get` returns
    ``STOP`` once that flag is set.
    """

    def __init__(self, closing: Flag | None = None) -> None:
        self._closing = closing
        self._reader, self._writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def put(self, message: Any) -> None:
        """Send a message. One that can't be sent is only logged: the table of requests says what is to be done."""
        try:
            packet = pickle.dumps(message)
        except Exception:  # pickle raises whatever the object's own methods raise
            logger.exception("can't be passed on: %.200r", message)
            return
        if len(packet) > _MAX_BYTES:
            logger.error("too large to be passed on, with %s bytes: %.200r", len(packet), message)
            return
        # A message that waits here while the workers are busy would be handled before more urgent later ones.
        while self._closing and not self._closing.is_set() and not self.empty():
            time.sleep(_PUT_EVERY_SECONDS)
        self._writer.send(packet)

    def get(self) -> Any:
        while not (self._closing and self._closing.is_set()):
            if wait([self._reader], _LOOK_EVERY_SECONDS):
                try:
                    return pickle.loads(self._reader.recv(_MAX_BYTES, socket.MSG_DONTWAIT))
                except BlockingIOError:
                    pass  # another reader was faster
        return STOP

    def empty(self) -> bool:
        unread = fcntl.ioctl(self._reader, termios.FIONREAD, bytes(4))
        return struct.unpack("i", unread) == (0,)

    def qsize(self) -> int:
        """Return 1 for any number of messages; django-q2 only displays it."""
        return 0 if self.empty() else 1

    def close(self) -> None:
        """Do nothing: messages are sent by `put` itself, and there is no thread to join."""

    join_thread = close
