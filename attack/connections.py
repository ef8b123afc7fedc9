"""Connections that are too many, too slow or too large."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

from attack.world import EVIL, PATIENCE, World
from testing.served import served_meanwhile

Attempt = Callable[[], str]
Attack = Callable[[World], str]

MEGABYTE = 2**20
MOST_STREAMS = 100  # FORV_STREAMS_PER_FAN times FORV_FANS_PER_ADDRESS
BEGINNING = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: "


def connect(world: World) -> socket.socket:
    return socket.create_connection(("127.0.0.1", world.port), timeout=60)


def endless_header(world: World) -> str:
    sent = 0
    with served_meanwhile(world.fan_is_served) as seconds, connect(world) as client:
        client.sendall(BEGINNING)
        with suppress(OSError):
            while sent < 100 * MEGABYTE:
                client.sendall(b"a" * 2**16)
                sent += 2**16
    assert sent < 20 * MEGABYTE, f"{sent} bytes of one header were taken"
    return f"cut off after {sent // 1024} KiB; a fan waited {max(seconds):.1f} s at most"


def many_headers(world: World) -> str:
    with served_meanwhile(world.fan_is_served), connect(world) as client:
        with suppress(OSError):
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
            for number in range(100_000):
                client.sendall(b"X-%d: a\r\n" % number)
            client.sendall(b"\r\n")
        status = _status(client)
    assert status in (None, 400, 431), status
    return f"answered {status}" if status else "cut off"


def slow_headers(world: World) -> str:
    with ExitStack() as stack, served_meanwhile(world.fan_is_served) as seconds:
        clients = [stack.enter_context(connect(world)) for _ in range(300)]
        for client in clients:
            client.sendall(BEGINNING)
        started = time.monotonic()
        for client in clients:
            client.settimeout(PATIENCE)
            with suppress(ConnectionError):
                while client.recv(1000):
                    pass
        closed = time.monotonic() - started
    return f"all closed within {closed:.0f} s; a fan waited {max(seconds):.1f} s at most"


def half_open(world: World) -> str:
    with ExitStack() as stack:
        for _ in range(1100):
            stack.enter_context(connect(world))
        with served_meanwhile(world.fan_is_served) as seconds:
            time.sleep(3)
    return f"1,100 connections; a fan waited {max(seconds):.1f} s at most"


def slow_body(world: World) -> str:
    started = time.monotonic()
    with served_meanwhile(world.fan_is_served), connect(world) as client:
        client.sendall(_post("/api/voice-requests/", b"Content-Length: 1000"))
        client.settimeout(0.5)
        while time.monotonic() - started < 40:
            with suppress(TimeoutError):
                client.sendall(b" ")
                if status := _status(client):
                    break
    assert status == 408, status
    return f"answered 408 after {time.monotonic() - started:.0f} s"


def announced_body(world: World) -> str:
    with connect(world) as client:
        client.sendall(_post("/api/voice-requests/", b"Content-Length: 10000000000"))
        status = _status(client)
    assert status == 413, status
    return "10 GB announced: answered 413 before any of it"


def chunked_body(world: World) -> str:
    status, sent = _send_chunks(world, "/api/voice-requests/", 64 * MEGABYTE)
    assert status in (None, 413), status
    assert sent < 32 * MEGABYTE, f"{sent} bytes were taken"
    return f"answered {status or 'by closing'} after {sent // 1024} KiB"


def staff_bodies(world: World) -> str:
    seen = []
    for path in ("/api/voices/", "/admin/voices/voice/add/"):
        status, sent = _send_chunks(world, path, 256 * MEGABYTE)
        assert status is None or 300 <= status < 500, status
        assert sent < 32 * MEGABYTE, f"{path} took {sent} bytes of nobody"
        seen.append(f"{path} {status or 'closed'} after {sent // 1024} KiB")
    return ", ".join(seen)


def many_streams(world: World) -> str:
    with world.client() as evil:
        # The last of these does not end while the streams are open.
        address = [world.ask(evil, "가나다라마바사 " * 120).headers["Location"] for _ in range(10)][-1]
    head = f"GET {address}events/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {EVIL}\r\n\r\n".encode()
    with ExitStack() as stack, served_meanwhile(world.fan_is_served) as seconds:
        clients = [stack.enter_context(connect(world)) for _ in range(200)]
        for client in clients:
            client.sendall(head)
        statuses = [_status(client) for client in clients]
        time.sleep(3)
        opened = sum(_has_event(client) for client in clients)
    # All come at one moment; those that wait for the database for too long are told to come again.
    assert set(statuses) <= {200, 429, 503}, set(statuses)
    assert 0 < opened <= MOST_STREAMS, f"{opened} streams of one address were opened"
    return f"{opened} of 200 opened; a fan waited {max(seconds):.1f} s at most"


def _has_event(client: socket.socket) -> bool:
    client.setblocking(False)
    with suppress(OSError):
        return b"event: status" in client.recv(2**16)
    return False


def _post(path: str, header: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Forwarded-For: {EVIL}\r\n"
    return head.encode() + header + b"\r\n\r\n"


def _send_chunks(world: World, path: str, total: int) -> tuple[int | None, int]:
    """Post a body of unknown length until the service ends it; return the status and the bytes that were taken."""
    sent = 0
    with served_meanwhile(world.fan_is_served), connect(world) as client:
        client.sendall(_post(path, b"Transfer-Encoding: chunked"))
        chunk = b"%x\r\n" % MEGABYTE + b"a" * MEGABYTE + b"\r\n"
        client.settimeout(5)
        with suppress(OSError):
            while sent < total:
                client.sendall(chunk)
                sent += MEGABYTE
        return _status(client), sent


def _status(client: socket.socket) -> int | None:
    """Return the status of the answer; ``None`` if the connection was closed without one. Raises ``TimeoutError``."""
    with suppress(ConnectionError):
        begun = client.recv(64)
        if begun.startswith(b"HTTP/1.1 "):
            return int(begun[9:12])
    return None


ATTACKS: tuple[tuple[str, Attack], ...] = (
    ("one header of 100 MB", endless_header),
    ("100,000 headers", many_headers),
    ("300 connections that never finish their headers", slow_headers),
    ("1,100 connections that send nothing", half_open),
    ("a body at one byte each half second", slow_body),
    ("a body of 10 GB, announced", announced_body),
    ("an endless body, not announced", chunked_body),
    ("bodies for staff, from nobody", staff_bodies),
    ("200 event streams from one address", many_streams),
)
