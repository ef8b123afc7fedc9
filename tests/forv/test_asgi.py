"""Web processes stay small: they load neither torch nor coqui-tts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx

from testing.factories import SENTENCE
from testing.processes import REPOSITORY, Service

SERVE = """
import json, sys
import forv.asgi
from django.test import Client
client = Client(SERVER_NAME="localhost")
body = {"member": 1, "text": "2022년 8월 22일, ForV의 값이 30% 올랐습니다!"}
statuses = [
    client.post("/api/voice-requests/", body, content_type="application/json").status_code,
    client.get("/api/members/").status_code,
    client.get("/api/schema/").status_code,
    client.get("/api/docs/").status_code,
    client.get("/admin/login/").status_code,
    client.get("/readyz").status_code,
]
client.get("/")
print(json.dumps([statuses, sorted({"torch", "torchaudio", "TTS"} & set(sys.modules))]))
"""


def test_serving_imports_no_models(live: Service, live_database: str, voice_model_dir: Path) -> None:
    served = subprocess.run(
        [sys.executable, "-c", SERVE],
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": live_database, "FORV_VOICE_MODEL_DIR": str(voice_model_dir)},
        capture_output=True,
        text=True,
    )
    assert served.returncode == 0, served.stderr
    assert json.loads(served.stdout) == [[202, 200, 200, 200, 200, 200], []]


def test_the_live_web_process_maps_no_engine(live: Service) -> None:
    def maps_engine(pid: int) -> bool:
        mapped = Path(f"/proc/{pid}/maps").read_text()
        return "libtorch" in mapped or "libopenvino" in mapped

    body = {"uuid": "maps-1", "member_id": 1, "text": SENTENCE, "created_at": "now"}
    assert httpx.post(f"{live.address}/api/texts", json=body, timeout=60).status_code == 200
    web = live.serving_process()
    assert not maps_engine(web.pid)
    # The worker has just spoken, so it must have loaded an engine: this shows that the check can fail.
    assert any(maps_engine(process.pid) for process in live.processes() if process.pid != web.pid)
