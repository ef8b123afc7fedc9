"""What only staff may send is not read from anybody else."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.authtoken.models import Token

from testing.processes import REPOSITORY, Service
from voices.api.gate.staff_only import StaffOnly

STAFFS = [
    "/api/voices/",
    "/api/voices/1/audition/",
    "/api/members/1/roll-back/",
    "/admin/voices/voice/add/",
    "/admin/login/x/",
]
LONG = 200 * 2**20  # bytes


class Django:
    """Answers 200, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def answer(path: str, method: str = "POST", **headers: str) -> tuple[int, dict[str, str]]:
    """Send headers, and nothing of the body. Return status and headers of the answer."""
    django = Django()

    async def ask() -> tuple[int, dict[str, str]]:
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}
        asking: Any = ApplicationCommunicator(StaffOnly(django), scope)  # type: ignore[no-untyped-call]
        start = await asking.receive_output(10)
        await asking.receive_output(10)
        return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}

    status, given = async_to_sync(ask)()
    assert django.asked == (status == 200)
    return status, given


@pytest.mark.django_db(transaction=True)
class TestWhoMaySend:
    @pytest.fixture
    def staff(self) -> User:
        return User.objects.create_user("staff", is_staff=True)

    @pytest.fixture
    def fan(self) -> User:
        return User.objects.create_user("fan")

    def session(self, user: User) -> str:
        client = Client()
        client.force_login(user)
        return f"sessionid={client.cookies['sessionid'].value}"

    @pytest.mark.parametrize("path", STAFFS)
    @pytest.mark.parametrize("proof", [{}, {"cookie": "sessionid=x"}, {"authorization": "Token x"},
                                       {"authorization": "Bearer x"}])  # fmt: skip
    def test_nobody(self, proof: dict[str, str], path: str) -> None:
        status, headers = answer(path, content_length=str(LONG), **proof)
        assert headers["connection"] == "close"
        if path.startswith("/admin/"):
            assert (status, headers["location"]) == (302, f"/admin/login/?next={path}")
        else:
            assert (status, headers["www-authenticate"]) == (401, "Token")

    @pytest.mark.parametrize("path", STAFFS)
    def test_who_is_not_staff(self, path: str, fan: User) -> None:
        for proof in ({"cookie": self.session(fan)}, {"authorization": f"Token {Token.objects.create(user=fan).key}"}):
            status, _ = answer(path, transfer_encoding="chunked", **proof)
            assert status == (302 if path.startswith("/admin/") else 403)

    @pytest.mark.parametrize("path", STAFFS)
    def test_staff(self, path: str, staff: User) -> None:
        for proof in (
            {"cookie": f"other=1; {self.session(staff)}"},
            {"authorization": f"Token {Token.objects.create(user=staff).key}"},
        ):
            assert answer(path, content_length=str(LONG), **proof)[0] == 200

    @pytest.mark.parametrize("path", STAFFS)
    def test_staff_who_left(self, path: str, staff: User) -> None:
        cookie, token = self.session(staff), Token.objects.create(user=staff).key
        User.objects.update(is_active=False)
        for proof in ({"cookie": cookie}, {"authorization": f"Token {token}"}):
            assert answer(path, content_length=str(LONG), **proof)[0] in (302, 401)

    def test_method_and_case_change_nothing(self) -> None:
        for method in ("GET", "PUT", "PATCH", "DELETE", "BREW"):
            assert answer(STAFFS[0], method, content_length=str(LONG))[0] == 401


@pytest.mark.parametrize("path", ["/api/voice-requests/", "/api/texts", "/admin/login/", "/", "/api/members/1/"])
def test_what_others_may_send_passes(path: str) -> None:
    assert answer(path, content_length="100")[0] == 200


@pytest.mark.parametrize("path", STAFFS)
def test_without_a_body_the_view_decides(path: str) -> None:
    assert answer(path, "GET")[0] == answer(path, "GET", content_length="0")[0] == 200


class Upload:
    """A client that sends headers which announce a long body, and then as much of it as is taken."""

    def __init__(self, service: Service, path: str, **headers: str) -> None:
        with socket.create_connection(("127.0.0.1", service.port), timeout=30) as connection:
            lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
            head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {LONG}", *lines, "", ""]
            connection.sendall("\r\n".join(head).encode())
            self.answer = connection.recv(65536).decode()
            self.sent = 0
            with suppress(ConnectionError, TimeoutError):
                connection.settimeout(2)
                while self.sent < LONG:
                    self.sent += connection.send(b"x" * 65536)

    @property
    def status(self) -> int:
        return int(self.answer.split()[1])


class TestLive:
    @pytest.mark.parametrize(("path", "status"), [("/api/voices/", 401), ("/admin/voices/voice/add/", 302)])
    def test_nobody_is_refused_after_the_headers(self, path: str, status: int, live: Service) -> None:
        upload = Upload(live, path, content_type="multipart/form-data; boundary=x")
        assert upload.status == status
        # The connection is closed: what was sent lies in the buffers of the two sockets.
        assert upload.sent < 2 * 2**20

    def test_staff_are_read_on(self, live: Service, live_database: str) -> None:
        environment = {**os.environ, "DATABASE_URL": live_database, "DJANGO_SUPERUSER_PASSWORD": "a password"}
        commands = ["createsuperuser --noinput --username uploader --email a@b.example", "drf_create_token uploader"]
        for command in commands:
            done = subprocess.run(
                [sys.executable, "manage.py", *command.split()],
                cwd=REPOSITORY, env=environment, check=True, capture_output=True, text=True,
            )  # fmt: skip
        token = done.stdout.split()[2]
        with socket.create_connection(("127.0.0.1", live.port), timeout=30) as connection:
            head = f"POST /api/voices/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token}\r\n"
            body = b"--x--\r\n"
            form = f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(f"{head}{form}".encode())
            connection.sendall(body)
            assert b'"missing_field"' in connection.recv(65536)
