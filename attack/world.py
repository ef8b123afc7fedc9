"""The service under attack: all its processes, with the settings of production, behind a proxy that is played here."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx
import psutil

from testing.processes import REPOSITORY, Service, wait_until
from testing.voice_model import write_voice_model

PASSWORD = "correct horse battery staple"  # noqa: S105
FAN = "203.0.113.7"  # the address of an honest fan
EVIL = "198.51.100.66"  # and of the attacker, who shares it with nobody
# No attack may make a fan wait for longer, in seconds; it is far more than a fan waits otherwise.
PATIENCE = 20.0

_SETTINGS = {
    "DJANGO_DEBUG": "0",
    "SECRET_KEY": "a-key-for-attacks-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FORV_HTTPS": "0",
    "FORV_TRUSTED_PROXIES": "1",
    "FORV_MAX_WAIT_SECONDS": "0.2",
    "FORV_SAME_AGAIN_DAYS": "0",  # what is attacked is the queue
}
_STAFF = """
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
user = User.objects.create_superuser("boss", "boss@voices.example", {password!r})
print(Token.objects.create(user=user).key)
"""


class Skipped(Exception):
    """What this attack needs is not here."""


class World:
    """A running service with one member that speaks, one that can't, and a superuser; as a context manager."""

    def __init__(self, folder: Path, hostile: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.hostile = hostile
        self._folder = folder
        self._environment = {**_SETTINGS, **(settings or {})}

    def __enter__(self) -> "World":
        voice_model, data_dir = self._folder / "voice_model", self._folder / "data"
        voice_model.mkdir(parents=True)
        data_dir.mkdir()
        write_voice_model(voice_model)
        self._environment |= {"FORV_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "forv.settings"}
        self.manage("collectstatic", "--noinput", "-v0")
        self.service = Service(data_dir, FORV_VOICE_MODEL_DIR=str(voice_model), **self._environment)
        try:
            self.service.wait_until_up()
            self.token = self.run(_STAFF.format(password=PASSWORD)).split()[-1]
            self._processes = set(self._lasting_processes())
        except BaseException:
            self.service.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.service.stop()

    @property
    def port(self) -> int:
        return self.service.port

    @property
    def staff(self) -> dict[str, str]:
        """The headers of a superuser."""
        return {"Authorization": f"Token {self.token}"}

    def client(self, address: str = EVIL, **headers: str) -> httpx.Client:
        """Return a client whose address is the one that the proxy tells."""
        given = {"X-Forwarded-For": f"{address}", "Accept-Language": "en", **headers}
        return httpx.Client(base_url=self.service.address, headers=given, timeout=PATIENCE)

    def listener(self, address: str = EVIL, uuid: str = "") -> httpx.Client:
        """Return a client with a listener's token of its own."""
        token = self.client(address).post("/api/listeners/", json={"uuid": uuid}).raise_for_status().json()["token"]
        return self.client(address, Authorization=f"Bearer {token}")

    def ask(self, client: httpx.Client, text: str = "안녕하세요.", **more: Any) -> httpx.Response:
        """Ask for speech; a busy moment of the service is waited for."""
        headers = more.pop("headers", {"Idempotency-Key": str(uuid4())})
        body = {"member": 1, "text": text, **more}
        answers: list[httpx.Response] = []

        def answered() -> bool:
            answers.append(client.post("/api/voice-requests/", json=body, headers=headers))
            return answers[-1].status_code != 429 or answers[-1].json()["error"]["code"] != "busy"

        wait_until(answered, PATIENCE)
        return answers[-1]

    def fan_is_served(self) -> None:
        """Expect that an honest fan at another address is answered."""
        with self.client(FAN) as fan:
            assert fan.get("/healthz").status_code == 200
            assert fan.get("/api/members/").status_code == 200

    def is_whole(self) -> str:
        """Expect that a fan hears a sentence, that the same processes run, and that no log has a traceback."""
        with self.listener(FAN) as fan:
            asked = self.ask(fan, "아직 잘 들려요.")
            assert asked.status_code == 202, asked.text
            address = asked.headers["Location"]
            wait_until(lambda: fan.get(address).json()["status"] == "succeeded", 120)
        gone = self._processes - set(self._lasting_processes())
        assert not gone, f"processes have ended: {gone}"
        tracebacks = re.findall(r"Traceback|unhandled error", self.service.log())
        assert not tracebacks, self.service.log()[-2000:]
        return f"{len(self._processes)} processes, {len(self.service.log().splitlines())} lines of log"

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, code: str) -> str:
        """Run code with the service's models, and return what it prints."""
        return self.manage("shell", "--no-imports", "-c", code)

    def _lasting_processes(self) -> list[psutil.Process]:
        """Return the processes that nothing may end: those of the web and the database's first."""
        found = [*self.service.database_servers()]
        with suppress(StopIteration):
            found += [self.service.web_process(), self.service.serving_process()]
        return found
