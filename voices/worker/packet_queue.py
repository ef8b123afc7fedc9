"""The queue between a cluster's processes, which any of them may leave by SIGKILL at any time.

`multiprocessing.Queue` guards its pipe with locks, and a worker that is killed while it waits keeps one: the whole
cluster stands still. Here each message is one packet of a socket, which the kernel gives to exactly one reader.
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

# Below what any kernel takes as one packet; ours have some hundred bytes.
_MAX_BYTES = 2**16
_LOOK_EVERY_SECONDS = 0.5
_PUT_EVERY_SECONDS = 0.002
STOP = "STOP"  # what django-q2's loops end with


class PacketQueue:
    """As django-q2 uses a queue. With ``closing``, at most one message waits in it, and once that is set none."""

    def __init__(self, closing: Flag | None = None) -> None:
        self._closing = closing
        self._reader, self._writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def put(self, message: Any) -> None:
        """Waits for its turn. What can't be sent is dropped: the requests' table says what is to be done."""
        try:
            packet = pickle.dumps(message)
        except Exception:  # pickle raises whatever the object's own methods raise
            logger.exception("can't be passed on: %.200r", message)
            return
        if len(packet) > _MAX_BYTES:
            logger.error("too large to be passed on, with %s bytes: %.200r", len(packet), message)
            return
        # What lies here when the workers are busy would be done after what comes later and matters more.
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
        """django-q2 only shows it: 1 for any number."""
        return 0 if self.empty() else 1

    def close(self) -> None:
        """Nothing to do, and no thread to join: what was put has been sent."""

    join_thread = close
