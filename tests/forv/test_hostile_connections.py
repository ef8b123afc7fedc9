"""Headers and connections of hostile clients: they are cut off, and others are served meanwhile."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from testing.processes import Service
from testing.served import served_meanwhile

HEADERS_SECONDS = 5.0  # --http1-header-read-timeout in the Procfile
BEGINNING = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: "


@pytest.fixture
def port(live: Service) -> int:
    return int(live.address.rpartition(":")[2])


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


@pytest.fixture
def fan(live: Service) -> Callable[[], None]:
    """Return a call of somebody else, which fails if it is not answered."""

    def call() -> None:
        assert httpx.get(f"{live.address}/healthz", timeout=30).status_code == 200

    return call


def test_an_endless_header_is_cut_off(fan: Callable[[], None], port: int) -> None:
    sent = 0
    with served_meanwhile(fan) as seconds, connect(port) as client:
        client.sendall(BEGINNING)
        with suppress(ConnectionError):
            while sent < 100 * 2**20:
                client.sendall(b"a" * 2**16)
                sent += 2**16
    assert sent < 20 * 2**20
    assert seconds


def test_connections_that_never_finish_their_headers_are_closed(fan: Callable[[], None], port: int) -> None:
    clients = [connect(port) for _ in range(300)]
    try:
        for client in clients:
            client.sendall(BEGINNING)
        started = time.monotonic()
        with served_meanwhile(fan) as seconds:
            for client in clients:
                client.settimeout(3 * HEADERS_SECONDS)
                with suppress(ConnectionError):
                    while client.recv(1000):
                        pass
        assert time.monotonic() - started < 4 * HEADERS_SECONDS
        assert len(seconds) > 10
    finally:
        for client in clients:
            client.close()
