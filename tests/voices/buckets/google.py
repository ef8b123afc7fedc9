"""What of Google's can't run here: the machine's metadata, its tokens, IAM's signatures; and a gate before a bucket."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

EMAIL = "forv@example.iam.gserviceaccount.com"
Server = TypeVar("Server", bound=ThreadingHTTPServer)
TOKEN = "a-token-of-this-test"  # noqa: S105


class Google(ThreadingHTTPServer):
    """Gives out tokens, as Google and a machine's metadata server do, and signs for who has one (signBlob)."""

    daemon_threads = True

    def __init__(self, key: RSAPrivateKey) -> None:
        self.key = key
        self.refuses_to_sign = False
        super().__init__(("127.0.0.1", 0), _GoogleHandler)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _GoogleHandler(BaseHTTPRequestHandler):
    server: Google

    def do_GET(self) -> None:
        account = {"email": EMAIL, "scopes": ["https://www.googleapis.com/auth/cloud-platform"], "aliases": ["default"]}
        answers: dict[str, Any] = {
            "/": "",
            "/computeMetadata/v1/project/project-id": "test",
            "/computeMetadata/v1/universe/universe-domain": "googleapis.com",
            "/computeMetadata/v1/instance/service-accounts/default/": account,
            "/computeMetadata/v1/instance/service-accounts/default/token": _token(),
        }
        # Once its name is known, an account is asked for by it.
        self._answer(200, answers[self.path.partition("?")[0].replace(EMAIL, "default")])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            self._answer(200, _token())
        elif self.server.refuses_to_sign:
            self._answer(403, {"error": {"code": 403, "status": "PERMISSION_DENIED"}})
        else:
            assert self.path == f"/v1/projects/-/serviceAccounts/{EMAIL}:signBlob"
            assert self.headers["Authorization"] == f"Bearer {TOKEN}"
            message = base64.b64decode(json.loads(body)["payload"])
            signature = self.server.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
            self._answer(200, {"signedBlob": base64.b64encode(signature).decode()})

    def _answer(self, status: int, answer: Any) -> None:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.send_response(status)
        self.send_header("Metadata-Flavor", "Google")
        self.send_header("Content-Type", "application/text" if isinstance(answer, str) else "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: Any) -> None:
        pass


def _token() -> dict[str, Any]:
    return {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}


class Gate(ThreadingHTTPServer):
    """Passes calls on to a bucket, refuses some as Google's IAM does, and breaks some off in their middle."""

    daemon_threads = True

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.refused: set[str] = set()  # methods
        self.breaks = 0  # uploads that are still to be broken off
        self.calls: list[tuple[str, str, str]] = []  # method, path, Content-Range
        super().__init__(("127.0.0.1", 0), _GateHandler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _GateHandler(BaseHTTPRequestHandler):
    server: Gate
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        gate, length = self.server, int(self.headers.get("Content-Length", 0))
        gate.calls.append((self.command, self.path, self.headers.get("Content-Range", "")))
        if self.command == "PUT" and gate.breaks:
            gate.breaks -= 1
            self.rfile.read(length // 2)
            self.connection.close()
            self.close_connection = True
            return
        body = self.rfile.read(length)
        if self.command in gate.refused:
            status, headers, content = 403, {}, b'{"error": {"code": 403, "message": "does not have access"}}'
        else:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
            answer = httpx.request(self.command, gate.behind + self.path, headers=headers, content=body, timeout=30)
            status, content = answer.status_code, answer.content
            headers = dict(answer.headers)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def served(server: Server) -> Iterator[Server]:
    """Serve in a thread, and stop."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
