"""Single requests that are malformed, or mean to be taken for something else."""

import json
import socket
from urllib.parse import quote

import httpx

from attack.connections import Attack, connect
from attack.world import EVIL, World
from testing.processes import wait_until

HOSTS = [
    "evil.example",
    "localhost.evil.example",
    "localhost:80@evil.example",
    "127.0.0.1%00.evil",
    "[::1",
    "a" * 300,
    "",
]
SECRETS = ("root:", "SECRET_KEY", "BEGIN PRIVATE", "PG_VERSION")

PATHS = [
    "../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd", "..\\..\\etc\\passwd", "%252e%252e%252fetc%252fpasswd", "/etc/passwd",
    "secret_key", "..%2fsecret_key", "voices/../secret_key", "%00", "a%00.wav", "a" * 5000,
]  # fmt: skip

BODIES: list[bytes] = [
    b"", b"{", b"[]", b"null", b'"text"', b"{}" * 2, b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe\x00", b"\x00" * 100,
    b'{"member": NaN, "text": "a"}', b'{"member": 1e999, "text": "a"}',
    b'{"member": ' + b"9" * 5000 + b', "text": "a"}', b'{"member": 1, "text": "\xed\xa0\x80"}',
    b'{"member": 1, "text": "\\ud800"}', b'{"member": 1, "text": "a\\u0000b"}',
    b'{"member": 1, "member": 2, "text": "a", "text": ["b"]}', b"\xef\xbb\xbf{", "{“member”: 1}".encode(),
    b'{"member": {"$ne": null}, "text": "a"}', b'{"__proto__": {"is_staff": true}, "member": 1, "text": ""}',
]  # fmt: skip

# What a text may hold besides words: direction, nothing at all, piles of accents, signs without a meaning.
TEXTS = [
    "\u202e안녕\u202c", "\u200b\u200c\u200d\ufeff", "안\u200b녕\u2060하\u00ad세요", "안" + "\u0301" * 900,
    "ﷺ" * 50, "🏴\U000e0067\U000e0062\U000e007f", "\U000e0041" * 100, "\x1b[31m안녕\x07", "안녕\r\nSet-Cookie: a=b",
    "'; DROP TABLE voices_voicerequest; --", "{{7*7}} ${7*7} <%= 7*7 %>", "<script>alert(1)</script> 안녕",
    "1" * 1000, "가" * 1000, "," * 1000, "A1" * 500, "𝕒𝕓𝕔 ①②③ ㈜", "\ufdd0\uffff", "=cmd|' /C calc'!A0",
]  # fmt: skip


def wrong_hosts(world: World) -> str:
    before = len(world.service.log())
    for host in HOSTS:
        with connect(world) as client:
            head = (
                f"GET /api/members/ HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: {host}\r\nConnection: close\r\n\r\n"
            )
            client.sendall(head.encode("latin-1"))
            assert _answer(client)[:12] == b"HTTP/1.1 400", host
    logged = world.service.log()[before:]
    assert "Traceback" not in logged and "evil" not in logged, logged
    return f"{len(HOSTS)} names: 400, nothing logged"


def traversal(world: World) -> str:
    tried = 0
    for prefix in ("/media/", "/static/", "/api/voice-requests/", "/"):
        for path in PATHS:
            with connect(world) as client:
                client.sendall(f"GET {prefix}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                answer = _answer(client)
            assert answer[9:10] in (b"3", b"4"), (prefix, path, answer[:100])
            assert not any(secret.encode() in answer for secret in SECRETS), (prefix, path)
            tried += 1
    with world.client() as evil:
        for name in PATHS[:9]:
            forged = quote(f"{name}:1tXXXX:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", safe="")
            assert evil.get(f"/media/{forged}").status_code == 404
    return f"{tried} paths, {len(PATHS[:9])} forged signatures: 3xx or 4xx, no file"


def malformed_bodies(world: World) -> str:
    statuses = set()
    with world.client() as evil:
        for path in ("/api/voice-requests/", "/api/texts", "/api/text-preview/", "/api/listeners/", "/v1/audio/speech"):
            for body in BODIES:
                answer = _patiently(evil, path, body)
                taken = answer.status_code in (200, 201, 202)
                assert taken or (answer.status_code < 500 and answer.json()["error"]["code"]), (path, body[:40])
                statuses.add(answer.status_code)
    return f"{5 * len(BODIES)} bodies: {', '.join(map(str, sorted(statuses)))}"


def strange_texts(world: World) -> str:
    statuses = set()
    with world.client() as evil:
        for text in TEXTS:
            for path, body in (
                ("/api/text-preview/", {"text": text}),
                ("/v1/audio/speech", {"model": "tts-1", "voice": text[:90], "input": text}),
                ("/api/voice-requests/", {"member": 1, "text": text, "uuid": "strange"}),
                ("/api/voice-requests/", {"member": 1, "text": "말", "uuid": text[:90], "created_at": text[:90]}),
            ):
                answer = _patiently(evil, path, json.dumps(body).encode())
                assert answer.status_code < 500, (path, text[:40], answer.text[:200])
                statuses.add(answer.status_code)
    return f"{4 * len(TEXTS)} requests: {', '.join(map(str, sorted(statuses)))}"


def injected_headers(world: World) -> str:
    names = [
        "a\r\nSet-Cookie: evil=1",
        "a\nX-Evil: 1",
        'a"; filename="evil.exe',
        "a\u2028b",
        "../evil",
        "a;b",
        "a\x00b",
    ]
    refused = 0
    with world.listener() as evil:
        for name in names:
            refused += world.ask(evil, uuid=name, created_at=name).status_code == 400
            for saved in (f"?download={quote(name)}", f"?download&filename={quote(name)}"):
                address = f"/api/voice-requests/00000000-0000-0000-0000-000000000000/audio/{saved}"
                _has_no_evil(evil.get(address))
        asked = world.ask(evil).headers["Location"]
        wait_until(lambda: evil.get(asked).json()["status"] == "succeeded", 60)
        audio = evil.get(evil.get(f"{asked}audio/?download").headers["Location"])
        assert audio.headers["Content-Disposition"].count("filename") == 1
        _has_no_evil(audio)
    with connect(world) as client:
        client.sendall(
            f"GET /api/members HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a\x0bX-Evil: 1\r\nX-Forwarded-For: {EVIL}"
            "\r\nConnection: close\r\n\r\n".encode()
        )
        assert b"\r\nx-evil" not in _answer(client).lower()
    assert refused == len(names), f"{len(names) - refused} of these names were taken"
    return f"{len(names)} names refused; the saved file is named by the request's id"


def _has_no_evil(answer: httpx.Response) -> None:
    assert "set-cookie" not in answer.headers and "x-evil" not in answer.headers
    assert "evil" not in answer.headers.get("Content-Disposition", "")


def _patiently(client: httpx.Client, path: str, body: bytes) -> httpx.Response:
    """Post, and again while the service is busy."""
    while True:
        answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
        if answer.status_code != 429 or answer.json()["error"]["code"] != "busy":
            return answer


def _answer(client: socket.socket) -> bytes:
    answer = b""
    try:
        while part := client.recv(2**16):
            answer += part
    except ConnectionError:
        pass
    return answer


ATTACKS: tuple[tuple[str, Attack], ...] = (
    ("wrong Host and X-Forwarded-Host", wrong_hosts),
    ("paths out of the folders, forged signatures", traversal),
    ("bodies that are no JSON, or too deep", malformed_bodies),
    ("texts with NUL, bidi, zero-width, tags, SQL, templates", strange_texts),
    ("line breaks in names, headers through downloads", injected_headers),
)
