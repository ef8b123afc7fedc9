"""Two hundred fans at once, one worker: how long the web process takes to answer, and whether anything is lost.

    python -m bench.load [--clients 200] [--rounds 3] [--max-queued 300]

Runs the whole service as `make run` does, with a tiny voice on a database of its own. In each round all clients
post at the same moment. Prints the codes and times of the answers, and what became of each accepted request; exits
with 1 if there was an error other than 429 or an accepted request did not succeed.
"""

import argparse
import asyncio
import collections
import sys
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np

from tests.processes import Service
from tests.synth.tiny_voice import write_tiny_voice

MEMBER = '[[member]]\nid = 1\nslug = "bench"\nname = "bench"\nmode = "pronounced"\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--max-queued", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tiny_voice(folder / "voice_model", 1)
        (folder / "voice_model" / "voices.toml").write_text(MEMBER)
        service = Service(
            folder,
            FORV_VOICE_MODEL_DIR=str(folder / "voice_model"),
            FORV_MAX_QUEUED=str(arguments.max_queued),
            DJANGO_SETTINGS_MODULE="forv.settings",
        )
        try:
            service.wait_until_up()
            sound = asyncio.run(load(service.address, arguments.clients, arguments.rounds))
        finally:
            service.stop()
    sys.exit(0 if sound else 1)


async def load(address: str, n_clients: int, n_rounds: int) -> bool:
    """Post, print, and wait for the end of all. True: no error but 429, nothing lost."""
    # The server closes a connection that was idle for five seconds; a client that uses it just then gets no answer.
    limits = httpx.Limits(max_connections=n_clients, max_keepalive_connections=n_clients, keepalive_expiry=1.0)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as client:
        await post(client, "warm-up", 0)
        codes: collections.Counter[int] = collections.Counter()
        milliseconds: list[float] = []
        accepted: list[str] = []
        for number in range(n_rounds):
            for response, took in await asyncio.gather(*(post(client, f"fan-{n}", number) for n in range(n_clients))):
                codes[response.status_code] += 1
                milliseconds.append(took * 1000)
                if response.status_code == 202:
                    accepted.append(response.headers["Location"])
        p50, p95, p99 = np.percentile(milliseconds, [50, 95, 99])
        print(f"{n_rounds} rounds of {n_clients} at once: {dict(codes)}")
        print(f"ms to the answer: p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}, longest {max(milliseconds):.0f}")
        ends = collections.Counter([await end(client, location) for location in accepted])
        print(f"what became of the {len(accepted)} accepted: {dict(ends)}")
    return set(codes) <= {202, 429} and ends == {"succeeded": len(accepted)}


async def post(client: httpx.AsyncClient, fan: str, number: int) -> tuple[httpx.Response, float]:
    begun = time.perf_counter()
    response = await client.post("/api/voice-requests/", json={"member": 1, "text": f"안녕 {number}", "uuid": fan})
    return response, time.perf_counter() - begun


async def end(client: httpx.AsyncClient, location: str) -> str:
    """The status that a request ends with, or the one that it is stuck in after two minutes."""
    give_up_at = time.monotonic() + 120
    while True:
        status = str((await client.get(location)).json()["status"])
        if status not in ("queued", "processing") or time.monotonic() > give_up_at:
            return status
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    main()
